import Arrays
import Equations
import Simulation

/// A solved sample.
struct SolvedSample: Sendable {
  var number: Int
  /// By name: fields, coefficients and parameters in their stored shapes.
  var values: [String: NDArray<Double>]
  var residual: Double
}

/// What became of a sample.
enum SampleOutcome: Sendable {
  case solved(SolvedSample)
  /// Why it has no place in a data set.
  case rejected(String)
  case interrupted
}

/// Solves the samples of a data set one after the other, on one thread.
final class SampleSolver {
  private let source: SampleSource
  private let plan: DataSetPlan
  private let layout: StoredLayout
  private let reduction: GridReduction
  private let shouldStop: @Sendable () -> Bool
  /// What all samples can be solved with that differ in their initial values alone.
  private var shared: Simulation?
  /// What all samples of a steady problem on cells can be solved with that differ in their coefficients alone.
  private var linearSolver: SharedLinearSolver?
  private var isPrimed = false

  init(
    _ source: SampleSource, _ plan: DataSetPlan, _ layout: StoredLayout, _ reduction: GridReduction,
    shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.source = source
    self.plan = plan
    self.layout = layout
    self.reduction = reduction
    self.shouldStop = shouldStop
  }

  /// A simulation for a sample.
  ///
  /// - Parameter measuresResidual: whether it ends with the residual of its solution.
  /// - Throws: `SimulationError`, `EquationError`, or what the source throws.
  static func simulation(
    of source: SampleSource, sample: Int, parameters: [(name: String, value: Double)], seed: UInt64,
    linearSolver: SharedLinearSolver? = nil, measuresResidual: Bool = true,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws -> any PreparedProblem {
    let (problem, formulation) = try source.sampled(parameters)
    var options = SimulationOptions(threads: 1)
    options.seed = seed
    options.sample = sample
    options.estimatesErrorByCoarserRun = false
    options.keepsAllRecords = false
    options.measuresResidual = measuresResidual
    options.shouldStop = shouldStop
    linearSolver?.serve(&options)
    switch formulation {
    case .normal(let form): return try Simulation(problem, form, options: options)
    case .fluxes(let form, let kind): return try BalanceSimulation(problem, form, kind, options: options)
    case .pointwise: throw problem.classicalObstacle
    }
  }

  /// Solves a sample; the bits depend on nothing but its number.
  func solve(_ number: Int) -> SampleOutcome {
    do { return try solved(number) } catch { return .rejected("\(error)") }
  }

  private func solved(_ number: Int) throws -> SampleOutcome {
    let parameters = source.parameters(ofSample: number, seed: plan.seed)
    let simulation = try simulation(number, parameters)
    guard reduction.accepts(simulation.recordLayout.axes) else {
      return .rejected("its axes are not those of the other samples")
    }
    var values: [String: NDArray<Double>] = [:]
    for (name, value) in parameters { values[name] = NDArray(shape: [], [value]) }
    for field in layout.coefficients {
      values[field.name] = reduction.reduced(try simulation.coefficientField(field.name))
    }
    let sink = SampleSink(layout, reduction, isStored: storedRecords(simulation))
    let solution = try simulation.run(sink: sink, resuming: nil)
    switch solution.outcome {
    case .completed: break
    case .interrupted: return .interrupted
    default: return .rejected(solution.outcome.description)
    }
    for (field, array) in zip(layout.fields, sink.fields) { values[field.name] = array }
    let residual = solution.residual ?? .nan
    for (name, array) in values.sorted(by: { $0.key < $1.key }) where !fits(array) {
      return .rejected("'\(name)' has values that are not finite")
    }
    guard residual.isFinite else { return .rejected("its residual is not finite") }
    return .solved(SolvedSample(number: number, values: values, residual: residual))
  }

  private func simulation(_ number: Int, _ parameters: [(name: String, value: Double)]) throws
    -> any PreparedProblem
  {
    if let shared {
      shared.redraw(sample: number)
      return shared
    }
    primeLinearSolver()
    let simulation = try Self.simulation(
      of: source, sample: number, parameters: parameters, seed: plan.seed, linearSolver: linearSolver,
      shouldStop: shouldStop)
    if parameters.isEmpty, !source.problem.fields.contains(where: { $0.function.isRandom }) {
      shared = simulation as? Simulation
    }
    return simulation
  }

  /// Lets the first sample choose orderings and methods, whichever this worker begins with: the bits do not depend on it.
  private func primeLinearSolver() {
    guard !isPrimed else { return }
    isPrimed = true
    guard case .fluxes = source.formulation, layout.times == nil,
      source.problem.randomParameters.isEmpty
    else { return }
    let solver = SharedLinearSolver(source.problem.solver, shouldStop: shouldStop)
    let first = try? Self.simulation(
      of: source, sample: 0, parameters: [], seed: plan.seed, linearSolver: solver, shouldStop: shouldStop)
    guard let first, (try? first.prepare()) != nil else { return }
    linearSolver = solver
  }

  private func storedRecords(_ simulation: any PreparedProblem) -> (Double) -> Bool {
    guard let times = layout.times, let records = try? RecordTimes(simulation.problem) else {
      return { _ in true }
    }
    let all = times.count == records.count
    return { [plan] in all || plan.stores(time: $0, interval: records.interval) }
  }

  /// Whether the stored numbers are finite.
  private func fits(_ array: NDArray<Double>) -> Bool {
    let isFloat = plan.precision == .float
    return array.withUnsafeBuffer { $0.allSatisfy { isFloat ? Float($0).isFinite : $0.isFinite } }
  }
}

/// Keeps the stored part of a sample's records.
private final class SampleSink: RecordSink {
  private(set) var fields: [NDArray<Double>]
  private let reduction: GridReduction
  private let isStored: (Double) -> Bool
  private var count = 0

  init(_ layout: StoredLayout, _ reduction: GridReduction, isStored: @escaping (Double) -> Bool) {
    self.reduction = reduction
    self.isStored = isStored
    fields = layout.fields.map { _ in NDArray(shape: layout.fieldShape) }
  }

  func append(_ record: Record, index: Int) {
    guard isStored(record.time) else { return }
    for (field, values) in record.fields.enumerated() {
      let stored = reduction.reduced(values)
      let start = count * stored.count
      guard start + stored.count <= fields[field].count else { continue }
      stored.withUnsafeBuffer { source in
        fields[field].withUnsafeMutableBuffer { target in
          for i in 0..<source.count { target[start + i] = source[i] }
        }
      }
    }
    count += 1
  }
}
