import Arrays

extension SparseMatrix {
  /// The first place where the matrix and its transpose differ by more than `tolerance` times the larger of the two
  /// entries; `nil` if the matrix is symmetric.
  ///
  /// An entry that is not stored counts as zero. Of a matrix that is not square the last row and column are named.
  /// `O(nonzeros)`, and one number per row.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  public func firstAsymmetry(tolerance: Double = 0) -> (row: Int, column: Int)? {
    guard isSquare else { return (rowCount - 1, columnCount - 1) }
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    let numbers = values.baseAddress
    // Rows come in order, so row j meets its mirrored entries in the order of its columns.
    let cursors = AlignedStorage<Index>(count: rowCount)
    cursors.baseAddress.update(from: starts, count: rowCount)
    func differ(_ one: Double, _ other: Double) -> Bool {
      abs(one - other) > tolerance * max(abs(one), abs(other))
    }
    for row in 0..<rowCount {
      for position in Int(starts[row])..<Int(starts[row + 1]) {
        let column = Int(indices[position])
        var cursor = Int(cursors.baseAddress[column])
        let end = Int(starts[column + 1])
        while cursor < end, Int(indices[cursor]) < row {
          if differ(numbers[cursor], 0) { return (column, Int(indices[cursor])) }
          cursor += 1
        }
        var mirrored = 0.0
        if cursor < end, Int(indices[cursor]) == row {
          mirrored = numbers[cursor]
          cursor += 1
        }
        cursors.baseAddress[column] = Index(cursor)
        if differ(numbers[position], mirrored) { return (row, column) }
      }
    }
    for row in 0..<rowCount {
      for cursor in Int(cursors.baseAddress[row])..<Int(starts[row + 1]) where differ(numbers[cursor], 0) {
        return (row, Int(indices[cursor]))
      }
    }
    return nil
  }

  /// Whether the matrix equals its transpose, up to `tolerance` times the larger of two entries.
  public func isSymmetric(tolerance: Double = 0) -> Bool { firstAsymmetry(tolerance: tolerance) == nil }

  /// The numbers on the diagonal, zero where nothing is stored.
  public var diagonalEntries: [Double] {
    (0..<min(rowCount, columnCount)).map { self[$0, $0] }
  }

  /// The rows and the columns in which no nonzero number is stored.
  ///
  /// A square matrix that has any is singular.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  public func emptyLines() -> (rows: [Int], columns: [Int]) {
    var isMinorUsed = [Bool](repeating: false, count: pattern.minorCount)
    var emptyMajors: [Int] = []
    for major in 0..<pattern.majorCount {
      var isUsed = false
      for position in pattern.positions(major) where values.baseAddress[position] != 0 {
        isUsed = true
        isMinorUsed[Int(pattern.indices.baseAddress[position])] = true
      }
      if !isUsed { emptyMajors.append(major) }
    }
    let emptyMinors = isMinorUsed.indices.filter { !isMinorUsed[$0] }
    return pattern.orientation == .rows ? (emptyMajors, emptyMinors) : (emptyMinors, emptyMajors)
  }
}

/// What can be said of a matrix by looking at its entries once, before any method is chosen.
public struct MatrixProperties: Sendable, Hashable {
  public var rowCount: Int
  public var columnCount: Int
  public var nonzeroCount: Int
  /// Entries (i, j) and (j, i) that differ; `nil` for a symmetric matrix.
  public var asymmetry: [Int]?
  public var positiveDiagonalCount: Int
  public var negativeDiagonalCount: Int
  /// A row, or a column, without a nonzero number.
  public var emptyRow: Int?
  public var emptyColumn: Int?
  /// Whether every diagonal entry is at least the sum of the sizes of its row's others.
  public var isDiagonallyDominant: Bool

  /// Looks at a matrix; entries may differ by `tolerance` relative to the larger one and still be symmetric.
  ///
  /// `O(nonzeros)`.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  public init<Index: SparseIndex>(of matrix: SparseMatrix<Index>, tolerance: Double = 1e-12) {
    (rowCount, columnCount, nonzeroCount) = (matrix.rowCount, matrix.columnCount, matrix.nonzeroCount)
    asymmetry = matrix.firstAsymmetry(tolerance: tolerance).map { [$0.row, $0.column] }
    let empty = matrix.emptyLines()
    (emptyRow, emptyColumn) = (empty.rows.first, empty.columns.first)
    (positiveDiagonalCount, negativeDiagonalCount, isDiagonallyDominant) = (0, 0, matrix.isSquare)
    let pattern = matrix.pattern
    for major in 0..<pattern.majorCount {
      var (diagonal, others) = (0.0, 0.0)
      for position in pattern.positions(major) {
        let value = matrix.values.baseAddress[position]
        if Int(pattern.indices.baseAddress[position]) == major {
          diagonal = value
        } else {
          others += abs(value)
        }
      }
      if diagonal > 0 { positiveDiagonalCount += 1 }
      if diagonal < 0 { negativeDiagonalCount += 1 }
      // Rounding of the sum.
      if abs(diagonal) < others * (1 - 1e-12) { isDiagonallyDominant = false }
    }
  }

  public var isSquare: Bool { rowCount == columnCount }
  public var isSymmetric: Bool { asymmetry == nil }

  /// Whether the matrix may be positive definite: symmetric, with a diagonal that is positive throughout.
  public var mayBePositiveDefinite: Bool {
    isSymmetric && rowCount > 0 && positiveDiagonalCount == rowCount
  }
}
