import Geometry

/// The scalar equations of a problem, in order of the unknowns that they determine.
struct SystemAssembly {
  var names: ProblemLowering
  var scalars: [ScalarUnknown] = []
  var liftings: [Polynomial] = []
  var equations: [SplitEquation] = []
  /// For each equation the unknown that it determines, where that is known.
  var errors: [EquationError] = []
  var remarks: [String] = []

  private var dimension: Int { names.domain.dimension }

  /// Lowers, counts, splits and orders the equations; mistakes are collected in `errors`.
  init(_ problem: Problem) {
    names = ProblemLowering(problem)
    scalars = names.scalars
    liftings = names.liftings
    guard dimension <= Jet.maximumDimension, scalars.count <= Jet.maximumUnknowns / 2 else {
      errors = names.errors
      return
    }
    if problem.unknowns.isEmpty {
      names.errors.append(EquationError(.problem, "the problem has no unknowns"))
    }
    var residuals: [(sum: DifferentialSum, origin: Int)] = []
    for (index, equation) in problem.equations.enumerated() { residuals += residualParts(equation, index) }
    errors = names.errors
    guard errors.isEmpty else { return }
    checkCounts(residuals)
    guard errors.isEmpty else { return }
    do throws(EquationError) {
      try reduceTimeOrder(&residuals)
    } catch {
      errors.append(error)
      return
    }
    split(residuals)
    guard errors.isEmpty else { return }
    markEvolved()
    orderEquations()
  }

  private func name(_ unknown: Int) -> String { scalars[unknown].name }

  /// `left − right` of an equation in real components.
  private mutating func residualParts(_ equation: Equation, _ index: Int) -> [(
    sum: DifferentialSum, origin: Int
  )] {
    guard let left = names.tensor(equation.left, .equation(index)),
      let right = names.tensor(equation.right, .equation(index))
    else { return [] }
    do throws(EquationError) {
      let whole = Expression.sum([equation.left, -equation.right])
      let residual = try names.lowering.sum(left, right, scale: -1, whole)
      guard !residual.isZero else {
        throw EquationError(.equation(index), "the equation says nothing: its two sides are the same")
      }
      var parts: [(sum: DifferentialSum, origin: Int)] = []
      for component in residual.components {
        if !component.re.isZero || component.im.isZero { parts.append((component.re, index)) }
        if !component.im.isZero { parts.append((component.im, index)) }
      }
      if parts.contains(where: { !$0.sum.containsUnknown }) {
        throw EquationError(.equation(index), "the equation contains no unknown")
      }
      return parts
    } catch {
      names.errors.append(EquationError(.equation(index), error.message, hint: error.hint))
      return []
    }
  }

  private mutating func checkCounts(_ residuals: [(sum: DifferentialSum, origin: Int)]) {
    var used: Set<Int> = []
    for residual in residuals { used.formUnion(residual.sum.unknowns(dimension: dimension)) }
    for unknown in names.problem.unknowns
    where !scalars.indices.contains(where: { scalars[$0].origin == unknown.name && used.contains($0) }) {
      errors.append(
        EquationError(.unknown(unknown.name), "the unknown '\(unknown.name)' occurs in no equation"))
    }
    guard residuals.count != scalars.count else { return }
    func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let (equations, unknowns) = (names.problem.equations.count, names.problem.unknowns.count)
    let isComponentwise = residuals.count != equations || scalars.count != unknowns
    let detail =
      " (in components: \(plural(residuals.count, "equation")) for \(plural(scalars.count, "unknown")))"
    errors.append(
      EquationError(
        .problem,
        "\(plural(equations, "equation")) for \(plural(unknowns, "unknown"))"
          + (isComponentwise ? detail : "")))
  }

  /// Second derivatives in time become first ones of new unknowns `u_t`.
  private mutating func reduceTimeOrder(
    _ residuals: inout [(sum: DifferentialSum, origin: Int)]
  ) throws(EquationError) {
    var second: Set<Int> = []
    for residual in residuals {
      for jet in residual.sum.jets(dimension: dimension) {
        guard jet.timeOrder <= 2 else {
          throw EquationError(
            .equation(residual.origin),
            "time derivatives above order 2, such as that of '\(name(jet.unknown))', are not supported")
        }
        if jet.timeOrder == 2 { second.insert(jet.unknown) }
      }
    }
    var velocity: [Int: Int] = [:]
    for unknown in second.sorted() {
      velocity[unknown] = scalars.count
      var scalar = scalars[unknown]
      scalar.name += "_t"
      scalar.timeOrder = 1
      scalars.append(scalar)
      liftings.append(try names.lowering.totalDerivative(liftings[unknown], along: nil))
    }
    guard !velocity.isEmpty else { return }
    for index in residuals.indices {
      residuals[index].sum = try names.lowering.replacingJets(in: residuals[index].sum) { jet in
        guard jet.timeOrder > 0, let target = velocity[jet.unknown] else { return nil }
        return Jet(unknown: target, timeOrder: jet.timeOrder - 1, derivative: jet.derivative)
      }
    }
    for (unknown, target) in velocity.sorted(by: { $0.key < $1.key }) {
      let origin = residuals.first { $0.sum.unknowns(dimension: dimension).contains(target) }?.origin ?? 0
      let zero = MultiIndex.zero(dimension)
      equations.append(
        SplitEquation(
          mass: LinearForm([LinearForm.Key(unknown: unknown, derivative: zero): 1]),
          linear: LinearForm([LinearForm.Key(unknown: target, derivative: zero): 1]), origin: origin))
    }
  }

