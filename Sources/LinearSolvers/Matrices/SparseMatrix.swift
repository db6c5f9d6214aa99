public import Arrays

/// A sparse matrix of doubles, compressed by rows (CSR) or columns (CSC).
///
/// A value over shared storage: the pattern is shared by all matrices made from it, and values are copied only when
/// one of several holders writes to them.
public struct SparseMatrix<Index: SparseIndex>: Sendable {
  public let pattern: SparsityPattern<Index>
  /// One number per nonzero, in the order of the pattern; may be longer.
  public private(set) var values: AlignedStorage<Double>

  /// A matrix over storage that is filled already.
  public init(pattern: SparsityPattern<Index>, values: AlignedStorage<Double>) {
    precondition(
      values.count >= pattern.nonzeroCount,
      "SparseMatrix: \(values.count) values for \(pattern.nonzeroCount) nonzeros")
    self.pattern = pattern
    self.values = values
  }

  /// A matrix of zeros on a pattern.
  public init(pattern: SparsityPattern<Index>) {
    self.init(pattern: pattern, values: AlignedStorage(count: pattern.nonzeroCount))
  }

  public var rowCount: Int { pattern.rowCount }
  public var columnCount: Int { pattern.columnCount }
  public var nonzeroCount: Int { pattern.nonzeroCount }
  public var isSquare: Bool { pattern.isSquare }

  /// An entry; zero where nothing is stored.
  public subscript(row: Int, column: Int) -> Double {
    pattern.position(row: row, column: column).map { values.baseAddress[$0] } ?? 0
  }

  /// The same numbers read along the other axis.
  ///
  /// Copies nothing.
  public var transposed: SparseMatrix { SparseMatrix(pattern: pattern.transposed, values: values) }

  /// All values in the order of the pattern, for writing, for the length of a call.
  public mutating func withUnsafeMutableValues<Result>(
    _ body: (UnsafeMutableBufferPointer<Double>) throws -> Result
  ) rethrows -> Result {
    if !isKnownUniquelyReferenced(&values) {
      let copy = AlignedStorage<Double>(count: pattern.nonzeroCount)
      copy.baseAddress.update(from: values.baseAddress, count: pattern.nonzeroCount)
      values = copy
    }
    return try body(UnsafeMutableBufferPointer(start: values.baseAddress, count: pattern.nonzeroCount))
  }

  /// Every stored entry as (row, column, value), along the major axis.
  public func forEachEntry(_ body: (_ row: Int, _ column: Int, _ value: Double) throws -> Void) rethrows {
    for major in 0..<pattern.majorCount {
      for position in pattern.positions(major) {
        let minor = Int(pattern.indices.baseAddress[position])
        let value = values.baseAddress[position]
        if pattern.orientation == .rows {
          try body(major, minor, value)
        } else {
          try body(minor, major, value)
        }
      }
    }
  }

  /// The matrix with the given entries on the diagonal.
  public static func diagonal(_ entries: [Double]) -> SparseMatrix {
    let count = entries.count
    let starts = AlignedStorage<Index>(count: count + 1)
    let indices = AlignedStorage<Index>(count: count)
    let values = AlignedStorage<Double>(count: count)
    for index in 0..<count {
      starts.baseAddress[index + 1] = Index(index + 1)
      indices.baseAddress[index] = Index(index)
      values.baseAddress[index] = entries[index]
    }
    return SparseMatrix(
      pattern: SparsityPattern(
        unchecked: .rows, rowCount: count, columnCount: count, starts: starts, indices: indices),
      values: values)
  }
}

extension SparseMatrix: CustomStringConvertible {
  public var description: String {
    "SparseMatrix<\(Index.self)>(\(rowCount) × \(columnCount), \(nonzeroCount) nonzeros, by \(pattern.orientation))"
  }
}
