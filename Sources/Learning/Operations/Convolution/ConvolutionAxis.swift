/// One axis of a convolution: the points that windows run over, padding included.
struct ConvolutionAxis: Sendable, Hashable {
  let points: Int
  let kernel: Int
  let stride: Int
  let padding: Padding
  /// Positions before the first point and behind the last.
  let before: Int
  let after: Int

  /// Padded so that there are ⌈points/stride⌉ windows, or not at all.
  init(points: Int, kernel: Int, stride: Int, padding: Padding) {
    precondition(
      kernel >= 1 && stride >= 1, "Convolution: a kernel of \(kernel) points with a stride of \(stride)")
    self.points = points
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    before = padding == .none ? 0 : (kernel - 1) / 2
    after = padding == .none ? 0 : kernel / 2
    precondition(
      padded >= kernel, "Convolution: a window of \(kernel) points does not fit on \(points) of them")
    precondition(
      padding != .reflect || points > max(before, after),
      "Convolution: \(points) points cannot be mirrored for a kernel of \(kernel)")
  }

  /// The axis that windows of this kind take to `results` points: the shorter one where several do.
  init(results: Int, kernel: Int, stride: Int, padding: Padding) {
    let points = padding == .none ? (results - 1) * stride + kernel : results * stride
    self.init(points: points, kernel: kernel, stride: stride, padding: padding)
  }

  /// An axis that is not there.
  static let absent = ConvolutionAxis(points: 1, kernel: 1, stride: 1, padding: .none)

  var padded: Int { points + before + after }
  var results: Int { (padded - kernel) / stride + 1 }
  /// Padded positions that are points.
  var interior: Range<Int> { before..<before + points }
  /// Whether positions of the padding are those of points too.
  var folds: Bool { before + after > 0 && padding != .zeros }

  /// The point that a padded position reads; −1 for none.
  func source(_ position: Int) -> Int {
    let point = position - before
    if (0..<points).contains(point) { return point }
    switch padding {
    case .zeros, .none: return -1
    case .circular: return ((point % points) + points) % points
    case .reflect: return point < 0 ? -point : 2 * (points - 1) - point
    case .replicate: return point < 0 ? 0 : points - 1
    }
  }

  /// Taps that meet positions ≡ `phase` modulo the stride.
  func taps(phase: Int) -> Int { phase < kernel ? (kernel - phase + stride - 1) / stride : 0 }
  /// The most of them.
  var mostTaps: Int { taps(phase: 0) }
  /// Positions of one phase that are enough for all that are padded.
  var positions: Int { (padded + stride - 1) / stride }
  /// q with stride·q + phase among `positions`.
  func steps(phase: Int, in positions: Range<Int>) -> Range<Int> {
    let first = max(positions.lowerBound - phase + stride - 1, 0) / stride
    let end = max(positions.upperBound - phase + stride - 1, 0) / stride
    return first..<max(first, end)
  }
}
