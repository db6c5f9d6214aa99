public import Arrays

/// Incomplete LU factorisation that drops small entries, ILUT.
///
/// In each row entries below `dropTolerance` times the row's norm are dropped, and of those left the `fill` largest
/// are kept on either side of the diagonal. No rows are exchanged: a pivot that vanishes is an error that names its
/// row. Not symmetric, even for symmetric matrices.
public struct ThresholdLUKind: PreconditionerKind {
  public let name = "ilut"
  public let summary = "incomplete LU that keeps the largest entries of every row"
  public let source =
    "Saad, ILUT: a dual threshold incomplete LU factorization, Numer. Lin. Alg. Appl. 1 (1994)"
  public let parameters: [MethodParameter] = [
    MethodParameter(
      "dropTolerance", default: 1e-3, "entries below this share of their row are dropped"),
    MethodParameter(
      "fill", default: 10, "the most entries kept in a row on either side of the diagonal"),
  ]

  public init() {}

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    let tolerance = try value(of: "dropTolerance", in: options, from: 0...1)
    let fill = Int(try value(of: "fill", in: options, from: 0...1e6))
    _ = try matrix.reciprocalDiagonal()
    return IncompleteLU(
      name: name, try ThresholdElimination.dropping(matrix.compressedByRows, tolerance: tolerance, fill: fill)
    )
  }
}
