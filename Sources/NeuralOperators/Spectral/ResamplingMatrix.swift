import Arrays
import Differentiation
import Spectral

/// Values at `to` points from those at `from`, as a matrix (to, from).
func resamplingMatrix(_ basis: AxisBasis, from: Int, to: Int) -> AlignedStorage<Double> {
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
