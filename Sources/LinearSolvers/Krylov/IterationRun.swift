import Arrays

/// One solve by an iterative method: what all of them share around their own recurrence.
///
/// Checks, the null space, the stopping rule, history, counts, the best iterate, and the truth: an answer is converged
/// only when its residual, computed anew, is small enough. Where a recurrence says so but the residual does not, the
/// method is started again from there. Memory is taken before the first iteration only.
final class IterationRun {
  /// What a method does after it told a residual norm.
  enum Verdict {
    /// Take the step, go on.
    case goOn
    /// Take the step, then end the cycle.
    case finish
    /// End the cycle without the step.
    case discard
  }

  /// How a cycle of a method ended.
  enum CycleEnd {
    /// As it was told to.
    case told
    /// By its own plan; it wants to be started from the new residual.
    case restart
    /// A quantity that must not vanish did, in words.
    case breakdown(String)
    /// The residual seems to be orthogonal to the range of A: no other x makes it smaller.
    case orthogonal
  }

  let A: any LinearOperator
  let x: UnsafeMutablePointer<Double>
  let options: IterationOptions
  let hasPreconditioner: Bool
  let rowCount: Int
  let columnCount: Int
  /// Passes over vectors of `columnCount` numbers, and of `rowCount`: the same for square operators.
  let pass: VectorPass
  let rowPass: VectorPass

  let name: String
  let b: UnsafePointer<Double>
  let preconditioner: (any Preconditioner)?
  let fused: (any FusedOperator)?
  let transposable: (any TransposableOperator)?
  private let partials: AlignedStorage<Double>
  let nullSpace: NullProjection?
  /// The share of b outside the range of A, as far as the null space shows.
  let defect: Double
  /// What b and x are multiplied by during the run.
  let ordinarySize: OrdinarySize
  private var storage: [AlignedStorage<Double>] = []
  /// The best iterate that is not in x; nil for methods whose residuals fall.
  let best: UnsafeMutablePointer<Double>

  /// Whether x is an iterate between two steps, so that the best one can be kept.
  let keepsBest: Bool
  let rightHandSideNorm: Double
  var reference = 0.0
  var target = 0.0
  let iterationLimit: Int
  let patience: Int

  private(set) var iterations = 0
  /// The norm of the residual that belongs to x.
  var residualNorm = Double.infinity
  /// The norm of what a cycle finds as the residual of x: without the part that no x removes.
  var startNorm = Double.infinity
  var bestNorm = Double.infinity
  /// ‖Aᵀr‖, what it is relative to and how small it shall be, for least squares with more rows than columns.
  var normalResidual: UnsafeMutablePointer<Double>?
  var normalNorm = Double.infinity
  var normalReference = 0.0
  var normalTarget = 0.0
  private var lowest = Double.infinity
  private var lastGain = 0
  /// An iterate that may be one of least squares, and memory for it.
  var plateau: Plateau?
  lazy var plateauMemory = (iterate: makeVector(), residual: makeVector(count: rowCount))
  var outcome: SolveOutcome?
  var history: [Double] = []
  var operatorApplications = 0
  var preconditionerApplications = 0
  var remarks: [String] = []
  private let start = ContinuousClock.now

