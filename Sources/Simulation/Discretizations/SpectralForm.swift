import Arrays
package import Equations
import Geometry
package import Spectral

/// A normal form fitted to trigonometric bases: what they can keep diagonal stays linear, the rest is evaluated
/// on the grid.
package struct SpectralForm: Sendable {
  /// One place where an integrand enters an equation.
  package struct Occurrence: Sendable {
    package var equation: Int
    package var derivative: MultiIndex
    package var coefficient: Double
  }
  /// An integrand, transformed once however often it occurs.
  package struct Product: Sendable {
    package var integrand: Expression
    package var functions: [AxisFunctions]
    package var occurrences: [Occurrence]
  }

  package var form: NormalForm
  /// Functions of every scalar unknown, input and equation along the storage axes.
  package var unknownFunctions: [[AxisFunctions]]
  package var inputFunctions: [[AxisFunctions]]
  package var equationFunctions: [[AxisFunctions]]
  /// Of the evolution equations.
  package var products: [Product]
  /// Of the constraints.
  package var constraintProducts: [Product]

  package init(_ original: NormalForm, grid: SpectralGrid) throws(SimulationError) {
    var form = original
    unknownFunctions = form.unknowns.map(grid.functions(of:))
    let unknownFunctions = unknownFunctions
    func functions(_ key: LinearForm.Key) -> [AxisFunctions] {
      grid.differentiated(unknownFunctions[key.unknown], key.derivative)
    }

    // The functions of an equation are those of its mass, or of its own unknown in a constraint.
    var equationFunctions: [[AxisFunctions]] = []
    for equation in form.equations {
      let keys = (equation.isConstraint ? equation.linear : equation.mass).coefficients
        .filter { $0.value != 0 }.keys
        .sorted {
          (form.unknowns[$0.unknown].isEvolved ? 1 : 0, $0.unknown, $0.derivative.total)
            < (form.unknowns[$1.unknown].isEvolved ? 1 : 0, $1.unknown, $1.derivative.total)
        }
      guard let key = keys.first(where: { $0.derivative.orders.allSatisfy { $0 % 2 == 0 } }) ?? keys.first
      else {
        throw .unsupported(
          "the equation has no linear part that determines its unknown", about: .equation(equation.origin))
      }
      if equation.isConstraint, form.unknowns.count == 1 {
        try Self.checkSteadyOrder(Array(keys), form.domain, grid: grid, equation: equation.origin)
      }
      equationFunctions.append(functions(key))
    }
    self.equationFunctions = equationFunctions

    // A linear term that changes the parity goes over the grid.
    for e in form.equations.indices {
      let kept = form.equations[e].linear.coefficients.filter { key, coefficient in
        coefficient != 0 && functions(key) == equationFunctions[e]
      }.keys
      for (key, coefficient) in form.equations[e].linear.coefficients.sorted(by: Self.keyOrder)
      where coefficient != 0 && functions(key) != equationFunctions[e] {
        if !form.equations[e].isConstraint {
          try Self.checkOrder(
            of: key.derivative, functions(key), beside: kept.map(\.derivative), equationFunctions[e],
            grid: grid, equation: form.equations[e].origin)
        }
        form.equations[e].linear.coefficients[key] = nil
        form.inputs.append(LinearForm([key: 1]))
        form.equations[e].terms.append(
          Term(
            derivative: .zero(form.domain.dimension),
            integrand: .product([.number(coefficient), .input(form.inputs.count - 1)])))
      }
    }

    let split = Self.splitByParity(form.inputs, functions: functions)
    form.inputs = split.inputs
    inputFunctions = split.functions
    let replacements = split.replacements

    var products: [Product] = []
    var constraintProducts: [Product] = []
    for e in form.equations.indices {
      for term in form.equations[e].terms {
        let (coefficient, integrand) = Self.splitCoefficient(term.integrand.replacingInputs(replacements))
        let product = Product(
          integrand: integrand,
          functions: grid.differentiated(equationFunctions[e], term.derivative),
          occurrences: [Occurrence(equation: e, derivative: term.derivative, coefficient: coefficient)])
        if form.equations[e].isConstraint {
          Self.add(product, to: &constraintProducts)
        } else {
          Self.add(product, to: &products)
        }
      }
    }
    self.products = products
    self.constraintProducts = constraintProducts
    self.form = form
  }

  /// A linear term that turns sines into cosines must be of lower order than one that does not: u_t + u_x = 0
  /// with a condition at both ends has one too many.
  private static func checkOrder(
    of derivative: MultiIndex, _ functions: [AxisFunctions], beside others: [MultiIndex],
    _ expected: [AxisFunctions], grid: SpectralGrid, equation: Int
  ) throws(SimulationError) {
    for (axis, storage) in grid.layout.axes.enumerated() where functions[axis] != expected[axis] {
      let order = derivative.orders[storage.userIndex]
      guard order > others.map({ $0.orders[storage.userIndex] }).max() ?? 0 else { continue }
      throw tooManyConditions(along: grid.axisNames[storage.userIndex], equation)
    }
  }

  /// A single equation whose highest derivative is of odd order cannot bear a condition at both ends.
  private static func checkSteadyOrder(
    _ keys: [LinearForm.Key], _ domain: Domain, grid: SpectralGrid, equation: Int
  ) throws(SimulationError) {
    for storage in grid.layout.axes where !domain.axes[storage.userIndex].isPeriodic {
      let highest = keys.map { $0.derivative.orders[storage.userIndex] }.max() ?? 0
      guard highest % 2 == 1 else { continue }
      throw tooManyConditions(along: grid.axisNames[storage.userIndex], equation)
    }
  }

  private static func tooManyConditions(along name: String, _ equation: Int) -> SimulationError {
    .unsupported(
      "the highest derivative along \(name) is of odd order, so that conditions at both ends are too many; "
        + "sine and cosine bases cannot do with fewer: make \(name) periodic, or add diffusion",
      about: .equation(equation))
  }

  /// Inputs whose parts all have the same parity, and what every original input is in terms of them.
  package static func splitByParity(
    _ original: [LinearForm], functions: (LinearForm.Key) -> [AxisFunctions]
  ) -> (inputs: [LinearForm], functions: [[AxisFunctions]], replacements: [Expression]) {
    var inputs: [LinearForm] = []
    var inputFunctions: [[AxisFunctions]] = []
    let replacements = original.map { input -> Expression in
      var groups: [(functions: [AxisFunctions], form: LinearForm)] = []
      for (key, coefficient) in input.coefficients.sorted(by: keyOrder) where coefficient != 0 {
        if let index = groups.firstIndex(where: { $0.functions == functions(key) }) {
          groups[index].form.coefficients[key] = coefficient
        } else {
          groups.append((functions(key), LinearForm([key: coefficient])))
        }
      }
      let numbers = groups.map { group -> Expression in
        if let known = inputs.firstIndex(of: group.form) { return .input(known) }
        inputs.append(group.form)
        inputFunctions.append(group.functions)
        return .input(inputs.count - 1)
      }
      return numbers.count == 1 ? numbers[0] : numbers.isEmpty ? .number(0) : .sum(numbers)
    }
    return (inputs, inputFunctions, replacements)
  }

  private static func add(_ product: Product, to products: inout [Product]) {
    if let index = products.firstIndex(where: {
      $0.integrand == product.integrand && $0.functions == product.functions
    }) {
      products[index].occurrences += product.occurrences
    } else {
      products.append(product)
    }
  }

  /// A constant factor and what it multiplies.
  package static func splitCoefficient(_ expression: Expression) -> (Double, Expression) {
    if case .product(let factors) = expression, case .number(let number)? = factors.first, factors.count > 1 {
      let rest = Array(factors.dropFirst())
      return (number, rest.count == 1 ? rest[0] : .product(rest))
    }
    return (1, expression)
  }

  private static func keyOrder(
    _ a: (key: LinearForm.Key, value: Double), _ b: (key: LinearForm.Key, value: Double)
  ) -> Bool {
    a.key.unknown != b.key.unknown
      ? a.key.unknown < b.key.unknown
      : a.key.derivative.orders.lexicographicallyPrecedes(b.key.derivative.orders)
  }
}

extension Expression {
  /// The expression with every `.input(n)` replaced by `replacements[n]`.
  package func replacingInputs(_ replacements: [Expression]) -> Expression {
    replacingLeaves { leaf in
      guard case .input(let number) = leaf else { return leaf }
      return replacements[number]
    }
  }
}
