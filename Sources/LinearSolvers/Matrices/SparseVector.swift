/// A vector most of whose numbers are zero: a sparse right-hand side, its solution, or a row of a matrix.
public struct SparseVector: Sendable, Hashable {
  /// The length, zeros included.
  public let count: Int
  /// Where the nonzeros are, in no particular order, each once.
  public let indices: [Int]
  public let values: [Double]

  /// - Throws: `LinearSolverError.wrongLength`, `.invalidEntry` for an index that is out of range or repeated, or a
  ///   value that is not finite.
  public init(count: Int, indices: [Int], values: [Double]) throws(LinearSolverError) {
    guard indices.count == values.count else {
      throw .wrongLength(what: "the values of a sparse vector", count: values.count, expected: indices.count)
    }
    for (index, value) in zip(indices, values) {
      guard (0..<count).contains(index) else {
        throw .invalidEntry(row: index, column: 0, reason: "is outside the vector of \(count) numbers")
      }
      guard value.isFinite else { throw .invalidEntry(row: index, column: 0, reason: "is \(value)") }
    }
    let sorted = indices.sorted()
    for (first, second) in zip(sorted, sorted.dropFirst()) where first == second {
      throw .invalidEntry(row: first, column: 0, reason: "is repeated")
    }
    (self.count, self.indices, self.values) = (count, indices, values)
  }

  /// Parts that are right by construction.
  init(unchecked count: Int, indices: [Int], values: [Double]) {
    (self.count, self.indices, self.values) = (count, indices, values)
  }

  /// All numbers, zeros included.
  public var dense: [Double] {
    var numbers = [Double](repeating: 0, count: count)
    for (index, value) in zip(indices, values) { numbers[index] = value }
    return numbers
  }
}
