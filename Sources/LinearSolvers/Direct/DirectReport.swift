/// The report of a solve by factors.
enum DirectReport {
  /// - Parameters:
  ///   - A: The matrix that was solved with.
  ///   - x: The solution; its residual is computed anew.
  static func make(
    _ method: String, _ A: SparseMatrix<Int>, _ x: [Double], _ b: [Double], setup: Duration, solve: Duration
  ) -> SolveReport {
    var image = [Double](repeating: 0, count: b.count)
    MatrixOperator(A).apply(x, into: &image)
    var (rest, whole) = (0.0, 0.0)
    for index in b.indices {
      rest += (b[index] - image[index]) * (b[index] - image[index])
      whole += b[index] * b[index]
    }
    let residual = whole > 0 ? (rest / whole).squareRoot() : rest.squareRoot()
    return SolveReport(
      outcome: residual.isFinite ? .converged : .notFinite, method: method, trueResidual: residual,
      operatorApplications: 1, setupSeconds: setup.inSeconds, solveSeconds: solve.inSeconds)
  }
}
