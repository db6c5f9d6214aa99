public import Arrays

/// The transforms between values on the grid of a tensor basis and coefficients, planned once.
///
/// Sine and cosine axes are transformed first, on reals, then the last Fourier axis by a real transform and
/// the other Fourier axes by complex ones. Safe to use from several threads at a time.
public final class TensorTransform<Scalar: TransformScalar>: @unchecked Sendable {
  public let basis: TensorBasis
  private let realPasses: [(forward: RealAxisPass<Scalar>, inverse: RealAxisPass<Scalar>)]
  private let halfPass: HalfAxisPass<Scalar>?
  private let fullForward: TransformPlan<Scalar>?
  private let fullInverse: TransformPlan<Scalar>?
  private let matrices: [(axis: Int, forward: [Scalar], inverse: [Scalar])]
  private let shiftedAxes: [Int]
  private let forwardFactors: [[Scalar]]
  private let inverseFactors: [[Scalar]]?
  private let coefficientShape: [Int]
  private let modeCounts: [Int]
  /// The modes, counted in real numbers along the last axis.
  private let flatShape: [Int]
  private let valueCount: Int
  private let coefficientCount: Int

  public init(_ basis: TensorBasis, mode: PlanningMode = .estimate) {
    self.basis = basis
    coefficientShape = basis.coefficientShape
    valueCount = basis.pointCount
    coefficientCount = coefficientShape.reduce(1, *)
    let (points, modes) = (basis.points, basis.modeCounts)
    let dimension = basis.dimension
    modeCounts = modes
    flatShape = modes.dropLast() + [modes[dimension - 1] * (basis.isComplex ? 2 : 1)]
    let modeStrides = modes.indices.map { modes[($0 + 1)...].reduce(1, *) }

    var realAxes = [(axis: Int, transform: RealTransform)]()
    var matrices = [(axis: Int, forward: [Scalar], inverse: [Scalar])]()
    var shifted = [Int]()
    var forward = [[Scalar]]()
    var inverse = [[Scalar]]()
    for axis in 0..<dimension {
      let count = points[axis]
      var factors = ([Scalar](repeating: 1, count: modes[axis]), [Scalar](repeating: 1, count: count))
      switch basis.axes[axis].transform(count) {
      case .fourier:
        factors.0 = Array(repeating: Scalar(1 / Double(count)), count: modes[axis])
      case .real(let transform, let forwardFactors, let inverseFactors, let offset):
        precondition(offset == 0 || offset == 1, "TensorTransform: offset \(offset) must be 0 or 1")
        realAxes.append((axis, transform))
        // By mode: what is shifted in has no number of its own.
        factors.0 = (0..<count).map { $0 < offset ? 0 : Scalar(forwardFactors[$0 - offset]) }
        factors.1 = inverseFactors.map { Scalar($0) }
        if offset == 1 { shifted.append(axis) }
      case .matrix(let forward, let inverse):
        matrices.append((axis, forward.map { Scalar($0) }, inverse.map { Scalar($0) }))
      }
      forward.append(factors.0)
      inverse.append(factors.1)
    }
    func paired(_ factors: [Scalar]) -> [Scalar] { factors.flatMap { [$0, $0] } }
    if basis.isComplex { forward[dimension - 1] = paired(forward[dimension - 1]) }
    self.matrices = matrices
    shiftedAxes = shifted
    forwardFactors = forward
    inverseFactors = realAxes.isEmpty ? nil : inverse

    realPasses = realAxes.map { axis, transform in
      let pass = { RealAxisPass<Scalar>(shape: points, axis: axis, kind: $0, mode: mode) }
      return (forward: pass(transform.kind), inverse: pass(transform.inverse.kind))
    }
    guard let half = basis.halfAxis else {
      halfPass = nil
      fullForward = nil
      fullInverse = nil
      return
    }
    halfPass = HalfAxisPass(points: points, modes: modes, axis: half, mode: mode)
    func fullPlan(_ isForward: Bool) -> TransformPlan<Scalar>? {
      let axes = (0..<dimension).filter { $0 != half && basis.order($0) == .full }
      if axes.isEmpty { return nil }
      let batch = (0..<dimension).filter { !axes.contains($0) }
      return .complex(
        axes.map { TransformDimension(modes[$0], modeStrides[$0]) }, forward: isForward,
        batch: batch.map { TransformDimension(modes[$0], modeStrides[$0]) }, mode: mode)
    }
    fullForward = fullPlan(true)
    fullInverse = fullPlan(false)
  }

  /// How many numbers of scratch memory `forward` and `inverse` need.
  public var workspaceCount: Int {
    scratchOffset + (realPasses.map(\.forward.scratchCount) + [halfPass?.scratchCount ?? 0]).reduce(0, max)
  }

  /// The workspace holds a copy of the coefficients, one of the values, and a tile, each on a cache line.
  private var valueOffset: Int { (coefficientCount + 15) / 16 * 16 }
  private var scratchOffset: Int { valueOffset + (valueCount + 15) / 16 * 16 }

