/// A direct method: solver, symbolic, numeric.
///
/// The solver analyses a pattern once; the symbolic factorisation is then filled with the values of any matrix on
/// that pattern, again and again into the same storage.
public protocol DirectSolver: Sendable {
  /// The name on the command line and in problem files.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// What the method asks of the matrix.
  var requirements: MethodRequirements { get }
  var source: String { get }

  /// Orders the unknowns and forecasts the factors. Looks at the pattern alone, unless the method needs values.
  ///
  /// - Throws: `LinearSolverError`, `.tooLarge` where the forecast is above the memory limit.
  func analyze(
    _ matrix: SparseMatrix<Int>, options: DirectOptions
  ) throws(LinearSolverError) -> any SymbolicFactorization
}

/// What a direct solver is given besides the matrix.
public struct DirectOptions: Sendable {
  /// How unknowns are ordered; chosen by the solver unless given.
  public var ordering: Ordering?
  /// Whether many matrices of the pattern will be factorised, so that a slower search for a better ordering pays.
  public var reusesPattern = false
  /// Bytes that the factors may take; the machine's memory unless given.
  public var memoryLimit: Int?
  /// Steps of iterative refinement after each solve, at most; the factors then keep the matrix.
  public var refinementSteps = 0
  /// How far the two halves of a symmetric matrix may differ, relative to their entries and the diagonal.
  ///
  /// `nil` for no check; then the half is read that comes before the diagonal along rows (along columns for a matrix
  /// by columns).
  public var symmetryTolerance: Double? = 1e-10
  /// The reciprocal condition below which a matrix counts as singular; n ε unless given.
  public var singularBelow: Double?
  /// The relative residual up to which a report says that the solve has converged.
  public var tolerance = Tolerance()

  public init() {}

  /// The reciprocal condition below which a matrix of `count` unknowns counts as singular.
  func singularThreshold(_ count: Int) -> Double { singularBelow ?? Double(count) * Double.ulpOfOne }
}

/// How unknowns are ordered before a factorisation.
public enum Ordering: Sendable, Hashable {
  case natural, amd, colamd, metis, nestedDissection
  /// New position → old number.
  case given([Int])
}

/// What a factorisation will need, known from the analysis.
public struct FactorForecast: Sendable, Hashable {
  /// Nonzeros of the factors.
  public var nonzeros: Double
  /// Floating-point operations of the numeric factorisation.
  public var operations: Double
  public var bytes: Double
  /// The ordering that was taken.
  public var ordering: String

  public init(nonzeros: Double, operations: Double, bytes: Double, ordering: String) {
    self.nonzeros = nonzeros
    self.operations = operations
    self.bytes = bytes
    self.ordering = ordering
  }
}

/// An analysed pattern.
public protocol SymbolicFactorization: AnyObject, Sendable {
  var forecast: FactorForecast { get }
  /// Factorises a matrix of the pattern that was analysed.
  ///
  /// - Throws: `LinearSolverError`: `.changedPattern`, `.notPositiveDefinite`, `.singular`, …
  func factorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError) -> any NumericFactorization
}

/// Factors that systems are solved with.
public protocol NumericFactorization: AnyObject, Sendable {
  var rowCount: Int { get }
  /// Columns of the matrix; more or fewer than rows for least squares.
  var columnCount: Int { get }
  /// An estimate of 1/(‖A‖‖A⁻¹‖) from the factors.
  var reciprocalCondition: Double { get }
  /// The logarithm of |det A| and the sign of det A, where the method knows them.
  var logDeterminant: (logarithm: Double, sign: Double)? { get }

  /// Replaces the factors by those of another matrix on the same pattern, in the same storage.
  ///
  /// After an error the factors are not to be used before another call succeeds.
  func refactorize(_ matrix: SparseMatrix<Int>) throws(LinearSolverError)
  /// Solves A X = B for `count` right-hand sides, one after the other in memory.
  func solve(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int)
    throws(LinearSolverError)
  /// Solves Aᵀ X = B.
  func solveTranspose(
    _ rightHandSides: UnsafePointer<Double>, into solutions: UnsafeMutablePointer<Double>, count: Int)
    throws(LinearSolverError)
}
