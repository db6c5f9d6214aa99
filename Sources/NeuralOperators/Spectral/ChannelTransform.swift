import Differentiation
import Learning

/// The truncated Fourier transform of functions with several channels, which stand last.
///
/// Every axis is a product with a small matrix, so that nothing is computed that is thrown away, and lanes run along channels. Between
/// the last axis and the modes lie rows: for every point of the leading axes the (re, im) of the last axis' frequencies. The last axis
/// itself is left to whoever calls, who joins it with other products.
final class ChannelTransform<Scalar: NetworkScalar> {
  let axes: [AxisTable<Scalar>]
  let last: AxisTable<Scalar>
  /// Points of the leading axes: how many rows of (frequency, 2, channel) there are.
  let rowCount: Int
  // Numbers that every run needs are found once, since through generic code a sum over an array takes memory.
  /// For each axis the points of those before it, and the frequencies of those behind it.
  private let before: [Int]
  private let behind: [Int]
  private let scratchPerChannel: Int

  init(points: [Int], modes: [Int]) {
    let scale = 1 / Double(points.reduce(1, *))
    let end = points.count - 1
    let axes = points.indices.map {
      AxisTable<Scalar>(points: points[$0], modes: modes[$0], isLast: $0 == end, scale: scale)
    }
    self.axes = axes
    last = axes[end]
    rowCount = points[..<end].reduce(1, *)
    let before = points.indices.map { points[..<$0].reduce(1, *) }
    let behind = points.indices.map { axis in
      ((axis + 1)..<points.count).reduce(1) { $0 * ($1 == end ? modes[$1] : 2 * modes[$1]) }
    }
    // Sums, and for all but the first axis the coefficients too, each of two parts; and that for two axes in turn.
    scratchPerChannel =
      (0..<end).map { before[$0] * (axes[$0].rows + 2 * modes[$0]) * behind[$0] * 2 }.max().map { 2 * $0 }
      ?? 0
    self.before = before
    self.behind = behind
  }

  /// Numbers of a sample's rows.
  func rowsCount(width: Int) -> Int { rowCount * 2 * last.modes * width }

  /// Numbers of scratch memory that either direction takes.
  func scratchCount(width: Int) -> Int { scratchPerChannel * width }

  /// Rows to modes, `stride` numbers apart; `doubled` writes each as (re, −im, im, re).
  func analyze(
    rows: UnsafePointer<Scalar>, width: Int, into modes: UnsafeMutablePointer<Scalar>, stride: Int,
    doubled: Bool,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    guard axes.count > 1 else {
      return spread(rows, count: last.modes, width: width, into: modes, stride: stride, doubled: doubled)
    }
    let kernels = Scalar.networkKernels
    let half = scratchCount(width: width) / 2
    var source = rows
    for step in 0..<axes.count - 1 {
      let axis = axes.count - 2 - step
      let table = axes[axis]
      let (outer, inner) = (before[axis], behind[axis])
      let length = inner * 2 * width
      // Two halves in turn: one axis' coefficients are the next one's source.
      let sums = scratch + (axis % 2) * half
      let coefficients = sums + outer * table.rows * length
      for block in 0..<outer {
        kernels.multiply(
          MatrixProducts(
            rows: table.rows, columns: length,
            MatrixProduct(
              table.analysis, row: table.points, times: source + block * table.points * length,
              rightRow: length,
              inner: table.points), into: sums + block * table.rows * length, row: length))
        let isFirst = axis == 0
        kernels.combine(
          SpectralAxis(modes: table.modes, inner: inner, width: width, stride: isFirst ? stride : 2 * width),
          UnsafePointer(sums) + block * table.rows * length,
          isFirst ? modes : coefficients + block * 2 * table.modes * length, isFirst && doubled)
      }
      source = UnsafePointer(coefficients)
    }
  }

  /// Modes, `stride` numbers apart, to rows: the adjoint of `analyze`.
  func synthesize(
    modes: UnsafePointer<Scalar>, stride: Int, width: Int, into rows: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    guard axes.count > 1 else {
      return copyChannels(
        modes, row: stride, to: rows, row: 2 * width, points: last.modes, channels: 2 * width)
    }
    let kernels = Scalar.networkKernels
    let half = scratchCount(width: width) / 2
    var source = modes
    for axis in 0..<axes.count - 1 {
      let table = axes[axis]
      let (outer, inner) = (before[axis], behind[axis])
      let length = inner * 2 * width
      let sums = scratch + (axis % 2) * half
      let isLastOfThem = axis == axes.count - 2
      let target = isLastOfThem ? rows : sums + outer * table.rows * length
      for block in 0..<outer {
        kernels.separate(
          SpectralAxis(
            modes: table.modes, inner: inner, width: width, stride: axis == 0 ? stride : 2 * width),
          source + (axis == 0 ? 0 : block * 2 * table.modes * length), sums + block * table.rows * length)
        kernels.multiply(
          MatrixProducts(
            rows: table.points, columns: length,
            MatrixProduct(
              table.synthesis, row: table.rows, times: UnsafePointer(sums) + block * table.rows * length,
              rightRow: length,
              inner: table.rows), into: target + block * table.points * length, row: length))
      }
      source = UnsafePointer(target)
    }
  }
}

/// Copies rows of (re, im) to places `stride` apart, as (re, −im, im, re) where they are doubled.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func spread<Scalar: NetworkScalar>(
  _ rows: UnsafePointer<Scalar>, count: Int, width: Int, into target: UnsafeMutablePointer<Scalar>,
  stride: Int,
  doubled: Bool
) {
  for row in 0..<count {
    let (source, z) = (rows + row * 2 * width, target + row * stride)
    for index in 0..<width {
      let (re, im) = (source[index], source[width + index])
      z[index] = re
      if doubled {
        z[width + index] = -im
        z[2 * width + index] = im
        z[3 * width + index] = re
      } else {
        z[width + index] = im
      }
    }
  }
}
