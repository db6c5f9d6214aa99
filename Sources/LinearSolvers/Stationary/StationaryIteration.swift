import Arrays

#if canImport(Glibc)
  import Glibc
#endif

/// In which order the unknowns are relaxed.
public enum SweepOrdering: String, Sendable, Hashable, CaseIterable {
  /// As they are numbered: a chain, which one thread works off.
  case lexicographic
  /// Colour after colour, on a permuted copy of the matrix; workers share each colour.
  case multicolored
}

/// The iteration that all stationary methods share.
///
/// A sweep reads the matrix once and knows the residual of the iterate that it starts from, so that k iterations
/// take k + 1 passes and the residual is always the true one.
struct StationaryIteration: Sendable {
  enum Scheme: Sendable { case jacobi, forward, symmetric }
  private let method: any IterativeMethod
  private let scheme: Scheme
  private let relaxation: Double
  private let ordering: SweepOrdering

  init(_ method: any IterativeMethod, _ scheme: Scheme, relaxation: Double, ordering: SweepOrdering) {
    self.method = method
    self.scheme = scheme
    self.relaxation = relaxation
    self.ordering = ordering
  }

  private var name: String { method.name }

  func solve(
    _ A: any LinearOperator, _ b: UnsafePointer<Double>, into x: UnsafeMutablePointer<Double>,
    preconditioner: (any Preconditioner)?, options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    try method.checkParameters(options)
    guard preconditioner == nil else {
      throw .unsupported("\(name) is a splitting of its own and takes no preconditioner")
    }
    if let A = A as? MatrixOperator<Int32> { return try solve(A.matrix, b, x, options) }
    if let A = A as? MatrixOperator<Int> { return try solve(A.matrix, b, x, options) }
    throw .unsupported("\(name) needs the entries of the matrix, and was given an operator without")
  }

  private func solve<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, _ b: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>,
    _ options: IterationOptions
  ) throws(LinearSolverError) -> SolveReport {
    let clock = ContinuousClock()
    let begin = clock.now
    _ = try matrix.reciprocalDiagonal()
    let colored = ordering == .multicolored ? try ColoredMatrix(matrix) : nil
    let count = matrix.rowCount
    let memory = AlignedStorage<Double>(count: 4 * count)
    let vectors = (0..<4).map { memory.baseAddress + $0 * count }
    let place = { (vector: UnsafePointer<Double>, target: UnsafeMutablePointer<Double>) in
      if let colored {
        colored.permute(vector, into: target)
      } else {
        target.update(from: vector, count: count)
      }
    }
    let ordinarySize = OrdinarySize(b, count: count, norm: norm(b, count))
    for row in 0..<count { vectors[1][row] = b[row] * ordinarySize.scale }
    let products = try checkNullSpace(of: matrix, vectors[1], options)
    place(vectors[1], vectors[0])
    place(x, vectors[1])
    ordinarySize.enlarge(vectors[1], count: count)
    let sweeps = RelaxationSweeps(
      colored?.matrix ?? matrix.compressedByRows, colors: colored?.coloring.ranges,
      isJacobi: scheme == .jacobi, relaxation: relaxation, rightHandSide: vectors[0], scratch: vectors[1],
      workers: options.workers)
    let setupEnd = clock.now
    var report = iterate(sweeps, count: count, vectors, ordinarySize.options(options))
    report.operatorApplications += products
    report.outcome = report.outcome.judged(by: report.history)
    // The answer comes back in vectors[1].
    if let colored {
      colored.unpermute(vectors[1], into: x)
    } else {
      x.update(from: vectors[1], count: count)
    }
    ordinarySize.restore(x, count: count)
    options.nullSpace?.project(x)
    if let colored { report.remarks.append("\(colored.coloring.colorCount) colours") }
    report.setupSeconds = begin.duration(to: setupEnd).seconds
    report.solveSeconds = setupEnd.duration(to: clock.now).seconds
    return report
  }

  /// Refuses a null space that is none, and right-hand sides outside the range; returns the products that it took.
  private func checkNullSpace<Index: SparseIndex>(
    of matrix: SparseMatrix<Index>, _ b: UnsafePointer<Double>, _ options: IterationOptions
  ) throws(LinearSolverError) -> Int {
    guard let nullSpace = options.nullSpace else { return 0 }
    let A = MatrixOperator(matrix, workers: options.workers)
    guard let projection = try NullProjection(nullSpace, of: A, isSymmetric: false) else { return 0 }
    let pass = VectorPass(count: matrix.rowCount, workers: options.workers)
    _ = try projection.defect(of: b, norm: pass.norm(b), options.tolerance, pass)
    return projection.operatorApplications
  }

  /// Iterates from `vectors[1]` and leaves the best iterate there; `vectors[0]` is b.
  private func iterate<Index: SparseIndex>(
    _ sweeps: RelaxationSweeps<Index>, count: Int, _ vectors: [UnsafeMutablePointer<Double>],
    _ options: IterationOptions
  ) -> SolveReport {
    let limit = options.iterationLimit ?? max(1000, 10 * count)
    var (old, next, kept) = (vectors[1], vectors[2], vectors[3])
    let size = norm(vectors[0], count)
    var report = SolveReport(outcome: .iterationLimit, method: name, trueResidual: 0)
    if size == 0, options.tolerance.reference == .rightHandSide {
      vectors[1].update(repeating: 0, count: count)
      report.outcome = .converged
      report.history = [0]
      return report
    }
    report.history.reserveCapacity(min(limit, 10_000) + 1)
    var (target, reference, best, sinceBest) = (0.0, 1.0, Double.infinity, 0)
    while true {
      let residual = sweeps.forward(old, into: next).squareRoot()
      report.operatorApplications += 1
      if report.iterations == 0 {
        reference = options.tolerance.reference == .rightHandSide ? size : residual
        target = max(options.tolerance.relative * reference, options.tolerance.absolute)
      }
      report.history.append(reference > 0 ? residual / reference : residual)
      (best, sinceBest) = residual < best ? (residual, 0) : (best, sinceBest + 1)
      if let outcome = outcome(residual, target, best / max(reference, .leastNonzeroMagnitude), sinceBest) {
        report.outcome = outcome
        break
      }
      if report.iterations > 0, options.shouldStop() {
        report.outcome = .interrupted
        break
      }
      if report.iterations == limit { break }
      if scheme == .symmetric { sweeps.backward(next) }
      report.iterations += 1
      // The best iterate is kept until there is a better one.
      (old, next, kept) = sinceBest == 0 ? (next, kept, old) : (next, old, kept)
    }
    let answer = sinceBest == 0 || best == .infinity ? old : kept
    if answer != vectors[1] { vectors[1].update(from: answer, count: count) }
    report.trueResidual = (best == .infinity ? report.history[0] : best) / (size > 0 ? size : 1)
    return report
  }

  private func outcome(_ residual: Double, _ target: Double, _ best: Double, _ sinceBest: Int)
    -> SolveOutcome?
  {
    if !residual.isFinite { return .notFinite }
    if residual <= target { return .converged }
    // Rounding: transient growth happens far above.
    if sinceBest >= 50, best < 1e-9 { return .stagnated }
    return nil
  }

  private func norm(_ vector: UnsafePointer<Double>, _ count: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += vector[index] * vector[index] }
    return sum.squareRoot()
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
