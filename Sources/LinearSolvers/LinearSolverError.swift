/// Why a linear system cannot be set up or factorised as asked.
///
/// That an iteration does not converge is no error but an outcome, see `SolveReport`.
public enum LinearSolverError: Error, Sendable, Hashable {
  /// Starts and indices that describe no matrix.
  case invalidPattern(reason: String)
  /// An entry out of range or not finite.
  case invalidEntry(row: Int, column: Int, reason: String)
  /// The method needs a square matrix.
  case notSquare(rows: Int, columns: Int)
  /// A vector of the wrong length.
  case wrongLength(what: String, count: Int, expected: Int)
  /// A matrix that has another pattern than the one that was analysed.
  case changedPattern
  /// The method needs a symmetric matrix, and these two entries differ.
  case notSymmetric(row: Int, column: Int)
  /// A Cholesky factorisation met a pivot that is not positive.
  case notPositiveDefinite(column: Int)
  /// No numbers on this pattern give a regular matrix; the row has nothing to be matched with.
  case structurallySingular(row: Int)
  /// The matrix is singular to working precision.
  case singular(reciprocalCondition: Double)
  /// The right-hand side is not in the range of a singular matrix; `defect` is the share outside.
  case inconsistent(defect: Double)
  /// The factors would need more memory than allowed.
  case tooLarge(neededBytes: Int, allowedBytes: Int)
  /// No solver, preconditioner or ordering has this name.
  case unknownMethod(String, kind: String, known: [String])
  /// The method cannot do this, in words.
  case unsupported(String)
}

extension Int {
  /// The number of a row, a column or an unknown in a sentence.
  ///
  /// From one, as Matrix Market files count; indices count from zero.
  var inWords: Int { self + 1 }
}

extension LinearSolverError: CustomStringConvertible {
  /// The error in words; rows and columns are counted from one.
  public var description: String {
    switch self {
    case .invalidPattern(let reason): "this is no sparse matrix: \(reason)"
    case .invalidEntry(let row, let column, let reason):
      "the entry in row \(row.inWords), column \(column.inWords) (counting from 1) \(reason)"
    case .notSquare(let rows, let columns): "the matrix must be square, it is \(rows) × \(columns)"
    case .wrongLength(let what, let count, let expected):
      "\(what) has \(count) numbers instead of \(expected)"
    case .changedPattern: "the matrix has another sparsity pattern than the one that was analysed"
    case .notSymmetric(let row, let column):
      "the matrix is not symmetric: entries (\(row.inWords), \(column.inWords)) and "
        + "(\(column.inWords), \(row.inWords)) (counting from 1) differ"
    case .notPositiveDefinite(let column):
      "the matrix is not positive definite: the pivot of column \(column.inWords) (counting from 1) is not positive"
    case .structurallySingular(let row):
      "the matrix is singular whatever its values: row \(row.inWords) (counting from 1) has no column left to be solved for"
    case .singular(let reciprocalCondition):
      "the matrix is singular to working precision: its reciprocal condition is \(reciprocalCondition)"
    case .inconsistent(let defect):
      "the system has no solution: a share of \(defect) of the right-hand side is outside the range of the matrix"
    case .tooLarge(let needed, let allowed):
      "the factors need about \(needed / 1_000_000) MB, and \(allowed / 1_000_000) MB are allowed"
    case .unknownMethod(let name, let kind, let known):
      "there is no \(kind) '\(name)'; known are \(known.joined(separator: ", "))"
    case .unsupported(let text): text
    }
  }

  /// What to do about it.
  public var hint: String? {
    switch self {
    case .changedPattern: "analyse it anew"
    case .notSymmetric, .notPositiveDefinite: "use an LU factorisation (umfpack), MINRES or GMRES"
    case .singular: "name the null space, or fix one unknown"
    case .inconsistent:
      "take that part out of the right-hand side: its mean, where constants are the null space"
    case .tooLarge: "use an iterative method, such as cg with amg"
    default: nil
    }
  }
}
