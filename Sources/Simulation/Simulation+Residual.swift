import Arrays
import Equations
import LinearSolvers
import Spectral

extension Simulation {
  /// ‖du/dt − F(u)‖/‖F(u)‖ at the end of a run, the largest over the unknowns.
  func residual(of recent: RecentStates) -> Double {
    let rate = system.makeVector()
    guard let time = recent.writeRate(to: rate), let state = recent.latest else { return 0 }
    let (nonlinear, whole) = (system.makeVector(), system.makeVector())
    system.evaluateNonlinear(state, time: time, into: nonlinear)
    let one = BlockMultiplier.scale(1, size: system.componentCount)
    system.combine(system.makeCombination(whole, [(system.linearOperator, state), (one, nonlinear)]))
    for i in 0..<rate.count { rate.baseAddress[i] -= whole.baseAddress[i] }
    return system.relativeNorm(of: rate, to: whole)
  }

  /// ‖b − A u‖/‖b‖ over the grid for the sum of all equations, with b what is left of them for u = 0.
  func steadyResidual(_ state: StateVector) throws -> Double {
    var inputs: [LinearForm] = []
    var integrands: [Expression] = []
    for equation in problem.equations {
      let difference = Expression.sum([equation.left, .product([.number(-1), equation.right])])
      for part in try normalForm.components(of: difference, in: problem) {
        let numbers = part.inputs.map { input -> Expression in
          inputs.append(input)
          return .input(inputs.count - 1)
        }
        integrands.append(part.integrand.replacingInputs(numbers))
      }
    }
    let zeros = integrands.map { $0.replacingInputs(inputs.map { _ in .number(0) }) }
    let values = try FieldSampler(
      integrands + zeros, inputs: inputs, of: system, gauged: Set(problem.gauges.map(\.unknown)),
      fields: coefficients
    ).sample(state, time: times.start)
    func norm(_ grids: ArraySlice<AlignedStorage<Double>>) -> Double {
      grids.reduce(0) { sum, grid in grid.buffer.reduce(sum) { $0 + $1 * $1 } }.squareRoot()
    }
    let (size, scale) = (norm(values.prefix(integrands.count)), norm(values.suffix(integrands.count)))
    return size == 0 ? 0 : size / scale
  }
}
