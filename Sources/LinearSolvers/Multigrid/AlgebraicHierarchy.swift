import Arrays

/// What a hierarchy is made with, besides the method of coarsening.
struct HierarchySettings: Sendable {
  var cycle = MultigridCycle.v
  var precision = MultigridPrecision.single
  /// 1 or 2 sweeps before and after the coarse level.
  var sweeps = 2
  /// The coarsest level has at most so many unknowns, where coarsening succeeds.
  var coarsestCount = 100
  var isSymmetric = true
  static let levelLimit = 30
}

/// The levels of algebraic multigrid, and the cycle through them.
final class AlgebraicHierarchy: @unchecked Sendable {
  let settings: HierarchySettings
  private(set) var levels: [AlgebraicLevel] = []
  private(set) var summaries: [AlgebraicMultigrid.LevelSummary] = []
  private var coarsest: CoarsestLevel
  let scale: AlignedStorage<Double>
  /// The vectors of the finest level.
  let finest: LevelVectors

  /// Sets the levels up.
  ///
  /// - Throws: `LinearSolverError` for a diagonal entry that is not positive.
  init(
    _ matrix: SparseMatrix<Int32>, _ coarsening: consuming some Coarsening, settings: HierarchySettings,
    workers: Workers?
  ) throws(LinearSolverError) {
    self.settings = settings
    var A = matrix
    var split = try SplitMatrix(A, precision: settings.precision, workers: workers)
    var vectors = LevelVectors(split, settings, isFinest: true)
    (scale, finest) = (split.scale, vectors)
    while A.rowCount > settings.coarsestCount, levels.count < HierarchySettings.levelLimit {
      guard
        let rows = coarsening.prolongation(for: A, split, level: levels.count, workers: workers),
        rows.columnCount > 0, 10 * rows.columnCount <= 9 * rows.rowCount
      else { break }
      let P = rows.transfer(settings.precision)
      let R = P.transposedCopy(workers: workers)
      let coarse = A.galerkinProduct(R, P, workers: workers)
      let coarseSplit = try SplitMatrix(coarse, precision: settings.precision, workers: workers)
      let coarseVectors = LevelVectors(coarseSplit, settings, isFinest: false)
      P.scale(fine: split.scale, coarse: coarseSplit.scale, rowsAreCoarse: false, workers: workers)
      R.scale(fine: split.scale, coarse: coarseSplit.scale, rowsAreCoarse: true, workers: workers)
      let level = AlgebraicLevel(
        split, vectors, prolongation: P, restriction: R,
        coarse: coarseVectors, sweeps: settings.sweeps, isSymmetric: settings.isSymmetric, workers: workers)
      levels.append(level)
      summaries.append(
        .init(unknowns: A.rowCount, nonzeros: A.nonzeroCount, prolongationNonzeros: P.nonzeroCount))
      (A, split, vectors) = (coarse, coarseSplit, coarseVectors)
    }
    summaries.append(.init(unknowns: A.rowCount, nonzeros: A.nonzeroCount, prolongationNonzeros: 0))
    coarsest = CoarsestLevel(A, split, vectors, isSymmetric: settings.isSymmetric)
  }

  /// One cycle from `finest.b` to `finest.x`.
  func run() { visit(0, settings.cycle) }

  private func visit(_ number: Int, _ cycle: MultigridCycle) {
    guard number < levels.count else { return coarsest.solve() }
    levels[number].descend()
    visit(number + 1, cycle)
    if let second = cycle.second, number + 1 < levels.count {
      levels[number + 1].prepareSecondVisit()
      visit(number + 1, second)
      levels[number + 1].finishSecondVisit()
    }
    levels[number].ascend()
  }

  var byteCount: Int {
    levels.reduce(0) {
      $0 + $1.matrix.byteCount + $1.prolongation.byteCount + $1.restriction.byteCount + $1.vectors.byteCount
    } + coarsest.byteCount
  }
}

extension LevelVectors {
  convenience init(_ split: SplitMatrix, _ settings: HierarchySettings, isFinest: Bool) {
    self.init(
      count: split.count, borderRowCount: split.borderRowCount, precision: settings.precision,
      keeps: settings.cycle.second != nil && !isFinest)
  }
}

/// The coarsest level: solved by its dense pseudo-inverse, or smoothed where coarsening has failed early.
final class CoarsestLevel: @unchecked Sendable {
  private let vectors: LevelVectors
  private let matrix: SplitMatrix
  private let inverse: DenseInverse?
  private static let denseLimit = 500
  /// Symmetric sweeps in place of a solution.
  private static let sweepCount = 10

  init(_ A: SparseMatrix<Int32>, _ split: SplitMatrix, _ vectors: LevelVectors, isSymmetric: Bool) {
    matrix = split
    self.vectors = vectors
    inverse =
      A.rowCount <= Self.denseLimit
      ? DenseInverse(DenseInverse.scaled(A, split.scale), count: A.rowCount, isSymmetric: isSymmetric) : nil
  }

  func solve() {
    if let inverse { return inverse.apply(vectors.b, into: vectors.x) }
    let (A, v) = (matrix, vectors)
    v.x.raw.initializeMemory(as: UInt8.self, repeating: 0, count: v.x.byteCount)
    for _ in 0..<Self.sweepCount {
      for chunk in A.chunks.indices { A.borderProduct(chunk, v.x, v.e) }
      for chunk in A.chunks.indices { A.forwardSweep(chunk, v.b, v.e, v.x, v.r) }
      for chunk in A.chunks.indices { A.borderProduct(chunk, v.x, v.e) }
      for chunk in A.chunks.indices { A.backwardSweep(chunk, v.b, v.e, v.x, v.r) }
    }
  }

  var byteCount: Int { matrix.byteCount + vectors.byteCount + 8 * (inverse.map { $0.count * $0.count } ?? 0) }
}
