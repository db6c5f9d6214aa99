public import Arrays
public import Equations
import Geometry
import LinearSolvers
import Spectral

/// A problem on cells or elements, made ready to be solved.
///
/// Steady problems are solved by Newton's method, evolution problems by implicit steps.
public final class BalanceSimulation: PreparedProblem {
  public let problem: Problem
  public let form: FluxForm
  public let options: SimulationOptions
  /// The stepping method; `nil` for a steady problem.
  public let method: MethodChoice?
  package let discretization: any BalanceDiscretization
  let times: RecordTimes
  let output: BalanceOutput
  private let workers: Workers?
  private let linearSolver: AlgebraicSolver
  /// What to know of the choices that were made for the problem.
  private var remarks: [String] = []
  /// What `prepare` solved, for the next run.
  private var prepared: SteadyState?
  /// The state at the end of the last run.
  package private(set) var finalState: StateVector?

  /// Checks that the problem can be solved, makes cells or elements, and sets up tables.
  ///
  /// - Throws: `SimulationError`; `EquationError` for data that cannot be evaluated.
  public init(
    _ problem: Problem, _ form: FluxForm, _ kind: DiscretizationChoice.Method,
    options: SimulationOptions = .init()
  ) throws {
    self.problem = problem
    self.form = form
    self.options = options
    method = problem.domain.time == nil ? nil : try MethodChoice(implicit: problem.solver)
    times = try RecordTimes(problem)
    try Comparisons.checkReference(problem, options)
    workers = options.threads > 1 ? Workers(count: options.threads) : nil
    linearSolver =
      options.makeLinearSolver.map { AlgebraicSolver($0()) }
      ?? AlgebraicSolver(
        problem.solver, workers: workers, reusesPattern: problem.domain.time != nil || !form.isLinear,
        memoryLimit: options.memoryLimit, shouldStop: options.shouldStop)
    let data = InitialData(problem, seed: options.seed ?? problem.solver.seed, sample: options.sample)
    discretization = try Self.discretize(
      problem, form, kind, data: data, workers: workers, options: options)
    try discretization.checkGauges(problem.gauges, form)
    output = try BalanceOutput(problem, form, discretization)
    if kind == .finiteElement { remarks += problem.unstablePairs(form) }
    if let remark = method?.remark(onStepBefore: times.interval) { remarks.append(remark) }
  }

  private static func discretize(
    _ problem: Problem, _ form: FluxForm, _ kind: DiscretizationChoice.Method, data: InitialData,
    workers: Workers?, options: SimulationOptions
  ) throws -> any BalanceDiscretization {
    try BalanceMemory.forecast(problem, form, kind)?.check(limit: options.memoryLimit)
    guard kind == .finiteVolume else {
      return try FiniteElementSystem.make(problem, form, data: data, workers: workers, options: options)
    }
    let counts = problem.volumeCounts
    let grid = CellGrid(axes: problem.domain.axes, counts: counts)
    let wishes = problem.discretization
    return try FiniteVolumeSystem(
      form, grid: grid, scheme: FaceScheme(average: wishes.average, convection: wishes.convection),
      workers: workers
    ) { points, coordinates in
      try data.fields(at: points, modes: counts) { $0.evaluate(onTensorGrid: coordinates) }
    }
  }

  /// Finds what would keep a problem from being solved, on few cells or elements.
  ///
  /// - Throws: as `init` and `run` do for the same problem.
  public static func check(
    _ problem: Problem, _ form: FluxForm, _ kind: DiscretizationChoice.Method,
    options: SimulationOptions = .init()
  ) throws {
    var coarse = problem
    if problem.domain.isBox {
      for axis in problem.domain.axes {
        coarse.discretization.points[axis.name] = min(problem.discretization.points[axis.name] ?? 16, 16)
      }
    } else {
      coarse.discretization.size = max(
        problem.discretization.size ?? 0, 2 * problem.domain.defaultElementSize)
    }
    var settings = options
    settings.threads = 1
    let simulation = try BalanceSimulation(coarse, form, kind, options: settings)
    if simulation.method != nil {
      try simulation.prepare()
    } else if form.isLinear {
      // Few cells leave more over than those of a run.
      _ = try simulation.solved(largestImbalance: 10 * largestImbalance)
    }
  }

  public var recordLayout: RecordLayout { output.layout }
  public var methodText: String {
    if let method { return method.text }
    guard !form.isLinear else { return "method direct: the problem is steady and linear" }
    let path = problem.solver.continuation.isEmpty ? "" : ", continued from \(problem.continuedValues(at: 1))"
    return "method newton\(path): the problem is steady and nonlinear"
  }
  public var spaceText: String { discretization.summary }
  public var unknownNames: [String] { form.unknowns.map(\.name) }

