package import Arrays
public import Equations
public import Exchange
public import LinearSolvers
import Geometry
public import Spectral
import Synchronization

/// What a run needs beyond the problem.
public struct SimulationOptions: Sendable {
  /// Threads that share the work.
  public var threads: Int
  /// The seed of random fields; the problem's own unless given.
  public var seed: UInt64?
  /// The number of the sample that random fields are drawn for.
  public var sample = 0
  public var planning = PlanningMode.estimate
  /// Bytes that a run may take; the machine's memory unless given.
  public var memoryLimit: Int?
  /// Whether a coarser run may be made to estimate the error when nothing better is known.
  public var estimatesErrorByCoarserRun = true
  /// Whether all records stay in memory, or the last one only.
  public var keepsAllRecords = true
  /// Whether a run ends with the residual of its solution in the discrete equations.
  public var measuresResidual = false
  /// Makes the solver of the linear systems on cells and elements; as the problem wishes unless given.
  public var makeLinearSolver: (@Sendable () -> any SequenceSolver)?
  /// Where the state is saved so that the run can be resumed; nowhere unless given.
  public var checkpointPath: String?
  /// What ties a checkpoint to its problem.
  public var problemHash = ""
  /// Where relative paths of references begin.
  public var referenceFolder: String?
  /// In which process references are opened.
  public var isolation = NetCDF.Isolation.inProcess
  /// Asked after every step; `true` saves a checkpoint and ends the run.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told of the progress after every step: time reached, step size.
  public var progress: @Sendable (SimulationProgress) -> Void = { _ in }

  public init(threads: Int = 1) { self.threads = threads }
}

/// How far a run has come.
public struct SimulationProgress: Sendable {
  public var time: Double
  public var start: Double
  public var end: Double
  public var step: Double
  public var steps: Int
}

/// A problem made ready to be solved.
///
/// ```swift
/// let file = try ProblemFileReader().read(file: "Problems/burgers.yaml")
/// let solution = try Simulation(file.problem, file.normalForm).run()
/// print(solution.error!)
/// ```
public final class Simulation {
  public let problem: Problem
  public let normalForm: NormalForm
  public let options: SimulationOptions
  /// The stepping method; `nil` for a steady problem.
  public let method: MethodChoice?
  package let system: SpectralSystem
  package let times: RecordTimes
  private var initialData: InitialData
  private let output: OutputFields
  private let workers: Workers?

  /// Checks that the problem can be solved and sets up tables and plans.
  ///
  /// - Throws: `SimulationError`; `EquationError` for data that cannot be evaluated.
  public init(_ problem: Problem, _ normalForm: NormalForm, options: SimulationOptions = .init()) throws {
    self.problem = problem
    self.normalForm = normalForm
    self.options = options
    let isConstant = normalForm.hasConstantTerms
    let isSteady = problem.domain.time == nil
    method = isSteady ? nil : try MethodChoice(problem.solver, isConstant: isConstant)
    times = try RecordTimes(problem)
    try Comparisons.checkReference(problem, options)
    try SolutionPlan(problem, normalForm).checkMemory(limit: options.memoryLimit)
    let workers = options.threads > 1 ? Workers(count: options.threads) : nil
    self.workers = workers
    let data = InitialData(problem, seed: options.seed ?? problem.solver.seed, sample: options.sample)
    initialData = data
    system = try SpectralSystem(
      normalForm, choice: problem.discretization, gauged: Set(problem.gauges.map(\.unknown)),
      workers: workers, fields: data.fields, planning: options.planning)
    if !isSteady && !problem.solver.force {
      try WellPosedness.check(system.form, layout: system.layout)
    }
    output = try OutputFields(problem, normalForm, system: system, fields: data.fields)
  }

  /// Draws the random initial values of another sample; everything else stays as it was set up.
  ///
  /// Coefficient fields are part of what was set up, and must not be random.
  package func redraw(sample: Int) {
    precondition(
      !problem.fields.contains { $0.function.isRandom },
      "redraw: the coefficients of '\(problem.name)' are random")
    initialData = InitialData(problem, seed: options.seed ?? problem.solver.seed, sample: sample)
    prepared = nil
  }

  /// Begins the next runs with other values than the problem's initial ones; everything else stays as it was set up.
  ///
  /// - Parameter values: by the name of a scalar component, as `u`, on an equidistant grid of any number of points that begins at
  ///   the lower end of every axis. All axes must be periodic.
  package func begin(with values: [String: NDArray<Double>]) {
    precondition(
      problem.domain.axes.allSatisfy(\.isPeriodic),
      "begin: '\(problem.name)' has an axis that is not periodic")
    initialData.given = values
    prepared = nil
  }

  private static let errorToWarnOf = 0.1

  /// What all records have in common.
  public var recordLayout: RecordLayout { output.layout }

  /// The values of all coefficient fields on a layout's grid.
  func coefficients(_ layout: PencilLayout) throws -> [String: AlignedStorage<Double>] {
    try initialData.fields(layout)
  }

