public import Arrays

/// Incomplete Cholesky factorisation without fill, IC(0) and its modified form MIC(0).
///
/// The factors have the pattern of the matrix. MIC(0) adds what is dropped to the diagonal, times `modification`, so
/// that smooth vectors are treated nearly exactly; a little less than 1 keeps pivots of singular (Neumann) matrices
/// away from zero, and so does `safety` (Bridson): a smaller pivot is replaced by the diagonal. Where a pivot is not positive the diagonal is enlarged by a shift and the factorisation repeated;
/// `remarks` says by how much. Set-up `O(nonzeros · neighbours)`, an application two passes over half the matrix.
public struct IncompleteCholeskyKind: PreconditionerKind {
  /// Whether what is dropped goes to the diagonal.
  public let isModified: Bool

  public init(isModified: Bool) { self.isModified = isModified }

  public var name: String { isModified ? "mic0" : "ic0" }
  public var summary: String {
    isModified
      ? "incomplete Cholesky without fill that keeps row sums, for smooth problems"
      : "incomplete Cholesky without fill"
  }
  public var source: String {
    isModified
      ? "Gustafsson, A class of first order factorization methods, BIT 18 (1978); safety: Bridson, Fluid Simulation (2008), section 4.3; "
        + "shift: Manteuffel (1980)"
      : "Meijerink, van der Vorst, An iterative solution method …, Math. Comp. 31 (1977); shift: Manteuffel (1980)"
  }
  public var parameters: [MethodParameter] {
    let shift = MethodParameter(
      "shift", default: 0, "the share of the diagonal that is added to it before factorising")
    guard isModified else { return [shift] }
    return [
      MethodParameter(
        "modification", default: 0.97, "the share of dropped entries that is kept, 0 to 1"),
      MethodParameter(
        "safety", default: 0.25, "a pivot below this share of its diagonal is replaced by the diagonal"),
      shift,
    ]
  }

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    let modification = isModified ? try value(of: "modification", in: options, from: 0...1) : 0
    let shift = try value(of: "shift", in: options, from: 0...10)
    let safety = isModified ? try value(of: "safety", in: options, from: 0...1) : 0
    return try IncompleteCholesky(
      matrix, name: name, rule: .init(modification: modification, safety: safety), shift: shift)
  }
}
