import Arrays

extension PreconditionerKind {
  /// Refuses parameters that this kind does not read, and matrices that are not square.
  func check<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, _ options: PreconditionerOptions
  ) throws(LinearSolverError) {
    for given in options.parameters.keys where !parameters.contains(where: { $0.name == given }) {
      throw .unknownMethod(given, kind: "parameter of \(name)", known: parameters.map(\.name))
    }
    guard matrix.isSquare else {
      throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount)
    }
  }

  /// A parameter that must be in a range.
  func value(
    of name: String, in options: PreconditionerOptions, from range: ClosedRange<Double>
  ) throws(LinearSolverError) -> Double {
    let value = try value(of: name, in: options)
    guard range.contains(value) else {
      throw .unsupported(
        "\(self.name): \(name) is \(value), and must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The preconditioner of a matrix, as `make` sets it up.
  ///
  /// - Throws: that a matrix is not positive definite in words that name the preconditioner: the column may be one of a
  ///   matrix that it made itself, and it is not the method that asks for it.
  func made<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, _ options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    do throws(LinearSolverError) {
      return try make(for: matrix, options: options)
    } catch {
      guard case .notPositiveDefinite = error else { throw error }
      throw .unsupported(
        "\(name) needs a positive definite matrix, and this one is not; ilu0, ilut and additive-schwarz do without"
      )
    }
  }
}
