import Equations
import Geometry

extension ProblemReading {
  /// The form that the problem is discretised in, with its mistakes and those of the initial data at their places.
  func classified() -> Formulation? {
    let formulation: Formulation
    do {
      formulation = try Formulation(problem)
    } catch {
      for error in error.errors { report(error) }
      return nil
    }
    if problem.domain.time != nil {
      checkInitialValues(formulation.unknownsOfFirstTime)
      reportIfGiven(["solver", "continuation"], "only steady problems are continued in a parameter")
    } else if case .pointwise = formulation {
      reportIfGiven(
        ["initial"], "a first guess is of no use: networks begin with random weights",
        hint: "an evolution needs 't' under 'domain'")
    } else if !formulation.isNewtons {
      let isLinear = "this problem is steady and linear"
      reportIfGiven(
        ["initial"], "a first guess is of no use: \(isLinear)", hint: "an evolution needs 't' under 'domain'")
      reportIfGiven(["solver", "continuation"], "there is nothing to continue: \(isLinear)")
    }
    warnOfKeysWithoutEffect(formulation)
    return formulation
  }

  /// Wishes that the discretisation at hand has no use for.
  private func warnOfKeysWithoutEffect(_ formulation: Formulation) {
    let keys: (discretization: [String], solver: [String], method: DiscretizationChoice.Method) =
      switch formulation {
      case .normal:
        (
          ["average", "convection", "elements", "size", "refine"],
          ["linear", "preconditioner", "linearTolerance"], .spectral
        )
      case .fluxes(_, .finiteVolume):
        (["dealiasing", "symbol", "elements", "size", "refine"], [], .finiteVolume)
      case .fluxes: (["dealiasing", "symbol", "average", "convection"], [], .finiteElement)
      case .pointwise:
        (
          entries("discretization").map(\.key).filter { $0 != "method" },
          entries("solver").map(\.key).filter { $0 != "seed" }, .collocation
        )
      }
    let reason =
      keys.method == .collocation
      ? "the problem is left to networks at points"
      : "the problem is solved by the \(keys.method.rawValue) method"
    for (section, names) in [("discretization", keys.discretization), ("solver", keys.solver)] {
      for entry in entries(section) where names.contains(entry.key) {
        findings.warning(
          entry.place, "'\(entry.key)' has no effect: \(reason)", key: "\(section).\(entry.key)")
      }
    }
  }

  /// A mistake that shows only in the whole problem.
  private func report(_ error: EquationError) {
    let (place, key, isExact) = places.place(of: error.subject)
    if isExact {
      findings.error(place, error.message, hint: error.hint, key: key)
    } else {
      findings.missing(place, error.message, hint: error.hint)
    }
  }

  /// Reports something that the problem as a whole has no use for.
  private func reportIfGiven(_ path: [String], _ message: String, hint: String? = nil) {
    var node = root
    var place = root.place
    for key in path {
      guard let entry = node.entries?.first(where: { $0.key == key }) else { return }
      (node, place) = (entry.value, entry.place)
    }
    if node.entries?.isEmpty == false {
      findings.error(place, message, hint: hint, key: path.joined(separator: "."))
    }
  }

  // MARK: Initial values

  private func checkInitialValues(_ unknowns: [ScalarUnknown]) {
    var evolved: Set<String> = []
    for scalar in unknowns where scalar.isEvolved {
      evolved.insert(Self.initialKey(scalar.origin, scalar.timeOrder))
    }
    let given = Set(problem.initial.map(\.key))
    for unknown in problem.unknowns {
      for order in 0...1 {
        let key = Self.initialKey(unknown.name, order)
        // Data may stand for what is not known of the beginning.
        guard evolved.contains(key), !given.contains(key), problem.data.isEmpty || !problem.isInverse else {
          continue
        }
        findings.missing(
          places.sections["initial"] ?? places.unknowns[unknown.name] ?? places.root,
          "the initial value of '\(key)' is missing",
          hint: "add '\(key): …' under 'initial'", key: "initial")
      }
    }
    for value in problem.initial {
      let key = value.key
      guard let place = places.initial[key] else { continue }
      if !evolved.contains(key) {
        let reason =
          value.timeOrder == 1
          ? "no equation has the second time derivative of '\(value.unknown)'"
          : "the equations determine '\(key)' without one: none has its time derivative"
        findings.error(place, "'\(key)' cannot have an initial value", hint: reason, key: "initial.\(key)")
      } else {
        checkPeriodicity(value, key: key, place: place)
      }
    }
  }