  /// Solves the problem.
  ///
  /// - Parameters:
  ///   - sink: receives every record as soon as it is made.
  ///   - checkpoint: continues a run that was stopped, bit for bit.
  /// - Throws: what the sink throws; `ExchangeError` if a checkpoint cannot be written.
  public func run(sink: (any RecordSink)? = nil, resuming checkpoint: RunCheckpoint? = nil) throws -> Solution
  {
    let clock = ContinuousClock()
    let start = clock.now
    var solution =
      try method == nil ? solveSteady(sink: sink) : solveEvolution(sink: sink, resuming: checkpoint)
    if solution.error == nil, case .completed = solution.outcome, options.estimatesErrorByCoarserRun {
      solution.error = try CoarserRun.estimate(
        of: self, steps: solution.steps, finalState: finalState, time: finalTime)
    }
    if let remark = method?.remark(onStepBefore: times.interval) { solution.warnings.append(remark) }
    if let error = solution.error?.relativeL2, !(error <= Self.errorToWarnOf) {
      solution.warnings.append(
        error.isFinite
          ? "the stated error is large: a finer grid or a smaller tolerance is needed, or the problem is chaotic"
          : "what the solution is compared with is not finite everywhere")
    }
    let elapsed = clock.now - start
    solution.wallSeconds =
      Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    return solution
  }

  /// A stepper at the initial state, for the next run.
  private var prepared: (any TimeStepper)?
  /// What should be looked at about the last run.
  private var warnings: [String] = []
  /// The state at the end of the last run.
  package private(set) var finalState: StateVector?
  package private(set) var finalTime = 0.0

  /// The values of a scalar unknown of the normal form on a tensor grid, from the last run's end.
  package func finalValues(ofUnknown number: Int, onTensorGrid coordinates: [[Double]]) throws -> NDArray<
    Double
  > {
    guard let finalState else { preconditionFailure("finalValues: nothing has been run") }
    return try output.values(
      ofUnknown: number, state: finalState, time: finalTime, onTensorGrid: coordinates)
  }

  /// A scalar unknown, such as `u` or `h_re`, at the end of the last run, as a field that can be evaluated
  /// anywhere, differentiated and integrated.
  ///
  /// - Throws: `SimulationError.unsupported` for a name that is no unknown, before a run, and where boundary
  ///   data were lifted, since the sum is in no spectral space.
  public func finalField(_ name: String) throws -> Field<SpectralSpace> {
    guard let finalState else { throw SimulationError.unsupported("nothing has been run yet") }
    guard let number = output.unknownNumbers.first(where: { normalForm.unknowns[$0].name == name }) else {
      throw SimulationError.unsupported("there is no unknown '\(name)' whose values are known")
    }
    guard normalForm.liftings[number] == nil else {
      throw SimulationError.unsupported(
        "'\(name)' has boundary data that are not zero; use its recorded values")
    }
    return output.field(ofUnknown: number, state: finalState, time: finalTime)
  }

  /// A stepper at the initial state, for whoever steps by hand.
  package func makeStepper() throws -> any TimeStepper {
    guard let method else { throw SimulationError.unsupported("a steady problem has no steps") }
    let stepper = method.stepper.make(system)
    let initial = try initialData.state(of: system, components: output.components, time: times.start)
    stepper.state.baseAddress.update(from: initial.state.baseAddress, count: initial.state.count)
    warnings = remark(onProjection: initial.removed).map { [$0] } ?? []
    return stepper
  }

  /// Makes the first state and checks whether it is finite and constraints can hold.
  ///
  /// `run` does so if nobody has. Who begins an output first prepares, so that a run that cannot begin leaves
  /// nothing behind.
  ///
  /// - Throws: `SimulationError`.
  public func prepare() throws { try prepare(balances: true) }

  /// - Parameter balances: whether means that must vanish are looked at.
  package func prepare(balances: Bool) throws {
    // A reference that cannot be read is said before anything is solved.
    _ = try Comparisons(problem, options: options, output: output, times: times)
    if method == nil {
      if balances { try system.checkCompatibility(system.makeVector(), time: times.start) }
    } else {
      prepared = try checkedStepper(balances: balances)
    }
  }

  private func checkedStepper(balances: Bool = true) throws -> any TimeStepper {
    let stepper = try makeStepper()
    if balances { try system.checkCompatibility(stepper.state, time: times.start) }
    return stepper
  }

  /// What of an initial value a constraint such as div(u) = 0 forbids is removed; more than rounding is said.
  private func remark(onProjection removed: Double) -> String? {
    guard removed > 1e-8, let row = system.elimination.projectionRows.first else { return nil }
    let percent = removed * 100 < 0.1 ? "less than 0.1" : "\((removed * 1000).rounded() / 10)"
    return "the initial values violate \(problem.equations[normalForm.equations[row].origin].text): "
      + "what does, \(percent) % of their norm, was removed"
  }

