#if canImport(Glibc)
  import Glibc
#endif

/// The extents before, along and after an axis of a row-major array.
struct AxisExtents {
  var outer: Int
  var count: Int
  var inner: Int

  init(_ shape: [Int], _ axis: Int) {
    outer = shape[..<axis].reduce(1, *)
    count = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }
}

/// Multiplies element (i, j, …) by `factors[0][i]·factors[1][j]·…`; the last axis of `shape` is contiguous.
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
func scaleProduct<Scalar: TransformScalar>(
  _ data: UnsafeMutablePointer<Scalar>, shape: [Int], factors: [[Scalar]]
) {
  guard let length = shape.last, let last = factors.last, length > 0 else { return }
  let rows = shape.dropLast().reduce(1, *)
  last.withUnsafeBufferPointer { last in
    for row in 0..<rows {
      var (rest, factor) = (row, Scalar(1))
      for axis in (0..<shape.count - 1).reversed() {
        factor *= factors[axis][rest % shape[axis]]
        rest /= shape[axis]
      }
      let line = data + row * length
      for index in 0..<length { line[index] *= factor * last[index] }
    }
  }
}

/// Moves number k along an axis to mode k + 1 and sets mode 0 to zero.
func shiftUp<Scalar: TransformScalar>(_ data: UnsafeMutablePointer<Scalar>, _ extents: AxisExtents) {
  for outer in 0..<extents.outer {
    let block = data + outer * extents.count * extents.inner
    (block + extents.inner).update(from: block, count: (extents.count - 1) * extents.inner)
    clear(block, extents.inner)
  }
}

/// Moves mode k + 1 along an axis to number k and sets the last number to zero.
func shiftDown<Scalar: TransformScalar>(_ data: UnsafeMutablePointer<Scalar>, _ extents: AxisExtents) {
  for outer in 0..<extents.outer {
    let block = data + outer * extents.count * extents.inner
    let kept = (extents.count - 1) * extents.inner
    block.update(from: block + extents.inner, count: kept)
    clear(block + kept, extents.inner)
  }
}

/// Sets numbers to zero; `update(repeating:)` of an unspecialised type is a call per element.
func clear<Scalar: TransformScalar>(_ data: UnsafeMutablePointer<Scalar>, _ count: Int) {
  memset(data, 0, count * MemoryLayout<Scalar>.stride)
}
