import CFFTW
import Synchronization

/// FFTW's planner is one global state: every call to it, and every destruction of a plan, holds this lock.
let planner = Mutex<Void>(())

/// How much work FFTW may spend on finding a fast plan.
public enum PlanningMode: String, Sendable, CaseIterable {
  /// By rule; the same plan, and the same bits, on every run.
  case estimate
  /// By timing; reproducible only with the wisdom of the first run.
  case measure

  internal var flags: UInt32 { self == .estimate ? UInt32(FFTW_ESTIMATE) : UInt32(FFTW_MEASURE) }
}

/// The eight real-to-real transforms, in FFTW's unnormalised definitions.
public enum RealTransform: String, Sendable, CaseIterable {
  case dct1, dct2, dct3, dct4, dst1, dst2, dst3, dst4

  internal var kind: fftw_r2r_kind {
    switch self {
    case .dct1: FFTW_REDFT00
    case .dct2: FFTW_REDFT10
    case .dct3: FFTW_REDFT01
    case .dct4: FFTW_REDFT11
    case .dst1: FFTW_RODFT00
    case .dst2: FFTW_RODFT10
    case .dst3: FFTW_RODFT01
    case .dst4: FFTW_RODFT11
    }
  }

  /// The transform that undoes this one, up to the factor `logicalSize(n)`.
  public var inverse: RealTransform {
    switch self {
    case .dct2: .dct3
    case .dct3: .dct2
    case .dst2: .dst3
    case .dst3: .dst2
    default: self
    }
  }

  /// The factor by which a transform of `n` points followed by its inverse multiplies.
  public func logicalSize(_ n: Int) -> Int {
    switch self {
    case .dct1: 2 * (n - 1)
    case .dst1: 2 * (n + 1)
    default: 2 * n
    }
  }
}

/// One transform of a batch of lines: `length` points, `stride` apart, `count` lines, `distance` apart
/// (in elements of the type transformed).
public struct LineLayout: Sendable, Hashable {
  public var length: Int
  public var stride: Int
  public var count: Int
  public var distance: Int

  public init(length: Int, stride: Int = 1, count: Int = 1, distance: Int) {
    self.length = length
    self.stride = stride
    self.count = count
    self.distance = distance
  }
}

/// An FFTW plan in double precision, owned: it is destroyed with its value.
///
/// Plans are made without touching the data they will run on, for any 16-byte aligned pointers.
public struct FFTWPlan: ~Copyable, @unchecked Sendable {
  private let plan: fftw_plan

  private init(_ make: () -> fftw_plan?) {
    let made = planner.withLock { _ in make() }
    guard let made else { preconditionFailure("FFTWPlan: FFTW has no plan for this layout") }
    plan = made
  }

  deinit { planner.withLock { _ in fftw_destroy_plan(plan) } }

  /// A complex transform in place; `forward` uses e^{−ikx} and neither direction is scaled.
  public static func complexInPlace(
    _ layout: LineLayout, forward: Bool, mode: PlanningMode = .estimate
  ) -> FFTWPlan {
    let bytes = 16 * (layout.stride * (layout.length - 1) + layout.distance * (layout.count - 1) + 1)
    return withScratch(bytes, mode) { scratch in
      FFTWPlan {
        let data = scratch?.assumingMemoryBound(to: fftw_complex.self)
        var length = Int32(layout.length)
        return fftw_plan_many_dft(
          1, &length, Int32(layout.count), data, nil, Int32(layout.stride), Int32(layout.distance), data, nil,
          Int32(layout.stride), Int32(layout.distance), forward ? FFTW_FORWARD : FFTW_BACKWARD, mode.flags)
      }
    }
  }

