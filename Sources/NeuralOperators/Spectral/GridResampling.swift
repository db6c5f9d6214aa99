import Arrays
import Differentiation
import Spectral

/// The band-limited way from the points of one grid to those of another, axis by axis.
///
/// Fourier axes are interpolated by whole waves: of an even number of points the highest one is split in two when there are more
/// points, so that the interpolant goes through the data, and dropped when there are fewer. Other axes are interpolated by cosines,
/// sine axes too: hidden channels need not vanish where the problem's unknown does. Every axis is a product with a small matrix, of
/// cost n·n′ for each line.
final class GridResampling<Scalar: NetworkScalar> {
  let source: [Int]
  let target: [Int]
  /// Target × source points of the axes that differ.
  private let axes: [(axis: Int, matrix: AlignedStorage<Scalar>)]

  init(from source: [Int], to target: [Int], bases: [AxisBasis]) {
    precondition(source.count == target.count, "GridResampling: from \(source) to \(target)")
    self.source = source
    self.target = target
    axes = source.indices.filter { source[$0] != target[$0] }.map { axis in
      let basis = axis < bases.count ? bases[axis] : .fourier
      let values = resamplingMatrix(basis, from: source[axis], to: target[axis])
      let matrix = AlignedStorage<Scalar>(count: values.count)
      for index in 0..<values.count { matrix.baseAddress[index] = Scalar(values.baseAddress[index]) }
      return (axis, matrix)
    }
  }

  /// Numbers of scratch memory that either direction takes.
  func scratchCount(width: Int) -> Int { 2 * half(width) }

  private func half(_ width: Int) -> Int {
    var grid = source
    var largest = 0
    for (axis, _) in axes.reversed().dropLast() {
      grid[axis] = target[axis]
      largest = max(largest, grid.reduce(width, *))
    }
    return (largest + 15) / 16 * 16
  }

  /// One sample from the source to the target, or its adjoint from the target to the source.
  func apply(
    _ x: UnsafePointer<Scalar>, width: Int, into y: UnsafeMutablePointer<Scalar>, adjoint: Bool = false,
    adding: Bool = false, scratch: UnsafeMutablePointer<Scalar>
  ) {
    var grid = adjoint ? target : source
    guard !axes.isEmpty else {
      return copyPoints(x, grid.reduce(width, *), into: y, adding: adding)
    }
    var spaces = (scratch, scratch + half(width))
    var from = x
    // The way back visits the same grids.
    let steps = adjoint ? axes : axes.reversed()
    for (number, (axis, matrix)) in steps.enumerated() {
      let isEnd = number == steps.count - 1
      let (rows, inner) = adjoint ? (source[axis], target[axis]) : (target[axis], source[axis])
      let length = grid[(axis + 1)...].reduce(width, *)
      let into = isEnd ? y : spaces.0
      var products = MatrixProducts(
        rows: rows, columns: length,
        MatrixProduct(
          UnsafePointer(matrix.baseAddress), row: adjoint ? 1 : inner, column: adjoint ? rows : 1,
          times: from,
          rightRow: length, rightBatch: inner * length, inner: inner), into: into, row: length)
      products.batch = grid[..<axis].reduce(1, *)
      products.resultBatch = rows * length
      products.accumulates = isEnd && adding
      Scalar.networkKernels.multiply(products)
      grid[axis] = rows
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

/// Values at `to` points from those at `from`, as a matrix (to, from).
private func resamplingMatrix(_ basis: AxisBasis, from: Int, to: Int) -> AlignedStorage<Double> {
  // Functions that both grids hold, as (value at target points, weight at source points).
  var functions: [(value: (Int) -> Double, weight: (Int) -> Double)] = []
  if basis.isReal {
    let intervals = (from: basis.hasNodes ? max(from - 1, 1) : from, to: basis.hasNodes ? max(to - 1, 1) : to)
    let roots = [intervals.from, intervals.to].map { RootTable(basis.hasNodes ? 2 * $0 : 4 * $0) }
    func cosine(_ roots: RootTable, _ k: Int, _ j: Int) -> Double {
      roots[k * (basis.hasNodes ? j : 2 * j + 1)].cosine
    }
    let count = basis.hasNodes ? min(from, max(to - 1, 1)) : min(from, to)
    for k in 0..<count {
      let whole = k == 0 || (basis.hasNodes && k == from - 1) ? 1.0 : 2.0
      functions.append(
        (
          { cosine(roots[1], k, $0) },
          { j in
            let isEnd = basis.hasNodes && from > 1 && (j == 0 || j == from - 1)
            return whole * (isEnd ? 0.5 : 1) / Double(intervals.from) * cosine(roots[0], k, j)
          }
        ))
    }
  } else {
    let (first, second) = (RootTable(from), RootTable(to))
    let count = Double(from)
    functions.append(({ _ in 1 }, { _ in 1 / count }))
    for k in 1..<max((min(from, to) + 1) / 2, 1) {
      functions.append(({ second[k * $0].cosine }, { 2 / count * first[k * $0].cosine }))
      functions.append(({ second[k * $0].sine }, { 2 / count * first[k * $0].sine }))
    }
    if from % 2 == 0, to > from {
      functions.append(({ second[from / 2 * $0].cosine }, { first[from / 2 * $0].cosine / count }))
    }
  }
  let values = AlignedStorage<Double>(count: to * functions.count)
  let weights = AlignedStorage<Double>(count: functions.count * from)
  for (number, function) in functions.enumerated() {
    for point in 0..<to { values.baseAddress[point * functions.count + number] = function.value(point) }
    for point in 0..<from { weights.baseAddress[number * from + point] = function.weight(point) }
  }
  let matrix = AlignedStorage<Double>(count: to * from)
  Double.networkKernels.multiply(
    MatrixProducts(
      rows: to, columns: from,
      MatrixProduct(
        UnsafePointer(values.baseAddress), row: functions.count, times: UnsafePointer(weights.baseAddress),
        rightRow: from, inner: functions.count), into: matrix.baseAddress, row: from))
  return matrix
}
