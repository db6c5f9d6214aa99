import Geometry

extension PointwiseAssembly {
  // MARK: What is to be found

  /// The coefficients that are scalar unknowns, with their first guesses.
  mutating func unknownFields() -> [PointwiseForm.UnknownField] {
    guard errors.isEmpty else { return [] }
    var fields: [PointwiseForm.UnknownField] = []
    for field in unknownCoefficients {
      let subject = EquationError.Subject.definition(field.name)
      guard case .expression(let initial) = field.function else {
        ownErrors.append(EquationError(subject, "the first guess of '\(field.name)' cannot be random"))
        continue
      }
      if problem.data.isEmpty { reportMissingData(for: field.name) }
      fields += values(of: initial, for: field.name, subject).map {
        .init(unknown: $0.unknown, initial: $0.value)
      }
    }
    return fields
  }

  /// The parameters that are symbols of relations.
  mutating func unknownParameters(in relations: [PointwiseForm.Relation]) -> [PointwiseForm.UnknownParameter]
  {
    guard errors.isEmpty else { return [] }
    let used = relations.reduce(into: Set<String>()) { $0.formUnion($1.expression.freeSymbols) }
    let exact = exactParameters
    return problem.unknownParameters.map { parameter in
      if !used.contains(parameter.name) {
        ownErrors.append(
          EquationError(
            .definition(parameter.name),
            "the unknown parameter '\(parameter.name)' occurs in no equation or condition"))
      } else if problem.data.isEmpty {
        reportMissingData(for: parameter.name)
      }
      return .init(
        name: parameter.name, initial: parameter.value, exact: exact[parameter.name], unit: parameter.unit)
    }
  }

  private mutating func reportMissingData(for name: String) {
    ownErrors.append(
      EquationError(
        .definition(name), "'\(name)' is to be found from data, and there are none",
        hint: "give them under 'data', such as {file: sensors.csv, columns: {x: x, u: u}}"))
  }

  /// The numbers that unknown parameters are known to be, by name.
  private var exactParameters: [String: Double] {
    let known = Dictionary(
      problem.parameters.filter { !$0.isUnknown }.map { ($0.name, $0.value) },
      uniquingKeysWith: { first, _ in first })
    let unknown = Set(problem.unknownParameters.map(\.name))
    return problem.exact.reduce(into: [:]) { values, definition in
      guard unknown.contains(definition.name) else { return }
      values[definition.name] = try? definition.expression.value(known)
    }
  }

  /// An expression with exact values in the place of unknown parameters; a parameter without one is a mistake.
  private mutating func withExactParameters(
    _ expression: Expression, _ what: String, _ subject: EquationError.Subject
  ) -> Expression {
    let exact = exactParameters
    let result = expression.substituting(exact.mapValues { .number($0) }).simplified()
    let missing = result.freeSymbols.intersection(problem.unknownParameters.map(\.name)).sorted()
    if let name = missing.first {
      ownErrors.append(
        EquationError(
          subject, "\(what) depends on '\(name)', which is unknown",
          hint: "give its true value under 'exact', such as exact: {\(name): 1}"))
    }
    return result
  }

  // MARK: Exact solution

  mutating func exact() -> [Expression?] {
    var exact: [Expression?] = names.scalars.map { _ in nil }
    guard errors.isEmpty else { return exact }
    let parameters = Set(problem.unknownParameters.map(\.name))
    for definition in problem.exact {
      let subject = EquationError.Subject.exact(definition.name)
      guard !parameters.contains(definition.name) else {
        if exactParameters[definition.name] == nil {
          ownErrors.append(
            EquationError(subject, "the exact value of the parameter '\(definition.name)' must be a number"))
        }
        continue
      }
      for (unknown, value) in values(of: definition.expression, for: definition.name, subject) {
        exact[unknown] = withExactParameters(value, "the exact solution", subject)
      }
    }
    return exact
  }

  // MARK: Data

  mutating func data() -> [PointwiseForm.Measurements] {
    guard errors.isEmpty else { return [] }
    return problem.data.map { data in
      PointwiseForm.Measurements(
        relations: relations(of: data), source: lowered(data.source), noise: data.noise)
    }
  }

  private mutating func relations(of data: MeasuredData) -> [PointwiseForm.Relation] {
    var relations: [PointwiseForm.Relation] = []
    for (number, quantity) in data.quantities.enumerated() {
      let subject = EquationError.Subject.section("data")
      do throws(EquationError) {
        let what = "the measured quantity '\(quantity.name)'"
        let value = try names.lowering.scalar(try names.lowering.tensor(quantity.expression), what)
        guard value.im.isZero else {
          throw EquationError(
            subject, "\(what) is complex, and data are real", hint: "measure its parts: re(h) and im(h)")
        }
        var relation = try names.lowering.pointwise(value.re)
        guard !relation.expressionInputs.isEmpty else {
          throw EquationError(subject, "\(what) contains no unknown")
        }
        relation.add(
          -1, Monomial(factors: [.init(base: .symbol(PointwiseForm.measuredValue(number)), exponent: 1)]))
        relations.append(.init(expression: expression(relation), origin: subject, name: quantity.name))
      } catch {
        ownErrors.append(EquationError(subject, error.message, hint: error.hint))
      }
    }
    return relations
  }

  /// A source whose formulas have coordinates alone.
  private mutating func lowered(_ source: MeasuredData.Source) -> MeasuredData.Source {
    guard case .formulas(let formulas, let points, let seed) = source else { return source }
    let subject = EquationError.Subject.section("data")
    var result: [Expression] = []
    for formula in formulas {
      do throws(EquationError) {
        let value = try names.lowering.pointwise(
          try names.lowering.scalar(try names.lowering.tensor(formula), "the formula of data").re)
        guard value.expressionInputs.isEmpty else {
          throw EquationError(subject, "the formula of data contains an unknown")
        }
        result.append(withExactParameters(value.plainExpression.simplified(), "the formula of data", subject))
      } catch {
        ownErrors.append(EquationError(subject, error.message, hint: error.hint))
      }
    }
    return .formulas(result, points: points, seed: seed)
  }
}

extension Polynomial {
  /// The numbers of the jets that occur.
  fileprivate var expressionInputs: Set<Int> {
    coefficients.keys.reduce(into: []) { found, monomial in
      for factor in monomial.factors { found.formUnion(factor.base.inputs) }
    }
  }
}
