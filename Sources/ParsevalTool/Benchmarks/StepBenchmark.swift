import Arrays
import Equations
import ProblemFiles
import Simulation
import Spectral

/// Steps of a problem, of one field or of several side by side, without output or error control.
final class StepBenchmark {
  private let step: Double
  private let workers: Workers?
  /// One per worker when fields go side by side, else one that splits its work itself.
  private let lanes: [Lane]
  private let fields: [AlignedStorage<Double>]
  private var task: WorkerTask?

  /// Steps of every field in one call of `run`.
  let stepsPerRun: Int

  private final class Lane: @unchecked Sendable {
    let simulation: Simulation
    let stepper: any TimeStepper

    init(_ file: ProblemFile, step: Double, method: String, threads: Int, planning: PlanningMode) throws {
      var options = SimulationOptions(threads: threads)
      options.planning = planning
      options.estimatesErrorByCoarserRun = false
      var problem = file.problem
      problem.solver.method = method
      problem.solver.step = step
      problem.solver.tolerance = nil
      simulation = try Simulation(problem, file.normalForm, options: options)
      stepper = try simulation.makeStepper()
    }

    func advance(_ step: Double, count: Int) {
      for _ in 0..<count {
        _ = stepper.attempt(from: 0, step: step, errorOver: nil)
        stepper.accept()
      }
    }
  }

  /// - Parameters:
  ///   - fieldCount: fields that are stepped side by side.
  ///   - threads: workers in all.
  init(
    _ file: ProblemFile, step: Double, method: String = "etdrk4", fieldCount: Int = 1, threads: Int,
    planning: PlanningMode = .estimate
  ) throws {
    self.step = step
    let isBatch = fieldCount > 1
    stepsPerRun = isBatch ? 5 : 1
    workers = isBatch && threads > 1 ? Workers(count: threads) : nil
    let lanes = try (0..<(isBatch ? threads : 1)).map { _ in
      try Lane(file, step: step, method: method, threads: isBatch ? 1 : threads, planning: planning)
    }
    self.lanes = lanes
    let first = lanes[0].stepper.state
    let fields = (0..<(isBatch ? fieldCount : 0)).map { number in
      let field = AlignedStorage<Double>(count: first.count)
      for i in 0..<first.count { field.baseAddress[i] = first.baseAddress[i] * (1 - 0.01 * Double(number)) }
      return field
    }
    self.fields = fields
    guard isBatch else { return }
    let count = stepsPerRun
    task = WorkerTask(chunks: fieldCount) { chunk, worker in
      let lane = lanes[worker]
      lane.stepper.state.baseAddress.update(from: fields[chunk].baseAddress, count: fields[chunk].count)
      lane.stepper.reset()
      lane.advance(step, count: count)
      fields[chunk].baseAddress.update(from: lane.stepper.state.baseAddress, count: fields[chunk].count)
    }
  }

  /// One step of the field, or `stepsPerRun` of every field.
  func run() {
    guard let task else { return lanes[0].advance(step, count: 1) }
    if let workers { workers.run(task) } else { for chunk in 0..<task.chunks { task.body(chunk, 0) } }
  }

  /// Bytes that a field's steps take, in arrays of one double per grid point.
  var fieldSizedArrays: Double {
    let system = lanes[0].simulation.system
    let stepper = lanes[0].stepper
    return Double(system.bytes + stepper.bytes) / Double(8 * system.layout.gridPoints)
  }

  var isFinite: Bool { lanes[0].simulation.system.isFinite(lanes[0].stepper.state) }
}
