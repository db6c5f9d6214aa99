import Arrays
import Equations
import ProblemFiles
import Simulation
import Spectral

/// Steps of a problem file, timed beside the transforms that they contain.
final class StepBenchmark {
  let simulation: Simulation
  private let step: Double
  private let steppers: [any TimeStepper]

  /// - Parameters:
  ///   - fields: states that are stepped side by side, one system per worker.
  ///   - threads: workers in all.
  init(problem text: ProblemFile, step: Double, method: String, threads: Int) throws {
    var options = SimulationOptions(threads: threads)
    options.estimatesErrorByCoarserRun = false
    var problem = text.problem
    problem.solver.method = method
    problem.solver.step = step
    simulation = try Simulation(problem, text.normalForm, options: options)
    self.step = step
    let stepper = try simulation.makeStepper()
    steppers = [stepper]
  }

  /// One step of every field.
  func run() {
    for stepper in steppers {
      _ = stepper.attempt(from: 0, step: step, wantsError: false)
      stepper.accept()
    }
  }
}