  /// Values on the grid to coefficients.
  public func forward(_ values: NDArray<Scalar>) -> SpectralCoefficients<Scalar> {
    precondition(
      values.shape == basis.points, "TensorTransform: shape \(values.shape) must be \(basis.points)")
    var result = NDArray<Scalar>(shape: coefficientShape)
    let workspace = AlignedStorage<Scalar>(count: workspaceCount)
    values.withUnsafeBuffer { values in
      result.withUnsafeMutableBuffer { result in
        guard let source = values.baseAddress, let target = result.baseAddress else { return }
        forward(source, into: target, workspace: workspace.baseAddress)
      }
    }
    return SpectralCoefficients(basis: basis, values: result)
  }

  /// Coefficients to values on the grid.
  public func inverse(_ coefficients: SpectralCoefficients<Scalar>) -> NDArray<Scalar> {
    precondition(coefficients.basis == basis, "TensorTransform: coefficients are in \(coefficients.basis)")
    var result = NDArray<Scalar>(shape: basis.points)
    let workspace = AlignedStorage<Scalar>(count: workspaceCount)
    coefficients.values.withUnsafeBuffer { coefficients in
      result.withUnsafeMutableBuffer { result in
        guard let source = coefficients.baseAddress, let target = result.baseAddress else { return }
        inverse(source, into: target, workspace: workspace.baseAddress)
      }
    }
    return result
  }

  /// Values to coefficients in memory of the caller; all three must be 16-byte aligned and apart.
  package func forward(
    _ values: UnsafePointer<Scalar>, into coefficients: UnsafeMutablePointer<Scalar>,
    workspace: UnsafeMutablePointer<Scalar>
  ) {
    let scratch = workspace + scratchOffset
    let isPureFourier = inverseFactors == nil && matrices.isEmpty
    var reals = UnsafeMutablePointer(mutating: values)
    if !isPureFourier {
      reals = basis.isComplex ? workspace + valueOffset : coefficients
      reals.update(from: values, count: valueCount)
      for pass in realPasses { pass.forward.execute(reals, scratch: scratch) }
      for axis in shiftedAxes { shiftUp(reals, AxisExtents(basis.points, axis)) }
      for matrix in matrices { apply(matrix.forward, matrix.axis, reals, workspace) }
    }
    halfPass?.forward(reals, coefficients, scratch: scratch)
    if fullForward != nil { fullForward!.execute(coefficients, coefficients) }
    scaleProduct(coefficients, shape: flatShape, factors: forwardFactors)
  }

  /// Coefficients to values in memory of the caller; all three must be 16-byte aligned and apart.
  package func inverse(
    _ coefficients: UnsafePointer<Scalar>, into values: UnsafeMutablePointer<Scalar>,
    workspace: UnsafeMutablePointer<Scalar>
  ) {
    let scratch = workspace + scratchOffset
    if let half = basis.halfAxis {
      workspace.update(from: coefficients, count: coefficientCount)
      if fullInverse != nil { fullInverse!.execute(workspace, workspace) }
      clearImaginaryEnds(workspace, half)
      halfPass?.inverse(workspace, values, scratch: scratch)
    } else {
      values.update(from: coefficients, count: valueCount)
    }
    if let inverseFactors { scaleProduct(values, shape: basis.points, factors: inverseFactors) }
    for matrix in matrices { apply(matrix.inverse, matrix.axis, values, workspace) }
    for axis in shiftedAxes { shiftDown(values, AxisExtents(basis.points, axis)) }
    for pass in realPasses { pass.inverse.execute(values, scratch: scratch) }
  }

  /// Numbers 0 and n/2 of a real transform are real by definition, whatever was stored.
  private func clearImaginaryEnds(_ data: UnsafeMutablePointer<Scalar>, _ half: Int) {
    let extents = AxisExtents(modeCounts, half)
    let last = extents.count - 1
    let isEven = basis.points[half] % 2 == 0
    for outer in 0..<extents.outer {
      for end in stride(from: 0, through: isEven ? last : 0, by: max(last, 1)) {
        let line = data + 2 * (outer * extents.count + end) * extents.inner
        for inner in 0..<extents.inner { line[2 * inner + 1] = 0 }
      }
    }
  }

  /// A matrix along one axis of the values, in place by way of the workspace, whose first part is free by then.
  private func apply(
    _ matrix: [Scalar], _ axis: Int, _ data: UnsafeMutablePointer<Scalar>,
    _ workspace: UnsafeMutablePointer<Scalar>
  ) {
    let extents = AxisExtents(basis.points, axis)
    let block = extents.count * extents.inner
    for outer in 0..<extents.outer {
      workspace.update(from: data + outer * block, count: block)
      Scalar.transformEngine.multiply(
        GEMMShape(rows: extents.count, columns: extents.inner, inner: extents.count), 1, matrix, workspace, 0,
        data + outer * block)
    }
  }
}
