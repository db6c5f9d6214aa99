import Differentiation
import Learning

/// A grid with one more layer of points around it: the other end of periodic axes, and what goes on linearly beyond others.
struct GhostGrid {
  let points: [Int]
  let isPeriodic: [Bool]
  /// From (−1, …, −1) to (1, …, 1), the last axis first.
  let offsets: [[Int]]
  /// The place of a neighbour at each offset as seen from a point, with the layer.
  private let shifts: [Int]
  /// The first point of each plane, with the layer and without it.
  private let planes: [(ghost: Int, point: Int)]
  /// For each axis the lines along it, and the numbers behind it.
  private let lines: [(count: Int, step: Int)]
  /// Points with the layer.
  let count: Int

  init(points: [Int], isPeriodic: [Bool]) {
    self.points = points
    self.isPeriodic = isPeriodic
    let extended = points.map { $0 + 2 }
    count = extended.reduce(1, *)
    let strides = points.indices.map { extended[($0 + 1)...].reduce(1, *) }
    offsets = points.reduce([[]]) { list, _ in list.flatMap { head in [-1, 0, 1].map { head + [$0] } } }
    shifts = offsets.map { zip($0, strides).reduce(0) { $0 + $1.0 * $1.1 } }
    let first = strides.reduce(0, +)
    let leading = points.dropLast(2)
    let starts = leading.indices.reduce([first]) { list, axis in
      list.flatMap { start in (0..<points[axis]).map { start + $0 * strides[axis] } }
    }
    let size = points.dropFirst(leading.count).reduce(1, *)
    planes = starts.enumerated().map { ($1, $0 * size) }
    lines = points.indices.map { (extended[..<$0].reduce(1, *), strides[$0]) }
  }

  /// Points of a row, and with the layer.
  var row: Int { points[points.count - 1] }
  var ghostRow: Int { row + 2 }
  /// Rows that follow one another at equal distances on both grids.
  var rowsPerPlane: Int { points.count > 1 ? points[points.count - 2] : 1 }
  /// The offset of a point from itself.
  var center: Int { offsets.count / 2 }

  /// Calls `body` with the first point of every plane of neighbours at an offset, and the first point of the plane itself.
  func forEachPlane(_ offset: Int, _ body: (_ neighbour: Int, _ point: Int) -> Void) {
    for plane in planes { body(plane.ghost + shifts[offset], plane.point) }
  }

  /// Copies the points inside, then adds the layer axis by axis, corners with the later axes.
  func fill<Scalar: NetworkScalar>(
    _ x: UnsafePointer<Scalar>, channels: Int, into values: UnsafeMutablePointer<Scalar>
  ) {
    forEachPlane(center) { place, point in
      for line in 0..<rowsPerPlane {
        (values + (place + line * ghostRow) * channels).update(
          from: x + (point + line * row) * channels, count: row * channels)
      }
    }
    for axis in points.indices {
      forEachLayer(axis, channels) { outer, step in
        let line = values + outer
        let n = points[axis]
        if isPeriodic[axis] {
          line.update(from: line + n * step, count: step)
          (line + (n + 1) * step).update(from: line + step, count: step)
        } else {
          extrapolate(line + step, line + 2 * step, into: line, count: step)
          extrapolate(line + n * step, line + (n - 1) * step, into: line + (n + 1) * step, count: step)
        }
      }
    }
  }

  /// The adjoint of `fill`; `values` are used up.
  func fold<Scalar: NetworkScalar>(
    _ values: UnsafeMutablePointer<Scalar>, channels: Int, into dx: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    for axis in points.indices.reversed() {
      forEachLayer(axis, channels) { outer, step in
        let line = values + outer
        let n = points[axis]
        if isPeriodic[axis] {
          Scalar.networkKernels.add(step, line, line + n * step)
          Scalar.networkKernels.add(step, line + (n + 1) * step, line + step)
        } else {
          extrapolateBack(line, line + step, line + 2 * step, count: step)
          extrapolateBack(line + (n + 1) * step, line + n * step, line + (n - 1) * step, count: step)
        }
      }
    }
    forEachPlane(center) { place, point in
      for line in 0..<rowsPerPlane {
        let (source, target) = (
          values + (place + line * ghostRow) * channels, dx + (point + line * row) * channels
        )
        if adding {
          Scalar.networkKernels.add(row * channels, source, target)
        } else {
          target.update(from: source, count: row * channels)
        }
      }
    }
  }

  /// Calls `body` with the place of every line of layers along an axis, and the numbers of a layer.
  private func forEachLayer(_ axis: Int, _ channels: Int, _ body: (_ outer: Int, _ step: Int) -> Void) {
    let step = lines[axis].step * channels
    for line in 0..<lines[axis].count { body(line * (points[axis] + 2) * step, step) }
  }
}

/// `y = 2a − b`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extrapolate<Scalar: NetworkScalar>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, count: Int
) {
  for index in 0..<count { y[index] = 2 * a[index] - b[index] }
}

/// `a += 2y`, `b −= y`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extrapolateBack<Scalar: NetworkScalar>(
  _ y: UnsafePointer<Scalar>, _ a: UnsafeMutablePointer<Scalar>, _ b: UnsafeMutablePointer<Scalar>, count: Int
) {
  for index in 0..<count {
    a[index] += 2 * y[index]
    b[index] -= y[index]
  }
}
