import Arrays
import Equations
import Exchange
import Geometry

/// Compares states on cells or elements with an exact solution, in the norm of L², or with a reference's points.
struct BalanceComparison {
  private enum Source {
    case none
    case exact([(unknown: Int, evaluator: PointEvaluator)])
    case reference(ReferenceFile)
  }
  private let source: Source
  private let discretization: any BalanceDiscretization
  private let form: FluxForm
  private var difference = 0.0
  private var size = 0.0
  private var count = 0
  /// Points of the reference that lie outside of the mesh.
  private var missed = 0

  init(
    _ problem: Problem, _ form: FluxForm, _ discretization: any BalanceDiscretization,
    options: SimulationOptions, times: RecordTimes
  ) throws {
    self.discretization = discretization
    self.form = form
    if !problem.exact.isEmpty {
      var parts: [(Int, PointEvaluator)] = []
      for exact in problem.exact {
        guard let unknown = problem.unknowns.first(where: { $0.name == exact.name }) else { continue }
        let scalars = form.unknowns.indices.filter { form.unknowns[$0].origin == exact.name }
        let components = try form.components(of: exact.expression, in: problem, for: unknown)
        for (scalar, component) in zip(scalars, components) {
          let expression = try form.inputExpression(of: component, about: exact.name)
          parts.append(
            (
              scalar,
              try PointEvaluator(
                [expression], inputCount: form.inputCount,
                functions: discretization.quadraturePoints.functions)
            ))
        }
      }
      source = .exact(parts)
    } else if let reference = problem.reference {
      let unknowns = form.unknowns.enumerated().map { (number: $0, name: $1.name) }
      let file = try ReferenceFile(
        problem, reference, unknowns: unknowns, options: options, recordTimes: times)
      let found = discretization.values(
        ofUnknown: 0, StateVector(count: discretization.count), at: file.points)
      guard found.contains(where: { !$0.isNaN }) else {
        throw SimulationError.unsupported(
          "no point of \(file.file) lies in the domain", about: .section("reference"))
      }
      source = .reference(file)
    } else {
      source = .none
    }
  }

  mutating func add(_ state: StateVector, time: Double) {
    switch source {
    case .none: return
    case .exact(let parts):
      let inputs = discretization.quadratureInputs(state, time: time)
      let weights = discretization.quadraturePoints.weights
      for (unknown, evaluator) in parts {
        evaluator.evaluate(inputs: inputs, time: time)
        let (exact, own) = (evaluator.results[0].baseAddress, inputs[form.input(unknown)].baseAddress)
        for i in 0..<weights.count {
          let d = own[i] - exact[i]
          difference += weights.baseAddress[i] * d * d
          size += weights.baseAddress[i] * exact[i] * exact[i]
        }
      }
    case .reference(let reference):
      let points = reference.points
      let compared = reference.sums(at: time) { unknown in
        NDArray(shape: [points.shape[0]], discretization.values(ofUnknown: unknown, state, at: points))
      }
      guard let sums = compared else { return }
      missed = sums.missed
      difference += sums.difference
      size += sums.size
    }
    count += 1
  }

  var sums: [Double] { [difference, size, Double(count)] }

  mutating func restore(_ sums: [Double]) {
    guard sums.count == 3 else { return }
    (difference, size, count) = (sums[0], sums[1], Int(sums[2]))
  }

  /// The relative L2 error so far; `nil` where nothing was compared.
  var estimate: ErrorEstimate? {
    guard count > 0 else { return nil }
    let error = (difference / max(size, 1e-300)).squareRoot()
    switch source {
    case .none: return nil
    case .exact:
      return ErrorEstimate(
        relativeL2: error, against: .exact, referenceAccuracy: nil,
        remark: "over \(count) record\(count == 1 ? "" : "s"), against the exact solution of the problem file"
      )
    case .reference(let reference):
      return ErrorEstimate(
        relativeL2: error, against: .reference, referenceAccuracy: reference.accuracy,
        remark: "over \(reference.pointCount - missed) points of \(reference.file)"
          + (missed > 0 ? ", \(missed) more lie outside of the mesh" : ""))
    }
  }
}
