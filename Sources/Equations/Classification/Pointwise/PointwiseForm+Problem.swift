import Geometry

extension PointwiseForm {
  /// Brings a problem into the form of relations at points.
  ///
  /// Coefficient fields that are given by a formula are inserted; random ones stay names.
  ///
  /// - Throws: all mistakes at once.
  public init(_ problem: Problem) throws(NormalFormErrors) {
    var assembly = PointwiseAssembly(problem)
    let equations = assembly.equations()
    let boundary = assembly.boundary()
    let initial = assembly.initial()
    let exact = assembly.exact()
    guard assembly.errors.isEmpty else { throw NormalFormErrors(assembly.errors) }
    self.init(
      domain: problem.domain, coordinates: assembly.coordinates, unknowns: assembly.names.scalars,
      derivatives: assembly.derivatives, equations: equations, boundary: boundary, initial: initial,
      extensions: Self.extensions(assembly.problem, count: assembly.names.scalars.count), exact: exact)
  }

  private static func extensions(_ problem: Problem, count: Int) -> [Expression?] {
    let none = Array(repeating: Expression?.none, count: count)
    guard problem.domain.isBox else { return none }
    let names = ProblemLowering(problem)
    guard names.errors.isEmpty, names.liftings.count == count else { return none }
    return names.liftings.map { $0.plainExpression.simplified() }
  }
}

/// A problem on its way to relations at points.
private struct PointwiseAssembly {
  let problem: Problem
  var names: ProblemLowering
  private(set) var derivatives: [PointwiseForm.Derivative] = []
  private var numbers: [PointwiseForm.Derivative: Int] = [:]
  private var ownErrors: [EquationError] = []

  var errors: [EquationError] { names.errors + ownErrors }
  private var hasTime: Bool { problem.domain.time != nil }
  var coordinates: [String] { problem.domain.axes.map(\.name) + (hasTime ? ["t"] : []) }

  init(_ given: Problem) {
    var problem = given
    // A network needs no way from milder parameters that it could not be given by the recipe.
    problem.solver.continuation = [:]
    for field in given.fields {
      guard case .expression(let expression) = field.function else { continue }
      problem.definitions.append(Definition(name: field.name, expression: expression))
    }
    problem.fields.removeAll { if case .expression = $0.function { true } else { false } }
    self.problem = problem
    names = ProblemLowering(problem, keepsFluxes: true)
    for axis in problem.domain.axes {
      let normal = PointwiseForm.normalComponent(axis.name)
      names.lowering.environment[normal] = Tensor(names.lowering.scalar(Polynomial(leaf: .symbol(normal))))
    }
  }

  mutating func equations() -> [PointwiseForm.Relation] {
    guard names.errors.isEmpty else { return [] }
    var relations: [PointwiseForm.Relation] = []
    for residual in names.residuals() {
      do throws(EquationError) {
        let value = try names.lowering.pointwise(residual.sum)
        relations.append(
          .init(
            expression: expression(value), origin: .equation(residual.origin),
            name: problem.equations[residual.origin].text))
      } catch {
        ownErrors.append(EquationError(.equation(residual.origin), error.message, hint: error.hint))
      }
    }
    return relations
  }

  /// A polynomial in jets as an expression of numbered derivatives.
  private mutating func expression(_ polynomial: Polynomial) -> Expression {
    let dimension = problem.domain.dimension
    let plain = polynomial.plainExpression
    var codes: [Int: Int] = [:]
    for code in plain.inputNumbers.sorted() {
      let jet = Jet(code: code, dimension: dimension)
      let derivative = PointwiseForm.Derivative(
        unknown: jet.unknown, orders: jet.derivative.orders + (hasTime ? [jet.timeOrder] : []))
      codes[code] = number(derivative)
    }
    return plain.replacingLeaves { leaf in
      guard case .input(let code) = leaf, let number = codes[code] else { return nil }
      return .input(number)
    }
  }

  private mutating func number(_ derivative: PointwiseForm.Derivative) -> Int {
    if let known = numbers[derivative] { return known }
    derivatives.append(derivative)
    numbers[derivative] = derivatives.count - 1
    return derivatives.count - 1
  }

  // MARK: Conditions

