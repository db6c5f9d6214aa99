import Arrays
import CKernels

/// Nodes gathered into aggregates.
struct Aggregates: Sendable {
  let count: Int
  /// The aggregate of every node, −1 for nodes that stand alone.
  let numbers: AlignedStorage<Int32>

  /// Aggregates of the graph of a matrix.
  init(_ A: SparseMatrix<Int32>, diagonal: AlignedStorage<Double>, threshold: Double) {
    numbers = AlignedStorage(uninitialized: A.rowCount)
    count = Int(
      pvk_aggregate(
        Int32(A.rowCount), A.pattern.starts.baseAddress, A.pattern.indices.baseAddress, A.values.baseAddress,
        diagonal.baseAddress, threshold, numbers.baseAddress))
  }

  /// A vector (constants unless given) cut to the aggregates and normalised there, and its norms there.
  func orthonormalized(_ mode: [Double]?) -> (entries: AlignedStorage<Double>, norms: [Double]) {
    var norms = [Double](repeating: 0, count: count)
    let entries = AlignedStorage<Double>(uninitialized: numbers.count)
    let own = numbers.baseAddress
    for node in 0..<numbers.count {
      let value = mode.map { $0[node] } ?? 1
      entries.baseAddress[node] = value
      if own[node] >= 0 { norms[Int(own[node])] += value * value }
    }
    for aggregate in norms.indices { norms[aggregate].formSquareRoot() }
    for node in 0..<numbers.count {
      let norm = own[node] >= 0 ? norms[Int(own[node])] : 0
      entries.baseAddress[node] = norm > 0 ? entries.baseAddress[node] / norm : 0
    }
    return (entries, norms)
  }
}
