import Equations
import Geometry

/// An expression of a flux form that is evaluated in every cell, and its derivatives by the unknowns.
struct CellFunction {
  /// Position among the evaluated expressions.
  var value: Int
  /// By input number.
  var derivatives: [(input: Int, position: Int)]
}

/// A flux form sorted for two-point fluxes: per equation and axis `Σ_j K_j ∂u_j + G`, and a source.
struct FiniteVolumeTerms {
  struct Diffusion {
    var equation: Int
    var axis: Int
    var unknown: Int
    var coefficient: CellFunction
  }
  struct Convection {
    var equation: Int
    var axis: Int
    var expression: Expression
    var flux: CellFunction
    /// The derivative of the flux by the balance's own unknown, where it depends on that.
    var speed: CellFunction?
  }
  struct Source {
    var equation: Int
    var value: CellFunction
    /// The derivatives by the derivatives of the balance's own unknown: what carries it along an axis.
    var speeds: [(axis: Int, value: CellFunction)]
  }
  struct Mass {
    var equation: Int
    var unknown: Int
    var value: Int
  }
  private(set) var expressions: [Expression] = []
  private(set) var diffusions: [Diffusion] = []
  private(set) var convections: [Convection] = []
  private(set) var sources: [Source] = []
  private(set) var masses: [Mass] = []

  /// - Throws: `SimulationError.unsupported` for fluxes along an axis that depend on derivatives along others.
  init(_ form: FluxForm) throws(SimulationError) {
    for (number, equation) in form.equations.enumerated() {
      for (axis, flux) in equation.fluxes.enumerated() {
        var rest = flux
        for input in flux.inputs.sorted() {
          let (unknown, derivative) = form.meaning(ofInput: input)
          guard let derivative else { continue }
          let coefficient = flux.derivative(byInput: input)
          guard derivative == axis, coefficient.inputs.allSatisfy({ form.meaning(ofInput: $0).axis == nil })
          else {
            throw .unsupported(
              "finite volumes balance fluxes that depend linearly on the derivative across a face and on no other; "
                + "this equation has others: finite elements take them", about: .equation(equation.origin))
          }
          diffusions.append(
            Diffusion(equation: number, axis: axis, unknown: unknown, coefficient: add(coefficient)))
          rest = rest.replacingLeaves { $0 == .input(input) ? .zero : nil }.simplified()
        }
        guard rest != .zero else { continue }
        let speed = rest.derivative(byInput: form.input(number))
        convections.append(
          Convection(
            equation: number, axis: axis, expression: rest, flux: add(rest),
            speed: speed == .zero ? nil : add(speed)))
      }
      if equation.source != .zero {
        let speeds = form.domain.axes.indices.compactMap { axis -> (axis: Int, value: CellFunction)? in
          let speed = equation.source.derivative(byInput: form.input(number, axis: axis))
          return speed == .zero ? nil : (axis, add(speed))
        }
        sources.append(Source(equation: number, value: add(equation.source), speeds: speeds))
      }
      for (unknown, mass) in equation.mass.sorted(by: { $0.key < $1.key }) {
        guard mass.inputs.isEmpty else {
          throw .unsupported(
            "the coefficient of a time derivative depends on an unknown", about: .equation(equation.origin))
        }
        masses.append(Mass(equation: number, unknown: unknown, value: add(mass).value))
      }
    }
  }

  /// The coefficient of an unknown's own diffusion along an axis in its own balance.
  func ownCoefficient(_ unknown: Int, axis: Int) -> Expression? {
    diffusions.first { $0.equation == unknown && $0.unknown == unknown && $0.axis == axis }
      .map { expressions[$0.coefficient.value] }
  }

  /// Whether the Jacobian and the mass matrix are symmetric, whatever the state: every balance is of its own unknown alone,
  /// which diffuses with a given coefficient.
  func isSymmetric(_ form: FluxForm) -> Bool {
    func isOwn(_ function: CellFunction, _ unknown: Int) -> Bool {
      function.derivatives.allSatisfy { $0.input == form.input(unknown) }
    }
    return convections.isEmpty && sources.allSatisfy { isOwn($0.value, $0.equation) }
      && diffusions.allSatisfy { $0.equation == $0.unknown && $0.coefficient.derivatives.isEmpty }
      && masses.allSatisfy { $0.equation == $0.unknown }
      && form.boundary.allSatisfy { condition in
        condition.allExpressions.allSatisfy { $0.inputs.isSubset(of: [form.input(condition.unknown)]) }
      }
  }

  private mutating func add(_ expression: Expression) -> CellFunction {
    var function = CellFunction(value: position(of: expression), derivatives: [])
    for input in expression.inputs.sorted() {
      let derivative = expression.derivative(byInput: input)
      if derivative != .zero { function.derivatives.append((input, position(of: derivative))) }
    }
    return function
  }

  private mutating func position(of expression: Expression) -> Int {
    if let known = expressions.firstIndex(of: expression) { return known }
    expressions.append(expression)
    return expressions.count - 1
  }

  /// The unknowns that an equation depends on, its own among them, ascending; also through conditions.
  func couples(_ form: FluxForm, _ equation: Int) -> [Int] {
    func unknowns(_ expressions: [Expression]) -> Set<Int> {
      Set(expressions.flatMap { $0.inputs.map { form.meaning(ofInput: $0).unknown } })
    }
    let balance = form.equations[equation]
    var found = unknowns(balance.fluxes + [balance.source]).union(balance.mass.keys).union([equation])
    // Values at the boundary depend on what the conditions of these unknowns, and their diffusion, depend on.
    for condition in form.boundary where found.contains(condition.unknown) {
      found.formUnion(unknowns(condition.allExpressions))
      found.formUnion(
        unknowns(form.domain.axes.indices.compactMap { ownCoefficient(condition.unknown, axis: $0) }))
    }
    return found.sorted()
  }
}

extension FluxBoundary {
  var allExpressions: [Expression] {
    switch kind {
    case .essential(let value): [value]
    case .natural(let scalar, let vector): [scalar] + vector
    }
  }
}