  public func coefficientField(_ name: String) throws -> NDArray<Double> {
    guard problem.fields.contains(where: { $0.name == name }) else {
      throw SimulationError.unsupported("there is no coefficient field '\(name)'")
    }
    let values = try discretization.outputPoints().values(of: .symbol(name))
    return NDArray(shape: recordLayout.shape, values.buffer)
  }

  public func prepare() throws {
    // A reference that cannot be read is said before anything is solved.
    _ = try BalanceComparison(problem, form, discretization, options: options, times: times)
    if method == nil {
      prepared = try solved(largestImbalance: Self.largestImbalance)
    } else {
      _ = try initialState(at: times.start)
    }
  }

  public func run(sink: (any RecordSink)? = nil, resuming checkpoint: RunCheckpoint? = nil) throws -> Solution
  {
    let clock = ContinuousClock()
    let start = clock.now
    var solution: Solution
    var earlier = Duration.zero
    if method == nil {
      if let prepared { earlier = prepared.duration }
      let steady = try prepared ?? solved(largestImbalance: Self.largestImbalance)
      prepared = nil
      solution = try solveSteady(steady, sink: sink)
    } else {
      solution = try solveEvolution(sink: sink, resuming: checkpoint)
    }
    if solution.error == nil, case .completed = solution.outcome, options.estimatesErrorByCoarserRun {
      solution.error = try estimateByCoarserRun(steps: solution.steps)
    }
    solution.warnings += remarks
    solution.linearSolver = linearSolver.summary
    if linearSolver.failures > 0 {
      solution.warnings.append(
        "\(linearSolver.failures) of the linear systems were not solved to the tolerance; try solver.linear or solver.preconditioner"
      )
    }
    let elapsed = clock.now - start + earlier
    solution.wallSeconds =
      Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    return solution
  }

  /// The solution of a steady problem.
  private struct SteadyState {
    var state: StateVector
    var report: NewtonReport
    var warnings: [String]
    var duration: Duration
  }

  /// - Throws: `SimulationError` for equations that have no solution, or many.
  private func solved(largestImbalance: Double) throws -> SteadyState {
    let clock = ContinuousClock()
    let start = clock.now
    // A path of parameters goes from t = 1 to t = 0, where records are made.
    let isContinued = !problem.solver.continuation.isEmpty
    let state = try initialState(at: isContinued ? 1 : times.start)
    let newton = NewtonSolver(discretization, linearSolver: linearSolver, shouldStop: options.shouldStop)
    let report: NewtonReport
    do throws(LinearSolverError) {
      report =
        isContinued
        ? try ParameterContinuation(newton: newton).solve(state) { problem.continuedValues(at: $0) }
        : try newton.solve(state, time: times.start)
    } catch {
      throw reason(error)
    }
    let warnings = try checkBalance(report, largest: largestImbalance)
    try discretization.applyGauges(problem.gauges, form, to: state, time: times.start)
    return SteadyState(state: state, report: report, warnings: warnings, duration: clock.now - start)
  }

  private func solveSteady(_ steady: SteadyState, sink: (any RecordSink)?) throws -> Solution {
    let (state, report) = (steady.state, steady.report)
    guard !report.isInterrupted else {
      return Solution(
        layout: output.layout, records: [], outcome: .interrupted(time: .nan), steps: report.iterations,
        refusedSteps: 0, error: nil, budgetDefects: [:], wallSeconds: 0, method: "newton",
        unknownCount: discretization.freeCount)
    }
    finalState = state
    var comparison = try BalanceComparison(
      problem, form, discretization, options: options, times: times)
    let record = try output.record(state, time: times.start)
    try sink?.append(record, index: 0)
    comparison.add(state, time: times.start)
    return Solution(
      layout: output.layout, records: [record],
      outcome: report.isConverged
        ? .completed
        : form.isLinear
          ? .linearSystemNotSolved(residual: report.residual, reason: report.reason)
          : .notConverged(iterations: report.iterations, residual: report.residual, reason: report.reason),
      steps: report.iterations, refusedSteps: 0, error: comparison.estimate,
      residual: options.measuresResidual ? report.residual : nil, budgetDefects: [:], wallSeconds: 0,
      method: form.isLinear ? "direct" : "newton", unknownCount: discretization.freeCount,
      warnings: steady.warnings)
  }