  private func solveSteady(sink: (any RecordSink)?) throws -> Solution {
    let state = system.makeVector()
    try system.checkCompatibility(state, time: 0)
    finalState = state
    var comparison = try Comparisons(problem, options: options, output: output, times: times)
    let record = try output.record(state, time: 0)
    try sink?.append(record, index: 0)
    try comparison.add(record, state: state, time: 0)
    return Solution(
      layout: output.layout, records: [record], outcome: .completed, steps: 0, refusedSteps: 0,
      error: comparison.estimate, residual: options.measuresResidual ? try steadyResidual(state) : nil,
      budgetDefects: [:], wallSeconds: 0, method: "direct",
      unknownCount: normalForm.unknowns.count * system.layout.length)
  }

  private func solveEvolution(sink: (any RecordSink)?, resuming checkpoint: RunCheckpoint?) throws -> Solution
  {
    guard let method else { preconditionFailure("solveEvolution: a steady problem") }
    let stepper = checkpoint == nil ? try prepared ?? checkedStepper() : method.stepper.make(system)
    prepared = nil
    var run = EvolutionRun(
      system: system, stepper: stepper, method: method, times: times, options: options)
    var comparison = try Comparisons(problem, options: options, output: output, times: times)
    var budgets = QuantityHistory(problem, names: output.layout.quantities.map(\.name))
    if let checkpoint {
      warnings = []
      try run.restore(checkpoint)
      comparison.restore(checkpoint.comparisonSums)
      budgets.restore(checkpoint.quantities)
    } else {
      run.chooseFirstStep()
    }
    var records: [Record] = []
    let outcome = try run.advance { index, time in
      try system.checkCompatibility(stepper.state, time: time, isFirst: index == 0)
      let record = try output.record(stepper.state, time: time)
      try sink?.append(record, index: index)
      try comparison.add(record, state: stepper.state, time: time)
      budgets.add(record)
      if !options.keepsAllRecords { records.removeAll() }
      records.append(record)
    } checkpointExtras: {
      CheckpointExtras(sums: comparison.sums, quantities: budgets.flattened)
    }
    finalState = run.lastGoodState
    finalTime = run.time
    return Solution(
      layout: output.layout, records: records, outcome: outcome, steps: run.steps,
      refusedSteps: run.refusedSteps, error: comparison.estimate,
      residual: run.recentStates.map { residual(of: $0) }, budgetDefects: budgets.defects, wallSeconds: 0,
      method: method.stepper.name, unknownCount: system.stateLength, warnings: warnings)
  }
}

/// The times at which records are made.
package struct RecordTimes: Sendable {
  package let start: Double
  package let end: Double
  /// The time between two records; the last interval may be shorter.
  package let interval: Double
  /// Records, the initial one included.
  package let count: Int

  /// Records when the problem does not say how many.
  private static let defaultIntervals = 20.0

  /// More records than this are a mistake: their times would differ by rounding alone before long.
  private static let mostIntervals = 1e9

  /// - Throws: `SimulationError.unsupported` for more than a billion records, or steps below rounding.
  package init(_ problem: Problem) throws(SimulationError) {
    start = problem.domain.time?.lowerBound ?? 0
    end = problem.domain.time?.upperBound ?? 0
    let duration = end - start
    guard duration > 0 else {
      interval = 0
      count = 1
      return
    }
    let every = min(problem.output.every ?? duration / Self.defaultIntervals, duration)
    let intervals = max(1, (duration / every - 1e-9).rounded(.up))
    guard intervals <= Self.mostIntervals else {
      throw .unsupported(
        "output.every = \(every) asks for \(intervals) records; a run has at most a billion",
        about: .section("output"))
    }
    if let step = problem.solver.step {
      let latest = max(abs(start), abs(end))
      guard step >= 2 * latest.ulp else {
        throw .unsupported(
          "solver.step = \(step) is lost in rounding when it is added to t = \(latest)",
          about: .section("solver"))
      }
    }
    count = Int(intervals) + 1
    // An interval that divides the duration is made to do so exactly.
    interval = abs(intervals * every - duration) <= 1e-9 * duration ? duration / intervals : every
  }

  package func time(of record: Int) -> Double {
    record == count - 1 ? end : start + Double(record) * interval
  }

  /// The length of the interval that ends with a record; equal, to the bit, for all but a shorter last one.
  package func interval(before record: Int) -> Double {
    guard record == count - 1 else { return interval }
    let rest = end - time(of: record - 1)
    return abs(rest - interval) <= 1e-9 * interval ? interval : rest
  }
}

extension NormalForm {
  /// Whether what is evaluated on the grid depends neither on the unknowns nor on time.
  package var hasConstantTerms: Bool {
    isLinearPartDiagonal
      && equations.flatMap(\.terms).allSatisfy {
        $0.integrand.inputNumbers.isEmpty && !$0.integrand.mentions("t")
      }
  }
}
