import Arrays

/// What the kinds of algebraic multigrid share: the parameters of the cycle, and checks of the matrix.
protocol AlgebraicMultigridKind: PreconditionerKind {}

extension AlgebraicMultigridKind {
  static func cycleParameters(cycle: Double, sweeps: Double) -> [MethodParameter] {
    [
      MethodParameter(
        "cycle", default: cycle, "1 for V-, 2 for W-, 3 for F-cycles (which are not symmetric)"),
      MethodParameter(
        "sweeps", default: sweeps,
        "1: a forward Gauss–Seidel sweep before and a backward one after the coarse level; 2: both both times"
      ),
      MethodParameter("coarsest", default: 100, "unknowns below which a level is solved directly"),
      MethodParameter("precision", default: 32, "bits of the cycle's numbers, 32 or 64"),
    ]
  }

  func settings(_ options: PreconditionerOptions) throws(LinearSolverError) -> HierarchySettings {
    var settings = HierarchySettings()
    settings.isSymmetric = options.isSymmetric
    switch try value(of: "cycle", in: options) {
    case 1: settings.cycle = .v
    case 2: settings.cycle = .w
    case 3: settings.cycle = .f
    case let other: throw .unsupported("\(name): cycle \(other) is not 1 (V), 2 (W) or 3 (F)")
    }
    switch try value(of: "precision", in: options) {
    case 32: settings.precision = .single
    case 64: settings.precision = .double
    case let other: throw .unsupported("\(name): precision \(other) is not 32 or 64")
    }
    let sweeps = try value(of: "sweeps", in: options)
    guard sweeps == 1 || sweeps == 2 else { throw .unsupported("\(name): sweeps \(sweeps) is not 1 or 2") }
    settings.sweeps = Int(sweeps)
    let coarsest = try value(of: "coarsest", in: options)
    guard coarsest >= 1, coarsest <= 500 else {
      throw .unsupported("\(name): coarsest \(coarsest) is not between 1 and 500")
    }
    settings.coarsestCount = Int(coarsest)
    return settings
  }

  /// The matrix as the hierarchy reads it, once it is known to fit the options.
  func rows<Index: SparseIndex>(
    of matrix: SparseMatrix<Index>, _ options: PreconditionerOptions
  ) throws(LinearSolverError) -> SparseMatrix<Int32> {
    guard matrix.isSquare else { throw .notSquare(rows: matrix.rowCount, columns: matrix.columnCount) }
    guard options.blockSize >= 1, matrix.rowCount % options.blockSize == 0 else {
      throw .unsupported("\(name): \(matrix.rowCount) unknowns are not nodes of \(options.blockSize)")
    }
    for mode in options.nearNullSpace where mode.count != matrix.rowCount {
      throw .wrongLength(what: "a near-null-space vector", count: mode.count, expected: matrix.rowCount)
    }
    return try matrix.compactRows(isSymmetric: options.isSymmetric, workers: options.workers)
  }
}
