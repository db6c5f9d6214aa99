import Arrays

/// Direct solutions on overlapping pieces, added up in the order of the pieces.
final class AdditiveSchwarz: Preconditioner, @unchecked Sendable {
  /// Some unknowns, and the factors of their block.
  struct Piece {
    let unknowns: [Int]
    /// Places in `unknowns` whose solution counts.
    let kept: [Int]
    let factors: any NumericFactorization
    let load: AlignedStorage<Double>
    let solution: AlignedStorage<Double>

    init(_ unknowns: [Int], keeping own: Set<Int>?, factors: any NumericFactorization) {
      self.unknowns = unknowns
      kept = unknowns.indices.filter { own?.contains(unknowns[$0]) ?? true }
      self.factors = factors
      load = AlignedStorage(count: unknowns.count)
      solution = AlignedStorage(count: unknowns.count)
    }
  }

  let name = "additive-schwarz"
  let count: Int
  let isSymmetric: Bool
  let isFixed = true
  private let pieces: [Piece]
  private let indefiniteCount: Int
  private let workers: Workers?
  private var task: WorkerTask?
  private var residual: UnsafePointer<Double>?

  /// - Parameter indefiniteCount: how many of the pieces are symmetric, but not positive definite.
  init(_ pieces: [Piece], count: Int, isSymmetric: Bool, indefiniteCount: Int, workers: Workers?) {
    self.pieces = pieces
    self.indefiniteCount = indefiniteCount
    self.count = count
    self.isSymmetric = isSymmetric
    self.workers = workers
    task = WorkerTask(chunks: pieces.count) { [unowned self] piece, _ in solve(self.pieces[piece]) }
  }

  var remarks: [String] {
    let largest = pieces.reduce(0) { max($0, $1.unknowns.count) }
    let words = "\(name): \(pieces.count) pieces of at most \(largest) unknowns"
    return [
      indefiniteCount == 0
        ? words : words + ", of which \(indefiniteCount) are not positive definite and have LU factors"
    ]
  }

  func apply(_ residual: UnsafePointer<Double>, into correction: UnsafeMutablePointer<Double>) {
    self.residual = residual
    if let workers, let task {
      workers.run(task)
    } else {
      for piece in pieces { solve(piece) }
    }
    correction.update(repeating: 0, count: count)
    for piece in pieces {
      let solution = piece.solution.baseAddress
      for place in piece.kept { correction[piece.unknowns[place]] += solution[place] }
    }
  }

  private func solve(_ piece: Piece) {
    guard let residual else { return }
    let (load, solution) = (piece.load.baseAddress, piece.solution.baseAddress)
    for (place, unknown) in piece.unknowns.enumerated() { load[place] = residual[unknown] }
    do throws(LinearSolverError) {
      try piece.factors.solve(load, into: solution, count: 1)
    } catch {
      // An application cannot fail; undefined numbers end the iteration with an outcome that says so.
      solution.update(repeating: .nan, count: piece.unknowns.count)
    }
  }
}
