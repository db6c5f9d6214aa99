package import Simulation
import Arrays

/// What every stepping method of the registry owes: measured on any semi-discrete system.
package struct StepperLaws {
  package let description: StepperDescription
  private let simulation: Simulation

  /// - Parameter simulation: of a problem whose method is the one to be looked at.
  package init(_ simulation: Simulation) throws {
    guard let method = simulation.method else { throw SimulationError.unsupported("a steady problem") }
    description = method.stepper
    self.simulation = simulation
  }

  /// The state after `count` equal steps of the initial state.
  package func state(after count: Int, steps step: Double) throws -> StateVector {
    let stepper = try simulation.makeStepper()
    for number in 0..<count {
      _ = stepper.attempt(from: Double(number) * step, step: step, errorOver: nil)
      stepper.accept()
    }
    return stepper.state
  }

  /// Errors at the time `duration` against a reference, by the step size.
  package func errors(
    duration: Double, counts: [Int], reference: StateVector
  ) throws -> [(size: Double, error: Double)] {
    try counts.map { count in
      let step = duration / Double(count)
      let state = try state(after: count, steps: step)
      for index in 0..<state.count { state.baseAddress[index] -= reference.baseAddress[index] }
      return (step, simulation.system.relativeNorm(of: state, to: reference))
    }
  }

  /// What the method says of its own error in one step from the initial state, by the step size.
  package func estimates(steps: [Double]) throws -> [(size: Double, error: Double)] {
    try steps.map { step in
      let stepper = try simulation.makeStepper()
      return (step, stepper.attempt(from: 0, step: step, errorOver: 1))
    }
  }

  /// True errors of one step from the initial state.
  package func localErrors(
    steps: [Double], reference: (Double) throws -> StateVector
  ) throws -> [(size: Double, error: Double)] {
    try steps.map { step in
      let state = try state(after: 1, steps: step)
      let exact = try reference(step)
      for index in 0..<state.count { state.baseAddress[index] -= exact.baseAddress[index] }
      return (step, simulation.system.relativeNorm(of: state, to: exact))
    }
  }
}