  /// Checks what is given and takes the memory that all methods need.
  ///
  /// - Parameters:
  ///   - capacity: the most operations of one pass over vectors.
  ///   - keepsBest: whether x moves in every step and its residual may grow.
  init(
    _ method: any IterativeMethod, _ A: any LinearOperator, _ rightHandSide: UnsafePointer<Double>,
    into x: UnsafeMutablePointer<Double>, preconditioner: (any Preconditioner)?, options: IterationOptions,
    capacity: Int = 8, keepsBest: Bool
  ) throws(LinearSolverError) {
    let (rows, columns) = (A.rowCount, A.columnCount)
    try Self.check(method, A, preconditioner, options)
    self.A = A
    self.x = x
    self.preconditioner = preconditioner
    hasPreconditioner = preconditioner != nil
    remarks = preconditioner?.remarks ?? []
    (rowCount, columnCount) = (rows, columns)
    name = method.name
    fused = rows == columns ? A as? any FusedOperator : nil
    transposable = A as? any TransposableOperator
    partials = AlignedStorage(count: fused?.partialCount ?? 0)
    let pass = VectorPass(count: columns, capacity: capacity, workers: options.workers)
    self.pass = pass
    rowPass =
      rows == columns ? pass : VectorPass(count: rows, capacity: capacity, workers: options.workers)
    let size = rowPass.norm(rightHandSide)
    ordinarySize = OrdinarySize(rightHandSide, count: rows, norm: size)
    self.options = ordinarySize.options(options)
    if ordinarySize.isNeeded {
      let copy = AlignedStorage<Double>(count: rows)
      for row in 0..<rows { copy.baseAddress[row] = rightHandSide[row] * ordinarySize.scale }
      storage.append(copy)
      b = UnsafePointer(copy.baseAddress)
      rightHandSideNorm = rowPass.norm(b)
    } else {
      b = rightHandSide
      rightHandSideNorm = size
    }
    if let given = options.nullSpace {
      nullSpace = try NullProjection(given, of: A, isSymmetric: method.requirements.contains(.symmetric))
    } else {
      nullSpace = nil
    }
    operatorApplications = nullSpace?.operatorApplications ?? 0
    defect = try nullSpace?.defect(of: b, norm: rightHandSideNorm, options.tolerance, pass) ?? 0
    self.keepsBest = keepsBest
    let kept = AlignedStorage<Double>(count: columns)
    storage.append(kept)
    best = kept.baseAddress
    iterationLimit = options.iterationLimit ?? max(1000, 10 * columns)
    // A conjugate gradient residual may rise for as long as information crosses the domain.
    patience = max(500, columns)
    // Written to once, so that growing it costs nothing later.
    history.reserveCapacity(min(iterationLimit, 1 << 16) + 2)
  }

  /// Zeroed memory for a vector of as many numbers as A has columns (or `count`), for the length of the run.
  func makeVector(count: Int? = nil) -> UnsafeMutablePointer<Double> {
    let vector = AlignedStorage<Double>(count: count ?? columnCount)
    storage.append(vector)
    return vector.baseAddress
  }

  var isLeastSquares: Bool { normalResidual != nil }

  /// Tells the norm of the residual that the next iterate will have, while x still is the one before.
  ///
  /// Counts an iteration. The answer says whether to take the step. `normal` is ‖Aᵀr‖, where a method knows it.
  func step(to norm: Double, normal: Double = .infinity) -> Verdict {
    iterations += 1
    history.append(norm / reference)
    guard norm.isFinite else {
      outcome = .notFinite
      return .discard
    }
    if keepsBest && norm > residualNorm && residualNorm < bestNorm { keepIterate() }
    residualNorm = norm
    if norm < lowest {
      lowest = norm
      lastGain = iterations
    }
    if norm <= target || (isLeastSquares && normal <= normalTarget) { return .finish }
    if iterations >= iterationLimit { outcome = .iterationLimit }
    if options.shouldStop() { outcome = .interrupted }
    if iterations - lastGain > patience {
      outcome = .stagnated
      remarks.append("The residual has not reached a new low for \(patience) iterations.")
    }
    return outcome == nil ? .goOn : .finish
  }

  /// Keeps what is in x as the best iterate.
  func keepIterate() {
    pass.combine(best, 1, x)
    pass.run()
    bestNorm = residualNorm
  }

  /// Seconds since the run was made.
  var seconds: Double {
    let elapsed = (ContinuousClock.now - start).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  /// The fused product of a square operator that has one.
  func fusedDot(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) -> Double? {
    fused?.applyDot(v, into: y, partials: partials.baseAddress)
  }

  func fusedResidual(into r: UnsafeMutablePointer<Double>) -> Double? {
    fused?.residual(x, b, into: r, partials: partials.baseAddress)
  }
}
