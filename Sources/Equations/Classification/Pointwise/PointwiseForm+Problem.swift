import Geometry

extension PointwiseForm {
  /// Brings a problem into the form of relations at points.
  ///
  /// Coefficient fields that are given by a formula are inserted; random ones stay names. Unknown parameters stay symbols, and
  /// unknown fields become scalar unknowns after those of the problem.
  ///
  /// - Throws: all mistakes at once.
  public init(_ problem: Problem) throws(NormalFormErrors) {
    if let file = problem.domain.meshFile {
      throw NormalFormErrors([
        EquationError(
          .section("domain.mesh"), "points cannot be drawn in the mesh '\(file)'",
          hint: "networks at points need the domain as a 'geometry' or as axes")
      ])
    }
    var assembly = PointwiseAssembly(problem)
    let equations = assembly.equations()
    let boundary = assembly.boundary()
    let initial = assembly.initial()
    let exact = assembly.exact()
    let fields = assembly.unknownFields()
    let data = assembly.data()
    let parameters = assembly.unknownParameters(
      in: equations + boundary.map(\.relation) + data.flatMap(\.relations))
    guard assembly.errors.isEmpty else { throw NormalFormErrors(assembly.errors) }
    self.init(
      domain: problem.domain, coordinates: assembly.coordinates, unknowns: assembly.names.scalars,
      derivatives: assembly.derivatives, equations: equations, boundary: boundary, initial: initial,
      extensions: assembly.extensions(), exact: exact, parameters: parameters, fields: fields, data: data)
    for unknown in unknowns.indices where timeOrder(of: unknown) > 0 { unknowns[unknown].isEvolved = true }
  }
}

/// A problem on its way to relations at points.
struct PointwiseAssembly {
  /// With known fields as definitions, and unknown ones as unknowns.
  let problem: Problem
  /// The coefficients that are to be found.
  let unknownCoefficients: [CoefficientField]
  var names: ProblemLowering
  private(set) var derivatives: [PointwiseForm.Derivative] = []
  private var numbers: [PointwiseForm.Derivative: Int] = [:]
  var ownErrors: [EquationError] = []
  /// The equations in components.
  private(set) var residuals: [Residual] = []
  /// What Neumann conditions are about, by scalar unknown; see `diffusiveFlux`.
  var fluxes: [DiffusiveFlux?]?

  var errors: [EquationError] { names.errors + ownErrors }
  var hasTime: Bool { problem.domain.time != nil }
  var coordinates: [String] { problem.domain.axes.map(\.name) + (hasTime ? ["t"] : []) }

  init(_ given: Problem) {
    var problem = given
    // A network needs no way from milder parameters that it could not be given by the recipe.
    problem.solver.continuation = [:]
    for field in given.fields where !field.isUnknown {
      guard case .expression(let expression) = field.function else { continue }
      problem.definitions.append(Definition(name: field.name, expression: expression))
    }
    unknownCoefficients = given.fields.filter(\.isUnknown)
    problem.unknowns += unknownCoefficients.map { Unknown(name: $0.name) }
    problem.fields.removeAll { field in
      if field.isUnknown { return true }
      return if case .expression = field.function { true } else { false }
    }
    self.problem = problem
    names = ProblemLowering(problem, keepsFluxes: true, maximumDimension: Jet.maximumListedDimension)
    names.undetermined = unknownCoefficients.count
    for axis in problem.domain.axes {
      let normal = PointwiseForm.normalComponent(axis.name)
      names.lowering.environment[normal] = Tensor(names.lowering.scalar(Polynomial(leaf: .symbol(normal))))
    }
  }

  mutating func equations() -> [PointwiseForm.Relation] {
    guard names.errors.isEmpty else { return [] }
    var relations: [PointwiseForm.Relation] = []
    residuals = names.residuals()
    for residual in residuals {
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
    return relations + steadinessOfFields()
  }

  /// Coefficients are functions of space.
  private mutating func steadinessOfFields() -> [PointwiseForm.Relation] {
    guard hasTime else { return [] }
    return names.scalars.indices.filter(isCoefficient).map { unknown in
      let orders = problem.domain.axes.map { _ in 0 } + [1]
      let name = names.scalars[unknown].name
      return PointwiseForm.Relation(
        expression: .input(number(.init(unknown: unknown, orders: orders))), origin: .definition(name),
        name: "dt(\(name)) = 0")
    }
  }

  /// Whether a scalar unknown is a coefficient that is to be found.
  func isCoefficient(_ unknown: Int) -> Bool {
    unknownCoefficients.contains { $0.name == names.scalars[unknown].origin }
  }

  /// A polynomial in jets as an expression of numbered derivatives.
  mutating func expression(_ polynomial: Polynomial) -> Expression {
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

  /// The components of an expression of coordinates for an unknown, by the number of the scalar unknown; mistakes are collected.
  mutating func values(
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
}
