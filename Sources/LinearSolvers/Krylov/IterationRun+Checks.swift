extension IterationRun {
  /// Refuses lengths and preconditioners that do not fit, before any memory is taken.
  static func check(
    _ method: any IterativeMethod, _ A: any LinearOperator, _ preconditioner: (any Preconditioner)?,
    _ options: IterationOptions
  ) throws(LinearSolverError) {
    try method.checkParameters(options)
    let needs = method.requirements
    if needs.contains(.transpose) {
      guard A is any TransposableOperator else {
        throw .unsupported("\(method.name) applies the transpose, which this operator does not have")
      }
    } else if A.rowCount != A.columnCount {
      throw .notSquare(rows: A.rowCount, columns: A.columnCount)
    }
    guard options.restart > 0 else {
      throw .unsupported("restart must be at least 1, it is \(options.restart)")
    }
    guard let preconditioner else { return }
    guard !needs.contains(.transpose) else {
      throw .unsupported("\(method.name) takes no preconditioner; scale the columns of the matrix instead")
    }
    guard preconditioner.count == A.columnCount else {
      throw .wrongLength(what: "the preconditioner", count: preconditioner.count, expected: A.columnCount)
    }
    if needs.contains(.fixedPreconditioner) && !preconditioner.isFixed {
      throw .unsupported(
        "\(method.name) needs a preconditioner that stays the same, and \(preconditioner.name) does not;"
          + " use fcg or fgmres")
    }
    if needs.contains(.symmetricPreconditioner) && !preconditioner.isSymmetric {
      throw .unsupported(
        "\(method.name) needs a symmetric preconditioner, and \(preconditioner.name) is none; use fcg or gmres"
      )
    }
  }
}