  mutating func boundary() -> [PointwiseForm.Condition] {
    var conditions: [PointwiseForm.Condition] = []
    for (index, condition) in problem.boundary.enumerated() {
      let name = condition.unknown
      let targets = names.scalars.indices.filter {
        names.scalars[$0].origin == name || names.scalars[$0].name == name
      }
      guard !targets.isEmpty else {
        let known = Set(names.scalars.flatMap { [$0.origin, $0.name] }).sorted()
        ownErrors.append(
          EquationError(
            .boundary(index), "'\(name)' is not an unknown and can have no boundary condition",
            hint: nearestName(to: name, in: known).map { "did you mean '\($0)'?" }))
        continue
      }
      if let clash = conditions.first(where: { $0.place == condition.place && targets.contains($0.unknown) })
      {
        ownErrors.append(
          EquationError(
            .boundary(index),
            "'\(names.scalars[clash.unknown].name)' has two conditions \(problem.domain.text(of: condition.place))"
          ))
        continue
      }
      do throws(EquationError) {
        conditions += try self.conditions(of: condition, index, targets)
      } catch {
        ownErrors.append(EquationError(.boundary(index), error.message, hint: error.hint))
      }
    }
    return conditions
  }

  private mutating func conditions(
    of condition: BoundaryCondition, _ index: Int, _ targets: [Int]
  ) throws(EquationError) -> [PointwiseForm.Condition] {
    let given = condition.kind == .robin ? normalsReplaced(condition.value) : condition.value
    let values = try names.pointwiseValues(
      try names.lowering.tensor(given), of: condition.unknown, targets)
    var result: [PointwiseForm.Condition] = []
    for (target, value) in zip(targets, values) {
      var relation = value
      if condition.kind != .robin {
        relation = try left(of: condition.kind, target)
        relation.add(value, scale: -1)
      }
      result.append(
        .init(
          place: condition.place, unknown: target, kind: condition.kind,
          value: condition.kind == .robin ? nil : value.plainExpression.simplified(),
          relation: .init(
            expression: expression(relation), origin: .boundary(index), name: names.scalars[target].name)))
    }
    return result
  }

  /// The unknown, or its derivative along the outward normal.
  private mutating func left(
    of kind: BoundaryCondition.Kind, _ target: Int
  ) throws(EquationError) -> Polynomial {
    let unknown = Expression.symbol(names.scalars[target].name)
    let left = kind == .dirichlet ? unknown : alongNormal(unknown)
    return try names.lowering.pointwise(
      try names.lowering.scalar(try names.lowering.tensor(left), "the left side of a condition").re)
  }

  /// The derivative of an expression along the outward normal.
  private func alongNormal(_ expression: Expression) -> Expression {
    .sum(
      problem.domain.axes.map {
        .product([
          .symbol(PointwiseForm.normalComponent($0.name)),
          .derivative(expression, axis: $0.name, order: 1),
        ])
      })
  }

  private func normalsReplaced(_ expression: Expression) -> Expression {
    if case .derivative(let inner, "n", 1) = expression { return alongNormal(normalsReplaced(inner)) }
    return expression.withChildren(expression.children.map(normalsReplaced))
  }

  /// The components of an expression of coordinates for an unknown, by the number of the scalar unknown; mistakes are collected.
  private mutating func values(
    of expression: Expression, for unknown: String, _ subject: EquationError.Subject
  ) -> [(unknown: Int, value: Expression)] {
    let targets = names.scalars.indices.filter {
      names.scalars[$0].origin == unknown || names.scalars[$0].name == unknown
    }
    guard !targets.isEmpty else { return [] }
    do throws(EquationError) {
      let values = try names.pointwiseValues(try names.lowering.tensor(expression), of: unknown, targets)
      return zip(targets, values).map { ($0, $1.plainExpression.simplified()) }
    } catch {
      ownErrors.append(EquationError(subject, error.message, hint: error.hint))
      return []
    }
  }

  mutating func exact() -> [Expression?] {
    var exact: [Expression?] = names.scalars.map { _ in nil }
    guard errors.isEmpty else { return exact }
    for definition in problem.exact {
      for (unknown, value) in values(
        of: definition.expression, for: definition.name, .unknown(definition.name))
      {
        exact[unknown] = value
      }
    }
    return exact
  }

  mutating func initial() -> [PointwiseForm.Initial] {
    guard hasTime, errors.isEmpty else { return [] }
    var result: [PointwiseForm.Initial] = []
    for given in problem.initial {
      let subject = EquationError.Subject.initial(given.unknown)
      guard case .expression(let expression) = given.function else {
        ownErrors.append(
          EquationError(
            subject, "a random initial value is not one function that a network could be trained on",
            hint: "give a formula, or train an operator on samples"))
        continue
      }
      for (target, value) in values(of: expression, for: given.unknown, subject) {
        result.append(.init(unknown: target, timeOrder: given.timeOrder, value: value, origin: subject))
      }
    }
    return result
  }
}
