import Arrays
import Differentiation
import Equations
import Exchange
import Geometry
import Learning
import PhysicsInformed
import ProblemFiles
import Simulation

/// How far a network at points is from what is known of the solution, and what the classical solution cost.
public struct CollocationJudgement: Sendable {
  /// Over all unknowns and points that the reference has; `nil` where there is none.
  public var relativeL2: Double?
  public var each: [(name: String, error: Double)] = []
  /// What the network was compared with, and how good that is.
  public var reference = ""
  public var referenceAccuracy: Double?
  /// Of the classical solver of the problem file: its error against the same reference, or its own estimate, and its time.
  public var classicalError: Double?
  public var classicalSeconds: Double?
  public var classicalText = ""
  /// Why something is missing.
  public var remarks: [String] = []
  /// The network on a grid.
  public var solution: String?
}

/// Compares networks at points with references.
struct CollocationJudge {
  let setup: CollocationSetup
  let readAs: String
  let solvesClassically: Bool
  let isolation: NetCDF.Isolation
  let threads: Int
  /// Asked while the problem is solved classically.
  let shouldStop: @Sendable () -> Bool

  init(
    _ setup: CollocationSetup, readAs: String, solvesClassically: Bool, isolation: NetCDF.Isolation,
    threads: Int, shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.setup = setup
    self.readAs = readAs
    self.solvesClassically = solvesClassically
    self.isolation = isolation
    self.threads = threads
    self.shouldStop = shouldStop
  }

  private var form: PointwiseForm { setup.plan.form }
  private var problem: Problem { setup.file.problem }
  private var names: [String] { form.unknowns.map(\.name) }

  private var simulationOptions: SimulationOptions {
    var options = SimulationOptions(threads: threads)
    options.referenceFolder = folder(of: readAs)
    options.isolation = isolation
    options.shouldStop = shouldStop
    return options
  }

  /// - Parameter target: where the network on a grid is written.
  func judge<Scalar: LearningScalar>(
    _ store: ParameterStore<Scalar>, writing target: RunFolder
  ) throws -> CollocationJudgement {
    var result = CollocationJudgement()
    let evaluator: AnsatzEvaluator<Scalar>
    do { evaluator = try AnsatzEvaluator(setup.ansatz, names: form.coordinates, store: store) } catch {
      throw setup.file.located(error)
    }
    var classical: Solution?
    if case .pointwise = setup.file.formulation {
      result.remarks.append(problem.classicalObstacle.message)
    } else if solvesClassically {
      do {
        let solution = try solve()
        if solution.outcome == .completed {
          classical = solution
          result.classicalSeconds = solution.wallSeconds
          result.classicalError = solution.error?.relativeL2
          result.classicalText = solution.method
        } else {
          result.remarks.append("no classical solution: \(solution.outcome)")
        }
      } catch { result.remarks.append("no classical solution: \(error)") }
    }
    for gauge in problem.gauges {
      result.remarks.append(
        "the equations leave a constant of '\(gauge.unknown)' open and the network is not told it: its error counts it"
      )
    }
    if let reference = try reference(classical) {
      let found = evaluator.values(at: reference.coordinates)
      let errors = reference.errors(of: found, names: names)
      (result.relativeL2, result.each) = (errors.total, errors.each)
      result.reference = reference.source
      result.referenceAccuracy = reference.accuracy
    } else {
      result.remarks.append("there is nothing to compare with")
    }
    result.solution = try write(evaluator, to: target.solution)
    return result
  }

  private func solve() throws -> Solution {
    var options = simulationOptions
    options.estimatesErrorByCoarserRun = !problem.hasReference
    switch setup.file.formulation {
    case .normal(let form):
      return try Simulation(problem, form, options: options).run(sink: nil, resuming: nil)
    case .fluxes(let form, let kind):
      return try BalanceSimulation(problem, form, kind, options: options).run(sink: nil, resuming: nil)
    case .pointwise: throw problem.classicalObstacle
    }
  }

  /// The exact solution, a file of others, or the classical solution, whichever there is first.
  private func reference(_ classical: Solution?) throws -> ReferenceValues? {
    if form.exact.contains(where: { $0 != nil }) { return try exact() }
    if let reference = problem.reference {
      return try ReferenceValues(reading: reference, of: problem, unknowns: names, options: simulationOptions)
    }
    return classical.map { ReferenceValues($0, unknowns: names, source: "the classical solution") }
  }

