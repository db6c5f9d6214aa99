import Arrays
import Differentiation

/// The band-limited way from the points of one grid to those of another, axis by axis.
///
/// Fourier axes are interpolated by whole waves: of an even number of points the highest one is split in two when there are more
/// points, so that the interpolant goes through the data, and dropped when there are fewer. Other axes are interpolated by cosines,
/// sine axes too: hidden channels need not vanish where the problem's unknown does. Every axis is a product with a small matrix, of
/// cost n·n′ for each line.
final class GridResampling<Scalar: NetworkScalar> {
  let source: [Int]
  let target: [Int]
  let sourceCount: Int
  let targetCount: Int
  /// An axis whose points change: its matrix, target × source, and numbers of the axes before and behind it.
  private struct Step {
    let matrix: AlignedStorage<Scalar>
    let source: Int
    let target: Int
    let outer: Int
    let inner: Int
  }
  /// From the last axis to the first; the adjoint goes back on the same grids.
  private let steps: [Step]
  /// The most points between two steps.
  private let largest: Int

  init(from source: [Int], to target: [Int], bases: [AxisBasis]) {
    precondition(source.count == target.count, "GridResampling: from \(source) to \(target)")
    self.source = source
    self.target = target
    sourceCount = source.reduce(1, *)
    targetCount = target.reduce(1, *)
    var grid = source
    var largest = 0
    steps = source.indices.reversed().filter { source[$0] != target[$0] }.map { axis in
      let basis = axis < bases.count ? bases[axis] : .fourier
      let values = resamplingMatrix(basis, from: source[axis], to: target[axis])
      let matrix = AlignedStorage<Scalar>(count: values.count)
      for index in 0..<values.count { matrix.baseAddress[index] = Scalar(values.baseAddress[index]) }
      defer {
        grid[axis] = target[axis]
        largest = max(largest, grid.reduce(1, *))
      }
      return Step(
        matrix: matrix, source: source[axis], target: target[axis], outer: grid[..<axis].reduce(1, *),
        inner: grid[(axis + 1)...].reduce(1, *))
    }
    self.largest = largest
  }

  /// Numbers of scratch memory that either direction takes.
  func scratchCount(width: Int) -> Int { steps.count > 1 ? 2 * half(width) : 0 }

  private func half(_ width: Int) -> Int { (largest * width + 15) / 16 * 16 }

  /// One sample from the source to the target, or its adjoint from the target to the source.
  func apply(
    _ x: UnsafePointer<Scalar>, width: Int, into y: UnsafeMutablePointer<Scalar>, adjoint: Bool = false,
    adding: Bool = false, scratch: UnsafeMutablePointer<Scalar>
  ) {
    guard !steps.isEmpty else { return copyPoints(x, sourceCount * width, into: y, adding: adding) }
    var spaces = (scratch, scratch + half(width))
    var from = x
    for number in 0..<steps.count {
      let step = adjoint ? steps[steps.count - 1 - number] : steps[number]
      let isEnd = number == steps.count - 1
      let (rows, inner) = adjoint ? (step.source, step.target) : (step.target, step.source)
      let length = step.inner * width
      let into = isEnd ? y : spaces.0
      var products = MatrixProducts(
        rows: rows, columns: length,
        MatrixProduct(
          UnsafePointer(step.matrix.baseAddress), row: adjoint ? 1 : inner, column: adjoint ? rows : 1,
          times: from,
          rightRow: length, rightBatch: inner * length, inner: inner), into: into, row: length)
      products.batch = step.outer
      products.resultBatch = rows * length
      products.accumulates = isEnd && adding
      Scalar.networkKernels.multiply(products)
      from = UnsafePointer(into)
      spaces = (spaces.1, spaces.0)
    }
  }

  private func copyPoints(
    _ x: UnsafePointer<Scalar>, _ count: Int, into y: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    if adding { Scalar.networkKernels.add(count, x, y) } else { y.update(from: x, count: count) }
  }
}
