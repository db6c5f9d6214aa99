import Geometry

extension PointwiseAssembly {
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
        relation = try left(of: condition, target)
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

  /// The unknown, its derivative along the outward normal, or the flux that a coefficient which varies makes of that.
  private mutating func left(
    of condition: BoundaryCondition, _ target: Int
  ) throws(EquationError) -> Polynomial {
    if condition.kind == .neumann, let flux = diffusiveFlux(of: target, at: condition.place) { return flux }
    let unknown = Expression.symbol(names.scalars[target].name)
    let left = condition.kind == .dirichlet ? unknown : alongNormal(unknown)
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

  /// Functions that have the Dirichlet values of all faces of a box.
  func extensions() -> [Expression?] {
    let none = Array(repeating: Expression?.none, count: names.scalars.count)
    guard problem.domain.isBox, problem.domain.dimension <= Self.extendedDimension else { return none }
    var complete = problem
    // What has no conditions, as coefficients may not, is not to stand in the way of what has.
    let conditioned = Set(problem.boundary.map(\.unknown))
    for scalar in names.scalars where conditioned.isDisjoint(with: [scalar.origin, scalar.name]) {
      complete.boundary += problem.domain.boundedFaces.map {
        BoundaryCondition(face: $0, unknown: scalar.name, kind: .dirichlet, value: .zero)
      }
    }
    let lifted = ProblemLowering(complete)
    guard lifted.errors.isEmpty, lifted.liftings.count == none.count else { return none }
    return lifted.liftings.map { $0.plainExpression.simplified() }
  }

  /// The most dimensions in which extensions are looked for: they blend the values of all faces, edges and corners.
  private static var extendedDimension: Int { 5 }
}

extension Domain {
  /// Both ends of every axis that is not periodic.
  fileprivate var boundedFaces: [Face] {
    axes.indices.filter { !axes[$0].isPeriodic }.flatMap { axis in
      Side.allCases.map { Face(axis: axis, side: $0) }
    }
  }
}
