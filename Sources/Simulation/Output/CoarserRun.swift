import Arrays
import Equations
import Geometry
import Spectral

/// Estimates a run's error by another one at half the resolution and a looser step.
package enum CoarserRun {
  /// The relative distance between the two runs at the end, on the coarser grid.
  ///
  /// It is about the error of the coarser run, and so an upper bound of the finer one's while both converge.
  package static func estimate(
    of fine: Simulation, finalState: StateVector?, time: Double
  ) throws -> ErrorEstimate? {
    guard finalState != nil else { return nil }
    var problem = fine.problem
    for axis in fine.recordLayout.axes {
      // Even numbers keep the transforms fast.
      problem.discretization.points[axis.name] = max(8, axis.coordinates.count / 4 * 2)
    }
    if let step = problem.solver.step { problem.solver.step = 2 * step }
    if let method = fine.method, let tolerance = method.tolerance {
      problem.solver.tolerance = 10 * tolerance
    }
    if let duration = problem.domain.time.map({ $0.upperBound - $0.lowerBound }) {
      problem.output.every = min(problem.output.every ?? duration, duration)
    }
    problem.quantities = []
    problem.budgets = []
    problem.output.fields = []
    var options = fine.options
    options.estimatesErrorByCoarserRun = false
    options.keepsAllRecords = false
    options.checkpointPath = nil
    options.progress = { _ in }
    let coarse = try Simulation(problem, fine.normalForm, options: options)
    let solution = try coarse.run()
    guard case .completed = solution.outcome, let record = solution.records.last else { return nil }
    let coordinates = coarse.recordLayout.axes.map(\.coordinates)
    var (difference, size) = (0.0, 0.0)
    for (number, unknown) in fine.normalForm.unknowns.enumerated() {
      guard let field = solution.layout.fields.firstIndex(where: { $0.name == unknown.name }) else {
        continue
      }
      let values = try fine.finalValues(ofUnknown: number, onTensorGrid: coordinates)
      for i in 0..<values.count {
        let d = values[flat: i] - record.fields[field][flat: i]
        difference += d * d
        size += values[flat: i] * values[flat: i]
      }
    }
    guard size > 0 else { return nil }
    let remark =
      fine.method == nil
      ? "against half the resolution"
      : "at the end, against half the resolution and "
        + (fine.method?.step == nil ? "ten times the tolerance" : "twice the step")
    return ErrorEstimate(
      relativeL2: (difference / size).squareRoot(), against: .coarser, referenceAccuracy: nil, remark: remark)
  }
}
