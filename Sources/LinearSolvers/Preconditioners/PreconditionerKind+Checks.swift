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
}
