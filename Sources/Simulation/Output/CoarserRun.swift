import Arrays
import Equations
import Geometry
import Spectral

#if canImport(Glibc)
  import Glibc
#endif

/// Estimates a run's error by another one at half the resolution and a looser step.
package enum CoarserRun {
  /// The relative distance between the two runs at the end, on the coarser grid.
  ///
  /// It is about the error of the coarser run, and so an upper bound of the finer one's while both converge.
  /// Where the looser tolerance changes nothing, because few steps lie between two records, it is loosened
  /// again and records are made further apart: with the same steps the error in time would not show.
  package static func estimate(
    of fine: Simulation, steps: Int, finalState: StateVector?, time: Double
  ) throws -> ErrorEstimate? {
    guard finalState != nil,
      fine.recordLayout.axes.contains(where: { $0.coordinates.count > coarsePoints($0.coordinates.count) })
    else { return nil }
    var looseness = 0
    var (coarse, solution) = try run(of: fine, looseness: looseness)
    // Without step and tolerance there is nothing to be wrong in time.
    let isExactInTime = fine.method.map { $0.step == nil && $0.tolerance == nil } ?? true
    while !isExactInTime, looseness < 4, 10 * solution.steps > 9 * steps {
      looseness += 1
      let looser = try run(of: fine, looseness: looseness)
      guard case .completed = looser.1.outcome else { break }
      (coarse, solution) = looser
    }
    // A single step cannot be made longer, and with the same steps the error in time would not show.
    guard isExactInTime || 10 * solution.steps <= 9 * steps else { return nil }
    guard let distance = try distance(fine, coarse, solution) else { return nil }
    let loosened =
      looseness > 0
      ? "\(solution.steps) steps instead of \(steps)"
      : fine.method?.step == nil ? "ten times the tolerance" : "twice the step"
    let remark =
      fine.method == nil
      ? "against half the resolution" : "at the end, against half the resolution and \(loosened)"
    return ErrorEstimate(
      relativeL2: distance, against: .coarser, referenceAccuracy: nil, remark: remark)
  }

  /// Half of the points; even numbers keep the transforms fast.
  private static func coarsePoints(_ points: Int) -> Int { max(8, points / 4 * 2) }

  private static func run(of fine: Simulation, looseness: Int) throws -> (Simulation, Solution) {
    let factor = Double(1 << looseness)
    var problem = fine.problem
    for axis in fine.recordLayout.axes {
      problem.discretization.points[axis.name] = coarsePoints(axis.coordinates.count)
    }
    if let step = problem.solver.step { problem.solver.step = 2 * factor * step }
    if let method = fine.method, let tolerance = method.tolerance {
      problem.solver.tolerance = min(0.1, pow(10, Double(looseness + 1)) * tolerance)
    }
    if let duration = problem.domain.time.map({ $0.upperBound - $0.lowerBound }) {
      problem.output.every = min(factor * (problem.output.every ?? duration), duration)
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
    return (coarse, try coarse.run())
  }

  /// ‖fine − coarse‖/‖fine‖ at the end, on the coarser grid.
  private static func distance(_ fine: Simulation, _ coarse: Simulation, _ solution: Solution) throws
    -> Double?
  {
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
    // Two solutions that vanish agree.
    return size > 0 ? (difference / size).squareRoot() : difference == 0 ? 0 : nil
  }
}
