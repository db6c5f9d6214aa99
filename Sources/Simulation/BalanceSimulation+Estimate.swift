import Arrays
import Equations
import Geometry

#if canImport(Glibc)
  import Glibc
#endif

extension BalanceSimulation {
  /// The distance at the end to a run at half the resolution and a looser step, integrated over the coarser one's cells
  /// or elements; `nil` where there is no such run.
  ///
  /// Where the looser step changes nothing, because few steps lie between two records, records are made further apart too:
  /// with the same steps the error in time would not show.
  func estimateByCoarserRun(steps: Int) throws -> ErrorEstimate? {
    guard let finalState else { return nil }
    var coarser = problem
    coarser.discretization = problem.coarserDiscretization(recordLayout)
    // A run that fails, as where nothing is left of a coarse mesh, tells no error.
    guard var (coarse, solution) = (try? coarseRun(coarser, looseness: 0)) ?? nil else { return nil }
    if !isCoarser(coarse) {
      // A mesh that does not get coarser, such as one from a file, may still have simpler elements.
      guard kind == .finiteElement, problem.discretization.element == .quadratic,
        problem.discretization.elements.isEmpty
      else { return nil }
      coarser.discretization.element = .linear
      guard let simpler = (try? coarseRun(coarser, looseness: 0)) ?? nil, isCoarser(simpler.0) else {
        return nil
      }
      (coarse, solution) = simpler
    }
    for looseness in 1..<5 where method != nil && 10 * solution.steps > 9 * steps {
      guard let looser = (try? coarseRun(coarser, looseness: looseness)) ?? nil else { break }
      (coarse, solution) = looser
    }
    // A single step cannot be made longer, and with the same steps the error in time would not show.
    guard method == nil || 10 * solution.steps <= 9 * steps else { return nil }
    guard let coarseState = coarse.finalState else { return nil }
    // Integrated over coarse cells or elements: at nodes alone the two may agree better than they are right.
    let (points, weights) = try coarse.quadratureCoordinates()
    var (difference, size) = (0.0, 0.0)
    for unknown in form.unknowns.indices {
      let fine = discretization.values(ofUnknown: unknown, finalState, at: points)
      let other = coarse.discretization.values(ofUnknown: unknown, coarseState, at: points)
      for (number, (a, b)) in zip(fine, other).enumerated() where a.isFinite && b.isFinite {
        difference += weights.baseAddress[number] * (a - b) * (a - b)
        size += weights.baseAddress[number] * a * a
      }
    }
    guard size > 0 || difference == 0 else { return nil }
    return ErrorEstimate(
      relativeL2: size > 0 ? (difference / size).squareRoot() : 0, against: .coarser, referenceAccuracy: nil,
      remark: method == nil
        ? "against half the resolution"
        : "at the end, against half the resolution and \(solution.steps) steps instead of \(steps)")
  }

  /// A run at another resolution, with steps that are longer by a factor of two or more; `nil` if it does not end.
  private func coarseRun(_ coarser: Problem, looseness: Int) throws -> (BalanceSimulation, Solution)? {
    var problem = coarser
    let factor = Double(1 << looseness)
    if let step = problem.solver.step { problem.solver.step = 2 * factor * step }
    if let tolerance = method?.tolerance {
      problem.solver.tolerance = min(0.1, pow(10, Double(looseness + 1)) * tolerance)
    }
    if let time = problem.domain.time {
      let duration = time.upperBound - time.lowerBound
      problem.output.every = min(factor * times.interval, duration)
    }
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
    let solution = try coarse.run()
    guard case .completed = solution.outcome else { return nil }
    return (coarse, solution)
  }

  /// Whether a run has notably fewer numbers than this one.
  private func isCoarser(_ other: BalanceSimulation) -> Bool {
    let (count, own) = (other.discretization.freeCount, discretization.freeCount)
    return count < own && Double(count) <= 0.9 * Double(own)
  }

  /// The points of integrals, an array of shape (count, dimension), and their weights.
  private func quadratureCoordinates() throws -> (NDArray<Double>, AlignedStorage<Double>) {
    let points = discretization.quadraturePoints
    let axes = problem.domain.axes.map(\.name)
    let columns = try axes.map { try points.functions.values(of: .symbol($0)) }
    let places = NDArray(shape: [points.functions.count, axes.count]) {
      columns[$0 % axes.count].baseAddress[$0 / axes.count]
    }
    return (places, points.weights)
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
