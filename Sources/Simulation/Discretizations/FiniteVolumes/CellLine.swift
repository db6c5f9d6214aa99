import Geometry

/// The cells of a grid along one axis.
struct CellLine {
  let axis: Int
  /// The number of the line among those along the axis; also that of its ends' faces in their row-major grid.
  let number: Int
  let first: Int
  let stride: Int
  let count: Int
  let isPeriodic: Bool

  @inline(__always)
  func cell(_ position: Int) -> Int { first + position * stride }

  /// The cell beside another one; `nil` where there is the boundary.
  @inline(__always)
  func neighbour(_ position: Int, _ side: Side) -> Int? {
    switch side {
    case .upper:
      if position + 1 < count { return first + (position + 1) * stride }
      return isPeriodic ? first : nil
    case .lower:
      if position > 0 { return first + (position - 1) * stride }
      return isPeriodic ? first + (count - 1) * stride : nil
    }
  }
}

extension CellGrid {
  /// Calls a closure with every line of cells along an axis, in order.
  @inline(__always)
  func forEachLine(along axis: Int, _ body: (CellLine) -> Void) {
    let (stride, count) = (strides[axis], counts[axis])
    for number in 0..<cellCount / count {
      let first = number / stride * stride * count + number % stride
      body(
        CellLine(
          axis: axis, number: number, first: first, stride: stride, count: count,
          isPeriodic: axes[axis].isPeriodic))
    }
  }
}