  private static func initialKey(_ unknown: String, _ order: Int) -> String {
    order == 0 ? unknown : "dt(\(unknown))"
  }

  // MARK: Periodic data

  /// Looks for a jump between the two ends of a periodic axis, at several points.
  ///
  /// Such data converge too slowly to be meant so. Functions that cannot be evaluated here are left alone.
  private func checkPeriodicity(_ value: InitialValue, key: String, place: Place) {
    // Whoever asks for a projection knows of the jump.
    guard !value.isProjected, case .expression(let whole) = value.function else { return }
    var components = [whole]
    if case .vector(let parts) = whole { components = parts }
    for component in components {
      for part in [\ComplexValue.re, \ComplexValue.im] {
        for axis in problem.domain.axes where axis.isPeriodic {
          guard let (lower, upper) = jump(of: component, part, across: axis) else { continue }
          findings.error(
            place,
            "\(key)'s initial value is not periodic in \(axis.name): \(rounded(lower)) at \(axis.name) = "
              + "\(rounded(axis.lower)) but \(rounded(upper)) at \(axis.name) = \(rounded(axis.upper))",
            hint: "change the value, or make the axis bounded and give boundary conditions",
            key: "initial.\(key)")
          return
        }
      }
    }
  }

  /// The values at the two ends of an axis, at a point where they differ by more than rounding.
  private func jump(
    of expression: Expression, _ part: KeyPath<ComplexValue, Double>, across axis: Axis
  ) -> (Double, Double)? {
    var jump: (lower: Double, upper: Double)?
    var scale = 0.0
    for offset in [0.5, 0.1381966, 0.7320508, 0.9142136] {
      var point: [String: Double] = [:]
      for (number, other) in problem.domain.axes.enumerated() {
        let fraction = (offset + 0.2360680 * Double(number)).truncatingRemainder(dividingBy: 1)
        point[other.name] = other.lower + fraction * other.length
      }
      for step in 0...16 {
        point[axis.name] = axis.lower + axis.length * Double(step) / 16
        if let value = sample(expression, point)?[keyPath: part], value.isFinite {
          scale = max(scale, abs(value))
        }
      }
      point[axis.name] = axis.lower
      let lower = sample(expression, point)?[keyPath: part]
      point[axis.name] = axis.upper
      guard let lower, let upper = sample(expression, point)?[keyPath: part], lower.isFinite, upper.isFinite
      else {
        return nil
      }
      if abs(upper - lower) > abs((jump?.upper ?? 0) - (jump?.lower ?? 0)) { jump = (lower, upper) }
    }
    guard let jump, abs(jump.upper - jump.lower) > 1e-8 * scale else { return nil }
    return (jump.lower, jump.upper)
  }

  /// The value at a point (the middle of the domain where nothing is said), or `nil` if it has none.
  private func sample(_ expression: Expression, _ point: [String: Double]) -> ComplexValue? {
    var bindings = numbers.bindings
    for axis in problem.domain.axes { bindings[axis.name] = (axis.lower + axis.upper) / 2 }
    bindings.merge(point) { $1 }
    for definition in problem.definitions where scopes.steadyDefinitions.contains(definition.name) {
      bindings[definition.name] = try? definition.expression.value(bindings)
    }
    return expression.complexValue(bindings)
  }

  private func rounded(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return plain(value) }
    if abs(value) < 1e-15 { return "0" }
    var scale = 1.0
    while abs(value) * scale < 1e5, scale < 1e20 { scale *= 10 }
    while abs(value) * scale >= 1e6, scale > 1e-20 { scale /= 10 }
    return plain((value * scale).rounded() / scale)
  }
}

extension Formulation {
  /// Scalar unknowns for which initial values may be asked; one for the rate too where equations have the second derivative.
  fileprivate var unknownsOfFirstTime: [ScalarUnknown] {
    guard case .pointwise(let form) = self else { return unknowns }
    return form.unknowns.enumerated().flatMap { number, unknown in
      (0..<form.timeOrder(of: number)).map { order in
        var scalar = unknown
        scalar.timeOrder = order
        return scalar
      }
    }
  }
}