  /// The share of sources and fluxes that errors of quadrature may leave over.
  private static let largestImbalance = 0.02

  /// - Throws: `SimulationError.incompatible`.
  private func checkBalance(_ report: NewtonReport, largest: Double) throws(SimulationError) -> [String] {
    var warnings: [String] = []
    let open = discretization.openConstants
    let unknowns = form.unknowns.indices.filter { open.contains(discretization.ranges[$0]) }
    for (unknown, (mean, share)) in zip(unknowns, report.imbalances) where report.isConverged {
      let name = form.unknowns[unknown].origin
      guard share <= largest else { throw .incompatible(unknown: name, mean: mean) }
      guard share > 1e-6 else { continue }
      warnings.append(
        "sources and fluxes in the equation of '\(name)' balance up to a share of \(Float(share)) only: what is left "
          + "was spread over the domain")
    }
    return warnings
  }

  /// What the failure of the first factorisation means for the problem.
  private func reason(_ error: LinearSolverError) -> SimulationError {
    switch error {
    case .tooLarge(let needed, let available):
      return .tooLarge(neededBytes: needed, availableBytes: available)
    case .unsupported(let reason): return .unsupported(reason, about: .section("solver"))
    case _ where !form.isLinear:
      return .unsupported(
        "the Jacobian at the first guess cannot be inverted (\(error)): give a first guess where it can, as initial: {…}",
        about: .section("equations"))
    case .structurallySingular(let row):
      let unknown = discretization.ranges.firstIndex { $0.contains(row) } ?? 0
      return .singular("'\(form.unknowns[unknown].name)' is not determined by them")
    default: return .singular((["\(error)"] + remarks).joined(separator: "; "))
    }
  }

  private func solveEvolution(sink: (any RecordSink)?, resuming checkpoint: RunCheckpoint?) throws -> Solution
  {
    guard let method else { preconditionFailure("solveEvolution: a steady problem") }
    let stages = ImplicitStages(
      discretization, solver: linearSolver, tolerance: method.stageTolerance)
    let stepper = method.stepper.make(stages)
    if checkpoint == nil {
      let initial = try initialState(at: times.start)
      stepper.state.baseAddress.update(from: initial.baseAddress, count: initial.count)
    }
    var run = EvolutionRun(system: self, stepper: stepper, method: method, times: times, options: options)
    var comparison = try BalanceComparison(
      problem, form, discretization, options: options, times: times)
    var budgets = QuantityHistory(problem, names: output.layout.quantities.map(\.name))
    if let checkpoint {
      try run.restore(checkpoint)
      comparison.restore(checkpoint.comparisonSums)
      budgets.restore(checkpoint.quantities)
      if let memory = checkpoint.solver { linearSolver.recall(memory) }
    } else {
      run.chooseFirstStep()
    }
    var records: [Record] = []
    let outcome = try run.advance { index, time in
      try discretization.applyGauges(problem.gauges, form, to: stepper.state, time: time)
      let record = try output.record(stepper.state, time: time)
      try sink?.append(record, index: index)
      comparison.add(stepper.state, time: time)
      budgets.add(record)
      if !options.keepsAllRecords { records.removeAll() }
      records.append(record)
    } checkpointExtras: {
      CheckpointExtras(
        sums: comparison.sums, quantities: budgets.flattened, solver: linearSolver.memory)
    }
    finalState = run.lastGoodState
    return Solution(
      layout: output.layout, records: records, outcome: outcome, steps: run.steps,
      refusedSteps: run.refusedSteps, error: comparison.estimate,
      residual: run.recentStates.map { residual(of: $0) }, budgetDefects: budgets.defects, wallSeconds: 0,
      method: method.stepper.name, unknownCount: discretization.freeCount)
  }

  var kind: DiscretizationChoice.Method {
    discretization is FiniteVolumeSystem ? .finiteVolume : .finiteElement
  }
}

extension BalanceSimulation: EvolvedSystem {
  package func makeVector() -> StateVector { StateVector(count: discretization.count) }

  package func isFinite(_ state: StateVector) -> Bool { state.buffer.allSatisfy(\.isFinite) }

  package func nameOfNotFinite(_ state: StateVector) -> String {
    let bad = discretization.ranges.firstIndex { !state.buffer[$0].allSatisfy(\.isFinite) }
    return form.unknowns[bad ?? 0].name
  }

  /// Nothing is known before a step was tried; a tenth of the record's interval begins.
  package func rate(of state: StateVector, time: Double) -> Double { 0.5 / max(times.interval, 1e-300) }

  package var explicitStepLimit: Double { .infinity }
}
