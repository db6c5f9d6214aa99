import Arrays
import Equations
import Geometry

extension BalanceSimulation {
  /// The distance at the end to a run at half the resolution and a looser step, at the coarser one's points.
  func estimateByCoarserRun() throws -> ErrorEstimate? {
    guard let finalState else { return nil }
    var problem = problem
    problem.discretization = problem.coarserDiscretization(recordLayout)
    if let step = problem.solver.step { problem.solver.step = 2 * step }
    if let tolerance = method?.tolerance { problem.solver.tolerance = min(0.1, 10 * tolerance) }
    problem.quantities = []
    problem.budgets = []
    problem.output.fields = []
    var options = options
    options.estimatesErrorByCoarserRun = false
    options.keepsAllRecords = false
    options.checkpointPath = nil
    options.progress = { _ in }
    options.makeLinearSolver = nil
    let coarse = try BalanceSimulation(problem, form, kind, options: options)
    guard case .completed = try coarse.run().outcome, let coarseState = coarse.finalState else { return nil }
    let points = try coarse.outputCoordinates()
    var (difference, size) = (0.0, 0.0)
    for unknown in form.unknowns.indices {
      let fine = discretization.values(ofUnknown: unknown, finalState, at: points)
      let other = coarse.discretization.values(ofUnknown: unknown, coarseState, at: points)
      for (a, b) in zip(fine, other) where a.isFinite && b.isFinite {
        difference += (a - b) * (a - b)
        size += a * a
      }
    }
    guard size > 0 || difference == 0 else { return nil }
    return ErrorEstimate(
      relativeL2: size > 0 ? (difference / size).squareRoot() : 0, against: .coarser, referenceAccuracy: nil,
      remark: method == nil
        ? "against half the resolution"
        : "at the end, against half the resolution and \(method?.step == nil ? "ten times the tolerance" : "twice the step")"
    )
  }

  /// The points of records, an array of shape (count, dimension).
  private func outputCoordinates() throws -> NDArray<Double> {
    let functions = try discretization.outputPoints()
    let axes = problem.domain.axes.map(\.name)
    let columns = try axes.map { try functions.values(of: .symbol($0)) }
    return NDArray(shape: [functions.count, axes.count]) {
      columns[$0 % axes.count].baseAddress[$0 / axes.count]
    }
  }
}

extension Problem {
  /// Half the resolution.
  fileprivate func coarserDiscretization(_ layout: RecordLayout) -> DiscretizationChoice {
    var coarse = discretization
    for axis in layout.axes { coarse.points[axis.name] = max(4, axis.coordinates.count / 2) }
    guard layout.axes.isEmpty else { return coarse }
    coarse.size = 2 * (discretization.size ?? domain.defaultElementSize)
    for (name, points) in coarse.points { coarse.points[name] = max(2, points / 2) }
    coarse.refinements = coarse.refinements.map { refinement in
      if case .part(let name, let size) = refinement { .part(name, size: 2 * size) } else { refinement }
    }
    return coarse
  }
}
