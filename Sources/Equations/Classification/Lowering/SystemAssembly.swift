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
    var residuals = names.residuals()
    errors = names.errors
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

  /// Second derivatives in time become first ones of new unknowns `u_t`.
  private mutating func reduceTimeOrder(
    _ residuals: inout [Residual]
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

  private mutating func split(_ residuals: [Residual]) {
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
