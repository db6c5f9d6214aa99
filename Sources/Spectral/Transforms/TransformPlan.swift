import CFFTW
import Synchronization

/// An FFTW plan over strided axes in either precision, owned: it is destroyed with its value.
///
/// Plans run on pointers with a 16-byte aligned address, unless made for any alignment; running allocates
/// nothing in our code. The two pointers are the same exactly if the plan is in place.
struct TransformPlan<Scalar: TransformScalar>: ~Copyable, @unchecked Sendable {
  private enum Kind { case real, complex, realToComplex, complexToReal }
  private let kind: Kind
  private let plan: OpaquePointer
  private let engine: TransformEngine<Scalar>

  deinit {
    let (plan, destroy) = (plan, engine.destroy)
    planner.withLock { _ in destroy(plan) }
  }

  /// Reals to reals, one kind for every axis.
  static func real(
    _ axes: [TransformDimension], kinds: [fftw_r2r_kind], batch: [TransformDimension], inPlace: Bool = true,
    mode: PlanningMode = .estimate
  ) -> TransformPlan {
    let sizes = (extent(axes + batch, \.inputStride), extent(axes + batch, \.outputStride))
    return TransformPlan(.real, sizes, inPlace, mode) { engine, input, output, flags in
      engine.planReal(axes.map(\.fftw), batch.map(\.fftw), kinds, input, output, flags)
    }
  }

  /// Complex numbers to complex numbers, unscaled; `forward` uses e^{−ikx}.
  static func complex(
    _ axes: [TransformDimension], forward: Bool, batch: [TransformDimension], inPlace: Bool = true,
    anyAlignment: Bool = false, mode: PlanningMode = .estimate
  ) -> TransformPlan {
    let sizes = (2 * extent(axes + batch, \.inputStride), 2 * extent(axes + batch, \.outputStride))
    let extra = anyAlignment ? UInt32(FFTW_UNALIGNED) : 0
    return TransformPlan(.complex, sizes, inPlace, mode) { engine, input, output, flags in
      engine.planComplex(
        axes.map(\.fftw), batch.map(\.fftw), forward ? FFTW_FORWARD : FFTW_BACKWARD, input, output,
        flags | extra)
    }
  }

  /// Real lines to half spectra, out of place; keeps its input.
  static func realToComplex(
    _ axis: TransformDimension, batch: [TransformDimension], anyAlignment: Bool = false,
    mode: PlanningMode = .estimate
  ) -> TransformPlan {
    let all = [axis] + batch
    let sizes = (extent(all, \.inputStride), 2 * extent(all, \.outputStride))
    let extra = UInt32(FFTW_PRESERVE_INPUT) | (anyAlignment ? UInt32(FFTW_UNALIGNED) : 0)
    return TransformPlan(.realToComplex, sizes, false, mode) { engine, input, output, flags in
      engine.planRealToComplex([axis.fftw], batch.map(\.fftw), input, output, flags | extra)
    }
  }

  /// Half spectra to real lines, out of place; destroys its input.
  static func complexToReal(
    _ axis: TransformDimension, batch: [TransformDimension], anyAlignment: Bool = false,
    mode: PlanningMode = .estimate
  ) -> TransformPlan {
    let all = [axis] + batch
    let sizes = (2 * extent(all, \.inputStride), extent(all, \.outputStride))
    let extra = UInt32(FFTW_DESTROY_INPUT) | (anyAlignment ? UInt32(FFTW_UNALIGNED) : 0)
    return TransformPlan(.complexToReal, sizes, false, mode) { engine, input, output, flags in
      engine.planComplexToReal([axis.fftw], batch.map(\.fftw), input, output, flags | extra)
    }
  }

  /// Planning by timing writes to the arrays, so it gets memory of its own.
  private init(
    _ kind: Kind, _ sizes: (Int, Int), _ inPlace: Bool, _ mode: PlanningMode,
    _ make: (TransformEngine<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, UInt32)
      -> OpaquePointer?
  ) {
    self.kind = kind
    engine = Scalar.transformEngine
    let isTouched = mode != .estimate
    let bytes = { (count: Int) in 64 + (isTouched ? count * MemoryLayout<Scalar>.stride : 0) }
    let input = UnsafeMutableRawPointer.allocate(byteCount: bytes(sizes.0), alignment: 64)
    let output = UnsafeMutableRawPointer.allocate(byteCount: bytes(sizes.1), alignment: 64)
    defer {
      input.deallocate()
      output.deallocate()
    }
    let (first, second) = (
      input.assumingMemoryBound(to: Scalar.self),
      (inPlace ? input : output).assumingMemoryBound(to: Scalar.self)
    )
    let engine = engine
    let address = planner.withLock { _ in
      make(engine, first, second, mode.flags).map { UInt(bitPattern: $0) }
    }
    guard let address, let made = OpaquePointer(bitPattern: address) else {
      preconditionFailure("TransformPlan: FFTW has no plan for this layout")
    }
    plan = made
  }

  private static func extent(
    _ axes: [TransformDimension], _ stride: KeyPath<TransformDimension, Int>
  ) -> Int {
    axes.reduce(1) { $0 + max($1.count - 1, 0) * $1[keyPath: stride] } + (axes.map(\.count).max() ?? 0)
  }

  /// Runs the plan.
  func execute(_ input: UnsafeMutablePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>) {
    switch kind {
    case .real: engine.executeReal(plan, input, output)
    case .complex: engine.executeComplex(plan, input, output)
    case .realToComplex: engine.executeRealToComplex(plan, input, output)
    case .complexToReal: engine.executeComplexToReal(plan, input, output)
    }
  }
}