  private func exact() throws -> ReferenceValues {
    let coordinates = gridPoints
    let dimension = form.coordinates.count
    let count = coordinates.count / dimension
    var values: [Int: [Double]] = [:]
    for (unknown, expression) in form.exact.enumerated() {
      guard let expression else { continue }
      var column: [Double] = []
      column.reserveCapacity(count)
      for point in 0..<count {
        let place = Dictionary(
          uniqueKeysWithValues: zip(
            form.coordinates, coordinates[point * dimension..<(point + 1) * dimension]))
        column.append(try expression.value(place))
      }
      values[unknown] = column
    }
    return ReferenceValues(
      coordinates: coordinates, values: values, accuracy: nil, source: "the exact solution")
  }

  // MARK: Grids

  /// Points per axis by dimension of space.
  private var pointsPerAxis: Int { [1: 256, 2: 65, 3: 25][form.domain.dimension] ?? 7 }

  private var axes: [RecordedAxis] {
    form.domain.axes.map { axis in
      let count = pointsPerAxis
      let intervals = Double(axis.isPeriodic ? count : count - 1)
      return RecordedAxis(
        name: axis.name, unit: problem.units[axis.name],
        coordinates: (0..<count).map { axis.lower + axis.length * Double($0) / intervals },
        isPeriodic: axis.isPeriodic)
    }
  }

  private var times: [Double] {
    guard form.domain.time != nil, let times = try? RecordTimes(problem) else { return [] }
    return (0..<min(times.count, 101)).map {
      times.time(of: $0 * max(1, (times.count - 1) / min(times.count - 1, 100)))
    }
  }

  private var places: [[Double]] {
    var places: [[Double]] = [[]]
    for axis in axes { places = places.flatMap { place in axis.coordinates.map { place + [$0] } } }
    return places
  }

  private func isInside(_ place: [Double]) -> Bool { form.domain.geometry?.contains(place) ?? true }

  /// All points of the grid that lie in the domain, at all times.
  private var gridPoints: [Double] {
    // A grid in many dimensions has too many points.
    if form.domain.dimension > 3,
      let points = try? SobolSamplerKind().make(for: setup.plan.domain, seed: 0, settings: [:])
        .begin(16_384)
    {
      return points.coordinates
    }
    let inside = places.filter(isInside)
    return form.domain.time == nil
      ? inside.flatMap { $0 } : times.flatMap { time in inside.flatMap { $0 + [time] } }
  }

  /// Writes the network on a grid as a solution.
  private func write<Scalar>(
    _ evaluator: AnsatzEvaluator<Scalar>, to path: String
  ) throws -> String? {
    guard form.domain.dimension <= 3 else { return nil }
    let layout = RecordLayout(
      axes: axes,
      fields: form.unknowns.map {
        RecordedField(name: $0.name, unit: problem.units[$0.name], longName: $0.name)
      },
      quantities: [], hasTime: form.domain.time != nil, timeUnit: problem.units["t"])
    let provenance = Provenance(
      problem: setup.file.resolvedText, problemFile: readAs, seed: setup.seed, versions: Machine.versions,
      commit: Machine.commit, threads: threads, date: currentDate())
    let sink = try NetCDFSink(path: path, layout: layout, title: problem.title, provenance: provenance)
    let width = form.unknowns.count
    for (index, time) in (times.isEmpty ? [0] : times).enumerated() {
      let values = evaluator.values(at: places.flatMap { times.isEmpty ? $0 : $0 + [time] })
      let outside = places.map { !isInside($0) }
      let fields = form.unknowns.indices.map { unknown in
        NDArray<Double>(shape: layout.shape) { outside[$0] ? .nan : values[$0 * width + unknown] }
      }
      try sink.append(Record(time: time, fields: fields, quantities: []), index: index)
    }
    try sink.finish(wallSeconds: 1e-9)
    return path
  }
}

extension Problem {
  /// Whether something else than a classical solution is known of the solution.
  var hasReference: Bool { !exact.isEmpty || reference != nil }
}
