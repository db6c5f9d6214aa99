import CSuiteSparse

/// Sparse Cholesky factorisation by CHOLMOD.
///
/// Reads the upper half of a symmetric matrix; rows and columns are the same to it, so that a matrix in either
/// orientation is taken without a copy.
public struct CholmodSolver: DirectSolver {
  /// How the factor is computed and stored.
  public enum Form: String, Sendable, Hashable, CaseIterable {
    /// Supernodal where there are 40 operations or more to a nonzero of the factor.
    case automatic
    /// LDLᵀ, column by column; can be updated and solves with sparse right-hand sides.
    case simplicial
    /// LLᵀ, by dense blocks.
    case supernodal
  }
  public let form: Form

  public init(_ form: Form = .automatic) { self.form = form }

  public var name: String { form == .automatic ? "cholmod" : "cholmod-\(form.rawValue)" }
  public var summary: String {
    switch form {
    case .automatic: "Cholesky factorisation, simplicial or supernodal as the analysis suggests"
    case .simplicial: "Cholesky factorisation LDLᵀ by columns: for very sparse factors, updates and downdates"
    case .supernodal: "Cholesky factorisation LLᵀ by dense blocks: for factors with much fill"
    }
  }
  public var requirements: MethodRequirements { [.symmetric, .positiveDefinite] }
  public var source: String {
    "Chen, Davis, Hager and Rajamanickam, Algorithm 887: CHOLMOD, ACM TOMS 35(3), 2008"
  }

  public func analyze(
    _ matrix: SparseMatrix<Int>, options: DirectOptions
  ) throws(LinearSolverError) -> any SymbolicFactorization {
    try CholmodSymbolic(matrix, form: form, options: options)
  }
}
