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

  /// The norms of a vector (constants unless given) on the aggregates.
  func norms(of mode: [Double]?) -> [Double] {
    var norms = [Double](repeating: 0, count: count)
    norms.withUnsafeMutableBufferPointer { norms in
      for node in 0..<numbers.count where numbers.baseAddress[node] >= 0 {
        let value = mode.map { $0[node] } ?? 1
        norms[Int(numbers.baseAddress[node])] += value * value
      }
    }
    return norms.map { $0.squareRoot() }
  }
}
