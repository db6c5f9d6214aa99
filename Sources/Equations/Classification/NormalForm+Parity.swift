package import Geometry

extension NormalForm {
  /// Where a term does not keep the parity of its equation's unknown on a sine or cosine axis.
  ///
  /// A solution continues as an odd function beyond a Dirichlet end, as an even one beyond a Neumann end; products
  /// multiply parities, derivatives change them, formulas and coefficient fields have none. Where the parity of
  /// an equation is not kept, its solution is not smooth when continued, and convergence only algebraic.
  public var parityRemarks: [String] {
    var remarks: [String] = []
    for (axis, boundary) in domain.axes.enumerated() where !boundary.isPeriodic {
      var noted: Set<String> = []
      func note(_ what: String, _ name: String) {
        let remark =
          "\(what) in the equation for \(name) does not keep its parity along \(boundary.name): accuracy is algebraic there"
        if noted.insert(remark).inserted { remarks.append(remark) }
      }
      for side in Side.allCases { noteParity(at: Face(axis: axis, side: side), note) }
    }
    return remarks
  }

  /// Whether every linear term of an equation continues beyond bounded ends as the equation does, so that the linear part is
  /// diagonal in sines and cosines; a term that does not, such as `dx(u)` between two Dirichlet ends, is evaluated on the grid.
  package var isLinearPartDiagonal: Bool {
    domain.axes.indices.filter { !domain.axes[$0].isPeriodic }.allSatisfy { axis in
      Side.allCases.allSatisfy { side in
        let face = Face(axis: axis, side: side)
        return equations.allSatisfy { equation in
          let keys = (equation.linear.coefficients.merging(equation.mass.coefficients) { $0 + $1 })
            .filter { $0.value != 0 }.keys
          return Set(keys.map { parity(of: $0, at: face) }).count <= 1
        }
      }
    }
  }

  /// How an expression of inputs of its own continues beyond a face: 1 evenly, −1 oddly, `nil` neither.
  package func parity(of integrand: Expression, inputs: [LinearForm], at face: Face) -> Int? {
    var form = self
    form.inputs = inputs
    return form.parity(of: integrand, at: face)
  }

  private func noteParity(at face: Face, _ note: (_ what: String, _ name: String) -> Void) {
    for (number, equation) in equations.enumerated() where unknowns.indices.contains(number) {
      guard let expected = parity(of: unknowns[number], at: face) else { continue }
      let name = unknowns[number].name
      let isLinearKept = equation.linear.coefficients.filter { $0.value != 0 }.keys.allSatisfy {
        parity(of: $0, at: face) == .some(expected)
      }
      if !isLinearKept { note("the linear part", name) }
      for term in equation.terms where parity(of: term, at: face) != .some(expected) {
        let operatorName = term.derivative.operatorName(axes: domain.axes.map(\.name))
        let text = text(of: term.integrand)
        note("the term " + (operatorName.isEmpty ? text : "\(operatorName)[\(text)]"), name)
      }
    }
  }

  /// 1 for even, −1 for odd, `nil` for neither.
  private func parity(of unknown: ScalarUnknown, at face: Face) -> Int? {
    guard let boundary = unknown.boundary[face.axis] else { return nil }
    return (face.side == .lower ? boundary.lower : boundary.upper) == .neumann ? 1 : -1
  }

  private func parity(of key: LinearForm.Key, at face: Face) -> Int? {
    parity(of: unknowns[key.unknown], at: face).map { key.derivative.orders[face.axis] % 2 == 0 ? $0 : -$0 }
  }

  private func parity(of term: Term, at face: Face) -> Int? {
    parity(of: term.integrand, at: face).map { term.derivative.orders[face.axis] % 2 == 0 ? $0 : -$0 }
  }

  private func parity(of expression: Expression, at face: Face) -> Int? {
    func common(_ parts: [Expression]) -> Int? {
      let parities = Set(parts.map { parity(of: $0, at: face) })
      return parities.count == 1 ? parities.first ?? nil : nil
    }
    switch expression {
    case .number: return 1
    case .symbol(let name):
      return name == "t" || domain.axes.contains { $0.name == name && $0.name != domain.axes[face.axis].name }
        ? 1 : nil
    case .input(let number):
      let parities = Set(inputs[number].coefficients.keys.map { parity(of: $0, at: face) })
      return parities.count == 1 ? parities.first ?? nil : nil
    case .sum(let terms): return common(terms)
    case .product(let factors):
      return factors.reduce(1) { product, factor in
        product.flatMap { left in parity(of: factor, at: face).map { left * $0 } }
      }
    case .power(let base, .number(let exponent))
    where exponent == exponent.rounded() && exponent.magnitude < 1e9:
      return parity(of: base, at: face).map { Int(exponent) % 2 == 0 ? 1 : $0 }
    case .call(let function, let arguments):
      guard let inner = common(arguments) else { return nil }
      if inner == 1 { return 1 }
      return function.parity
    case .power, .conditional, .comparison:
      return common(expression.children) == 1 ? 1 : nil
    case .imaginaryUnit, .derivative, .vectorOperator, .vector: return nil
    }
  }
}

extension Function {
  /// 1 for even functions, −1 for odd ones, `nil` for others.
  fileprivate var parity: Int? {
    switch self {
    case .sin, .tan, .asin, .atan, .sinh, .tanh, .asinh, .atanh, .erf, .sign, .besselj1: -1
    case .cos, .cosh, .abs, .besselj0: 1
    default: nil
    }
  }
}