  private mutating func split(_ residuals: [(sum: DifferentialSum, origin: Int)]) {
    for residual in residuals {
      do throws(EquationError) {
        let sum = try names.lowering.withoutFieldDerivatives(residual.sum)
        let (scalars, dimension) = (scalars, dimension)
        equations.append(
          try SplitEquation(sum, origin: residual.origin, dimension: dimension) { scalars[$0].name })
      } catch {
        errors.append(EquationError(.equation(residual.origin), error.message, hint: error.hint))
      }
    }
  }

  private mutating func markEvolved() {
    for equation in equations {
      for key in equation.mass.coefficients.keys { scalars[key.unknown].isEvolved = true }
    }
    guard names.domain.time == nil, let evolved = scalars.first(where: { $0.isEvolved }) else { return }
    errors.append(
      EquationError(
        .unknown(evolved.origin), "'\(evolved.name)' has a time derivative, but the problem is steady",
        hint: "give the domain a time interval t"))
  }
}

extension DifferentialSum {
  /// Every jet of the sum.
  func jets(dimension: Int) -> Set<Jet> {
    var jets: Set<Jet> = []
    for polynomial in parts.values {
      for monomial in polynomial.coefficients.keys { jets.formUnion(monomial.jets(dimension: dimension)) }
    }
    return jets
  }

  func unknowns(dimension: Int) -> Set<Int> { Set(jets(dimension: dimension).map(\.unknown)) }

  var containsUnknown: Bool {
    parts.values.contains { $0.coefficients.keys.contains { $0.factors.contains { $0.base.containsInput } } }
  }
}

extension Lowering {
  /// The sum with jets replaced by others where the closure has an answer.
  mutating func replacingJets(
    in sum: DifferentialSum, _ replacement: (Jet) -> Jet?
  ) throws(EquationError) -> DifferentialSum {
    let dimension = dimension
    var result = DifferentialSum()
    for (index, polynomial) in sum.parts {
      let expression = polynomial.plainExpression.replacingLeaves { leaf in
        guard case .input(let code) = leaf else { return nil }
        return replacement(Jet(code: code, dimension: dimension))?.leaf
      }
      result.add(try self.polynomial(of: expression), under: index)
    }
    return result
  }

  /// The sum without derivatives of coefficient fields, which are not known on paper.
  ///
  /// `m ∂f` is rewritten as `∂(m f) − f ∂m`; throws where other factors depend on fields too.
  mutating func withoutFieldDerivatives(_ sum: DifferentialSum) throws(EquationError) -> DifferentialSum {
    var result = DifferentialSum()
    var pending = sum.parts.map { (index: $0.key, polynomial: $0.value) }
    while let (index, polynomial) = pending.popLast() {
      try spend(polynomial.coefficients.count)
      for (monomial, coefficient) in polynomial.coefficients {
        guard let position = monomial.factors.firstIndex(where: { $0.base.containsFieldDerivative }) else {
          var part = Polynomial()
          part.add(coefficient, monomial)
          result.add(part, under: index)
          continue
        }
        var rest = monomial
        let factor = rest.factors.remove(at: position)
        guard factor.exponent == 1, case .derivative(let inner, let name, let order) = factor.base,
          let axis = axes.firstIndex(of: name),
          !rest.factors.contains(where: { $0.base.containsFieldDerivative })
        else {
          throw EquationError(
            .problem, "derivatives of coefficient fields enter nonlinearly",
            hint: "write the equation with div(a*grad(u))")
        }
        let field = Polynomial(leaf: order == 1 ? inner : .derivative(inner, axis: name, order: order - 1))
        var outer = index
        outer.orders[axis] += 1
        let product = try product(field, Polynomial(rest)).scaled(by: coefficient)
        let varied = try totalDerivative(Polynomial(rest), along: axis)
        pending.append((index: outer, polynomial: product))
        pending.append((index: index, polynomial: try self.product(field, varied).scaled(by: -coefficient)))
      }
    }
    return result
  }
}

extension Expression {
  /// Whether a derivative of a coefficient field occurs.
  var containsFieldDerivative: Bool { contains { $0.isFieldDerivative } }
}
