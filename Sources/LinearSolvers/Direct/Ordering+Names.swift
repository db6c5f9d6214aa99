extension Ordering: CustomStringConvertible {
  public var description: String {
    switch self {
    case .natural: "natural"
    case .amd: "amd"
    case .colamd: "colamd"
    case .metis: "metis"
    case .nestedDissection: "nested dissection"
    case .given: "given"
    }
  }

  /// Refuses numbers that are no permutation.
  static func checkPermutation(_ order: [Int], count: Int) throws(LinearSolverError) {
    guard order.count == count else {
      throw .wrongLength(what: "the given ordering", count: order.count, expected: count)
    }
    var isSeen = [Bool](repeating: false, count: count)
    for number in order {
      guard (0..<count).contains(number), !isSeen[number] else {
        throw .unsupported("the given ordering is no permutation: \(number) is repeated or out of range")
      }
      isSeen[number] = true
    }
  }
}
