public import Arrays

/// Fourier transforms of real data that compute only the modes that are kept.
///
/// Values are of shape (batch, points…), coefficients of shape (batch, 2m₁, …, 2m_{d−1}, m_d, 2): on the
/// leading axes the frequencies `0 … m−1, −m … −1`, on the last one `0 … m−1`, as (re, im). Forward divides
/// by the number of points. One axis after the other is transformed, the last one first, and each is cut at
/// once; an axis of which little is kept is a product with a small matrix, the others use FFTW. Safe to use
/// from several threads at a time.
public final class TruncatedFourierTransform<Scalar: TransformScalar>: @unchecked Sendable {
  public let points: [Int]
  /// m for every axis.
  public let modes: [Int]
  /// How many functions are transformed in one call.
  public let batch: Int
  private let half: HalfAxisStage<Scalar>
  /// From the last but one axis to the first.
  private let leading: [FullAxisStage<Scalar>]
  private let intermediateCount: Int
  private let scratchCount: Int

  /// How one axis is transformed.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case matrix, fft
  }

  /// Plans the transform; without a method every axis takes the one that is expected to be faster.
  public init(points: [Int], modes: [Int], batch: Int = 1, method: Method? = nil) {
    precondition(
      !points.isEmpty && points.count == modes.count && batch >= 1,
      "TruncatedFourierTransform: \(points) points need as many modes, not \(modes), and a batch, not \(batch)"
    )
    let last = points.count - 1
    for axis in points.indices {
      let limit = axis == last ? points[axis] / 2 + 1 : points[axis] / 2
      precondition(
        modes[axis] >= 1 && modes[axis] <= limit,
        "TruncatedFourierTransform: \(modes[axis]) modes of \(points[axis]) points must be 1 … \(limit)")
    }
    self.points = points
    self.modes = modes
    self.batch = batch
    let rows = batch * points[..<last].reduce(1, *)
    half = HalfAxisStage(
      points: points[last], modes: modes[last], rows: rows, scale: 1 / Double(points.reduce(1, *)),
      method: method ?? Self.choice(points[last], modes[last]))
    var stages = [FullAxisStage<Scalar>]()
    var inner = modes[last]
    for axis in (0..<last).reversed() {
      stages.append(
        FullAxisStage(
          points: points[axis], modes: modes[axis], outer: batch * points[..<axis].reduce(1, *), inner: inner,
          method: method ?? Self.choice(points[axis], modes[axis])))
      inner *= 2 * modes[axis]
    }
    leading = stages
    intermediateCount = 2 * rows * modes[last]
    scratchCount = max(half.scratchCount, stages.map(\.scratchCount).max() ?? 0)
  }

  /// Measured on AVX-512: a matrix costs per point in proportion to the modes; FFTW costs as much as about 12
  /// of them in double precision and 24 in single, as 8 and 16 beyond 128 points.
  private static func choice(_ points: Int, _ modes: Int) -> Method {
    let bytes = modes * MemoryLayout<Scalar>.stride
    return 3 * modes <= points && bytes <= (points <= 128 ? 96 : 64) ? .matrix : .fft
  }

  public var valueShape: [Int] { [batch] + points }
  public var coefficientShape: [Int] {
    [batch] + modes.dropLast().map { 2 * $0 } + [modes[modes.count - 1], 2]
  }
  /// How many numbers of scratch memory a call needs.
  public var workspaceCount: Int { 2 * Self.padded(intermediateCount) + Self.padded(scratchCount) }

  /// Values to the coefficients kept.
  public func forward(_ values: NDArray<Scalar>) -> NDArray<Scalar> {
    precondition(
      values.shape == valueShape, "TruncatedFourierTransform: shape \(values.shape) must be \(valueShape)")
    var result = NDArray<Scalar>(shape: coefficientShape)
    let workspace = AlignedStorage<Scalar>(count: workspaceCount)
    values.withUnsafeBuffer { source in
      result.withUnsafeMutableBuffer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        forward(source, into: target, workspace: workspace.baseAddress)
      }
    }
    return result
  }

  /// Coefficients to values, with zero for every mode that is not kept.
  public func inverse(_ coefficients: NDArray<Scalar>) -> NDArray<Scalar> {
    precondition(
      coefficients.shape == coefficientShape,
      "TruncatedFourierTransform: shape \(coefficients.shape) must be \(coefficientShape)")
    var result = NDArray<Scalar>(shape: valueShape)
    let workspace = AlignedStorage<Scalar>(count: workspaceCount)
    coefficients.withUnsafeBuffer { source in
      result.withUnsafeMutableBuffer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        inverse(source, into: target, workspace: workspace.baseAddress)
      }
    }
    return result
  }

  /// Values to coefficients in memory of the caller; 64-byte aligned and apart.
  package func forward(
    _ values: UnsafePointer<Scalar>, into coefficients: UnsafeMutablePointer<Scalar>,
    workspace: UnsafeMutablePointer<Scalar>
  ) {
    let buffers = (workspace, workspace + Self.padded(intermediateCount))
    let scratch = buffers.1 + Self.padded(intermediateCount)
    var source = leading.isEmpty ? coefficients : buffers.0
    half.forward(values, source, scratch)
    for (number, stage) in leading.enumerated() {
      let target = number == leading.count - 1 ? coefficients : source == buffers.0 ? buffers.1 : buffers.0
      stage.forward(source, target, scratch)
      source = target
    }
  }

  /// Coefficients to values in memory of the caller; 64-byte aligned and apart.
  package func inverse(
    _ coefficients: UnsafePointer<Scalar>, into values: UnsafeMutablePointer<Scalar>,
    workspace: UnsafeMutablePointer<Scalar>
  ) {
    let buffers = (workspace, workspace + Self.padded(intermediateCount))
    let scratch = buffers.1 + Self.padded(intermediateCount)
    var source = coefficients
    var target = buffers.0
    for stage in leading.reversed() {
      stage.inverse(source, target, scratch)
      source = UnsafePointer(target)
      target = target == buffers.0 ? buffers.1 : buffers.0
    }
    half.inverse(source, values, scratch)
  }

  /// Whole cache lines.
  private static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
