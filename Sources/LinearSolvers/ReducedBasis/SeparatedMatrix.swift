import Arrays

/// A family of matrices A(μ) on one pattern as Σ γ_m(μ) Q_m, found from assembled matrices alone.
///
/// Empirical interpolation of the value arrays: nothing of the assembly code is changed, and a new matrix needs d of its
/// entries. Each A(μ) shares the pattern, so that one symbolic factorisation serves all. Casenave, Ern, Lelièvre, *A
/// nonintrusive reduced basis method applied to aeroacoustic simulations*, arXiv 1408.0210.
public struct SeparatedMatrix: Sendable {
  public let pattern: SparsityPattern<Int>
  public let interpolation: EmpiricalInterpolation<Double>
  /// Rows and columns of the entries that a new matrix is found from.
  public let places: [MatrixPlace]
  /// The matrices Q_m.
  public let terms: [SparseMatrix<Int>]

  /// Separates assembled matrices.
  ///
  /// - Parameters:
  ///   - matrices: A(μ) at training values of μ, all on one pattern.
  ///   - tolerance: The largest error of an entry, relative to the largest entry; 1e-12 at least.
  ///   - rank: The most terms.
  ///   - weights: A factor for the error of each nonzero, where entries have different scales.
  /// - Throws: `LinearSolverError.changedPattern` if patterns differ, `.invalidEntry` for a number that is not finite.
  public init(
    _ matrices: [SparseMatrix<Int>], tolerance: Double = 1e-10, rank: Int = .max, weights: [Double]? = nil
  ) throws(LinearSolverError) {
    guard let first = matrices.first else { throw .unsupported("no matrix is given that could be separated") }
    let pattern = first.pattern
    var members: [[Double]] = []
    for matrix in matrices {
      guard matrix.pattern.isEqual(to: pattern) else { throw .changedPattern }
      let values = Array(matrix.values.buffer[..<pattern.nonzeroCount])
      if let position = values.firstIndex(where: { !$0.isFinite }) {
        let place = pattern.place(position)
        throw .invalidEntry(row: place.row, column: place.column, reason: "is \(values[position])")
      }
      members.append(values)
    }
    self.pattern = pattern
    interpolation = EmpiricalInterpolation(of: members, tolerance: tolerance, rank: rank, weights: weights)
    places = interpolation.entries.map { pattern.place($0) }
    terms = interpolation.basis.map { vector in
      let values = AlignedStorage<Double>(count: vector.count)
      _ = values.buffer.update(fromContentsOf: vector)
      return SparseMatrix(pattern: pattern, values: values)
    }
  }

  public var rank: Int { interpolation.rank }

  /// The numbers at `places` of an assembled matrix.
  public func entries(of matrix: SparseMatrix<Int>) -> [Double] { places.map { matrix[$0.row, $0.column] } }

  /// The factors γ of the terms, from the numbers at `places`.
  public func coefficients(_ entries: [Double]) -> [Double] { interpolation.coefficients(entries) }

  /// The whole matrix, from the numbers at `places`.
  public func matrix(_ entries: [Double]) -> SparseMatrix<Int> {
    let values = AlignedStorage<Double>(count: pattern.nonzeroCount)
    assemble(entries, into: values.buffer)
    return SparseMatrix(pattern: pattern, values: values)
  }

  /// Writes the values of the whole matrix in the order of the pattern.
  public func assemble(_ entries: [Double], into values: UnsafeMutableBufferPointer<Double>) {
    precondition(
      values.count == pattern.nonzeroCount,
      "SeparatedMatrix: \(values.count) values for \(pattern.nonzeroCount) nonzeros")
    values.update(repeating: 0)
    for (factor, vector) in zip(coefficients(entries), interpolation.basis) {
      for position in values.indices { values[position] += factor * vector[position] }
    }
  }
}

/// A place in a matrix.
public struct MatrixPlace: Sendable, Hashable {
  public var row: Int
  public var column: Int

  public init(row: Int, column: Int) { (self.row, self.column) = (row, column) }
}

extension SparsityPattern {
  /// Where the nonzero of a position is, by bisection.
  public func place(_ position: Int) -> MatrixPlace {
    precondition(
      (0..<nonzeroCount).contains(position),
      "SparsityPattern: position \(position) is not below \(nonzeroCount)")
    var (lower, upper) = (0, majorCount)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if Int(starts.baseAddress[middle]) <= position { lower = middle } else { upper = middle }
    }
    let minor = Int(indices.baseAddress[position])
    return orientation == .rows
      ? MatrixPlace(row: lower, column: minor) : MatrixPlace(row: minor, column: lower)
  }
}
