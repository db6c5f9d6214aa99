import Equations

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
    var flux: CellFunction
  }
  struct Source {
    var equation: Int
    var value: CellFunction
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
              "finite volumes take fluxes that depend linearly on the derivative across a face; '\(equation.origin + 1)' "
                + "has others", about: .equation(equation.origin))
          }
          diffusions.append(
            Diffusion(equation: number, axis: axis, unknown: unknown, coefficient: add(coefficient)))
          rest = rest.replacingLeaves { $0 == .input(input) ? .zero : nil }.simplified()
        }
        if rest != .zero { convections.append(Convection(equation: number, axis: axis, flux: add(rest))) }
      }
      if equation.source != .zero { sources.append(Source(equation: number, value: add(equation.source))) }
      for (unknown, mass) in equation.mass.sorted(by: { $0.key < $1.key }) {
        guard mass.inputs.isEmpty else {
          throw .unsupported(
            "the coefficient of a time derivative depends on an unknown", about: .equation(equation.origin))
        }
        masses.append(Mass(equation: number, unknown: unknown, value: add(mass).value))
      }
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

  /// Whether the two unknowns' equations are coupled, own coupling included.
  func couples(_ form: FluxForm, _ equation: Int) -> [Int] {
    var unknowns: Set<Int> = [equation]
    let balance = form.equations[equation]
    for expression in balance.fluxes + [balance.source] {
      unknowns.formUnion(expression.inputs.map { form.meaning(ofInput: $0).unknown })
    }
    unknowns.formUnion(balance.mass.keys)
    return unknowns.sorted()
  }
}
