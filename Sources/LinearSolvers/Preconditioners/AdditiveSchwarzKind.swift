public import Arrays

/// One-level additive Schwarz: overlapping pieces of the unknowns, each solved directly.
///
/// Symmetric positive definite for such matrices; pieces of a symmetric matrix that are not get LU factors. Iterations grow with the number of pieces, as there is no coarse
/// space: for a few large pieces, or inside multigrid. Workers share the pieces.
public struct AdditiveSchwarzKind: PreconditionerKind {
  public let name = "additive-schwarz"
  public let summary = "solves overlapping pieces of the unknowns directly and adds up"
  public let source =
    "Smith, Bjørstad, Gropp, Domain Decomposition (1996), chapter 1; restricted: Cai, Sarkis (1999)"
  public let parameters: [MethodParameter]
  private let solver: (any DirectSolver)?

  /// - Parameters:
  ///   - solver: what solves the pieces; `cholmod` for symmetric matrices and `umfpack` for others unless given.
  ///   - size: the most unknowns of a piece where options do not say.
  public init(solver: (any DirectSolver)? = nil, size: Int = 2000) {
    self.solver = solver
    parameters = [
      MethodParameter(
        "size", default: Double(size), "the most unknowns of a piece before it is extended"),
      MethodParameter("overlap", default: 1, "by how many layers of neighbours pieces are extended"),
      MethodParameter(
        "restricted", default: 0,
        "1 keeps each piece's own unknowns of its solution only: faster, not symmetric"),
    ]
  }

  public func make<Index: SparseIndex>(
    for matrix: SparseMatrix<Index>, options: PreconditionerOptions
  ) throws(LinearSolverError) -> any Preconditioner {
    try check(matrix, options)
    let size = Int(try value(of: "size", in: options, from: 1...1e9))
    let overlap = Int(try value(of: "overlap", in: options, from: 0...1000))
    let isRestricted = try value(of: "restricted", in: options, from: 0...1) > 0.5
    _ = try matrix.reciprocalDiagonal()
    let named = options.isSymmetric ? "cholmod" : "umfpack"
    let solver = if let solver { solver } else { try DirectSolverRegistry.solver(named: named) }
    var partition = GraphPartition(matrix, size: size)
    var pieces: [AdditiveSchwarz.Piece] = []
    var indefiniteCount = 0
    for own in partition.pieces {
      let unknowns = partition.extended(own, layers: overlap)
      let block = Self.block(of: matrix, unknowns)
      let factors: any NumericFactorization
      do throws(LinearSolverError) {
        factors = try solver.analyze(block, options: DirectOptions()).factorize(block)
      } catch {
        guard case .notPositiveDefinite = error, self.solver == nil else { throw error }
        indefiniteCount += 1
        factors = try UmfpackSolver().analyze(block, options: DirectOptions()).factorize(block)
      }
      pieces.append(
        AdditiveSchwarz.Piece(unknowns, keeping: isRestricted ? Set(own) : nil, factors: factors))
    }
    return AdditiveSchwarz(
      pieces, count: matrix.rowCount, isSymmetric: options.isSymmetric && !isRestricted,
      indefiniteCount: indefiniteCount, workers: options.workers)
  }

  /// The rows and columns of some unknowns, which are in increasing order.
  private static func block<Index: SparseIndex>(
    of matrix: SparseMatrix<Index>, _ unknowns: [Int]
  ) -> SparseMatrix<Int> {
    let places = Dictionary(uniqueKeysWithValues: unknowns.enumerated().map { ($1, $0) })
    let pattern = matrix.pattern
    var block = CoordinateMatrix(rowCount: unknowns.count, columnCount: unknowns.count)
    for (major, unknown) in unknowns.enumerated() {
      for position in pattern.positions(unknown) {
        guard let minor = places[Int(pattern.indices.baseAddress[position])] else { continue }
        let isRow = pattern.orientation == .rows
        block.add(
          matrix.values.baseAddress[position], row: isRow ? major : minor, column: isRow ? minor : major)
      }
    }
    return block.compressed(.columns).matrix
  }
}