  /// A real transform in place of `layout` (in real elements).
  public static func realInPlace(
    _ transform: RealTransform, _ layout: LineLayout, mode: PlanningMode = .estimate
  ) -> FFTWPlan {
    let bytes = 8 * (layout.stride * (layout.length - 1) + layout.distance * (layout.count - 1) + 1)
    return withScratch(bytes, mode) { scratch in
      FFTWPlan {
        let data = scratch?.assumingMemoryBound(to: Double.self)
        var length = Int32(layout.length)
        var kind = transform.kind
        return fftw_plan_many_r2r(
          1, &length, Int32(layout.count), data, nil, Int32(layout.stride), Int32(layout.distance), data, nil,
          Int32(layout.stride), Int32(layout.distance), &kind, mode.flags)
      }
    }
  }

  /// Real lines of `length` points, contiguous, to `length/2 + 1` complex coefficients each.
  public static func realToComplex(
    length: Int, count: Int, realDistance: Int, complexDistance: Int, mode: PlanningMode = .estimate
  ) -> FFTWPlan {
    withScratch(8 * realDistance * count + 16 * complexDistance * count + 64, mode) { scratch in
      FFTWPlan {
        let real = scratch?.assumingMemoryBound(to: Double.self)
        let complex = (scratch.map { $0 + (8 * realDistance * count + 63) / 64 * 64 })?
          .assumingMemoryBound(to: fftw_complex.self)
        var n = Int32(length)
        return fftw_plan_many_dft_r2c(
          1, &n, Int32(count), real, nil, 1, Int32(realDistance), complex, nil, 1, Int32(complexDistance),
          mode.flags | UInt32(FFTW_DESTROY_INPUT))
      }
    }
  }

  /// The reverse of `realToComplex`, unscaled; it destroys its input.
  public static func complexToReal(
    length: Int, count: Int, realDistance: Int, complexDistance: Int, mode: PlanningMode = .estimate
  ) -> FFTWPlan {
    withScratch(8 * realDistance * count + 16 * complexDistance * count + 64, mode) { scratch in
      FFTWPlan {
        let real = scratch?.assumingMemoryBound(to: Double.self)
        let complex = (scratch.map { $0 + (8 * realDistance * count + 63) / 64 * 64 })?
          .assumingMemoryBound(to: fftw_complex.self)
        var n = Int32(length)
        return fftw_plan_many_dft_c2r(
          1, &n, Int32(count), complex, nil, 1, Int32(complexDistance), real, nil, 1, Int32(realDistance),
          mode.flags | UInt32(FFTW_DESTROY_INPUT))
      }
    }
  }

  /// Planning writes to the arrays unless it only estimates, so it gets memory of its own.
  private static func withScratch<Result: ~Copyable>(
    _ bytes: Int, _ mode: PlanningMode, _ body: (UnsafeMutableRawPointer?) -> Result
  ) -> Result {
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes + 64, alignment: 64)
    defer { scratch.deallocate() }
    scratch.initializeMemory(as: UInt8.self, repeating: 0, count: bytes + 64)
    return body(scratch)
  }

  /// Runs an in-place complex plan on interleaved (re, im) pairs.
  public func executeComplex(_ data: UnsafeMutablePointer<Double>) {
    data.withMemoryRebound(to: fftw_complex.self, capacity: 1) { fftw_execute_dft(plan, $0, $0) }
  }

  /// Runs an in-place real plan.
  public func executeReal(_ data: UnsafeMutablePointer<Double>) { fftw_execute_r2r(plan, data, data) }

  /// Runs a real-to-complex plan.
  public func execute(real: UnsafeMutablePointer<Double>, toComplex complex: UnsafeMutablePointer<Double>) {
    complex.withMemoryRebound(to: fftw_complex.self, capacity: 1) { fftw_execute_dft_r2c(plan, real, $0) }
  }

  /// Runs a complex-to-real plan, which destroys its input.
  public func execute(complex: UnsafeMutablePointer<Double>, toReal real: UnsafeMutablePointer<Double>) {
    complex.withMemoryRebound(to: fftw_complex.self, capacity: 1) { fftw_execute_dft_c2r(plan, $0, real) }
  }
}
