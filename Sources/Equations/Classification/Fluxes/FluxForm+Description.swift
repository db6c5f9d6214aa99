import Geometry

extension FluxForm: CustomStringConvertible {
  /// The balances as understood: unknowns, equations, boundary conditions.
  public var description: String {
    let evolved = unknowns.filter(\.isEvolved)
    var lines = ["unknowns: " + unknowns.map(\.name).joined(separator: ", ")]
    lines.append(
      "kind: " + (evolved.isEmpty ? "steady" : "evolution") + (isLinear ? ", linear" : ", nonlinear"))
    lines.append("balances:")
    lines += equations.map { "  " + text(of: $0) }
    if !boundary.isEmpty {
      lines.append("boundary:")
      lines += boundary.map { "  " + text(of: $0) }
    }
    if !remarks.isEmpty { lines += ["remarks:"] + remarks.map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }

  /// A balance in readable maths, such as `dx[-a*dx(p)] + dy[-a*dy(p)] - 1 = 0`.
  public func text(of equation: FluxEquation) -> String {
    var terms: [String] = []
    for (unknown, mass) in equation.mass.sorted(by: { $0.key < $1.key }) {
      let derivative = "dt(\(unknowns[unknown].name))"
      terms.append(mass == .one ? derivative : "(\(readable(mass)))*\(derivative)")
    }
    for (axis, flux) in equation.fluxes.enumerated() where flux != .zero {
      terms.append("d\(domain.axes[axis].name)[\(readable(flux))]")
    }
    if equation.source != .zero { terms.append(readable(equation.source)) }
    let text = terms.reduce("") { sum, term in
      sum.isEmpty ? term : term.hasPrefix("-") ? sum + " - " + term.dropFirst() : sum + " + " + term
    }
    return "\(unknowns[equation.unknown].name): \(text) = 0"
  }

  private func text(of condition: FluxBoundary) -> String {
    let place =
      switch condition.place {
      case .face(let face):
        "\(domain.axes[face.axis].name) = "
          + "\(Expression.number(face.side == .lower ? domain.axes[face.axis].lower : domain.axes[face.axis].upper))"
      case .part(let name): name
      case .rest: "the rest"
      }
    let name = unknowns[condition.unknown].name
    switch condition.kind {
    case .essential(let value): return "\(name) = \(readable(value)) on \(place)"
    case .natural(let scalar, let vector):
      let normal = zip(vector, domain.axes).filter { $0.0 != .zero }
        .map { "n_\($0.1.name)*(\(readable($0.0)))" }
      let parts = (scalar == .zero && !normal.isEmpty ? [] : [readable(scalar)]) + normal
      return "outward flux of \(name) = \(parts.joined(separator: " + ")) on \(place)"
    }
  }

  /// An expression with unknowns and their derivatives under their names.
  private func readable(_ expression: Expression) -> String {
    let named = expression.replacingLeaves { leaf in
      guard case .input(let number) = leaf else { return nil }
      let (unknown, axis) = meaning(ofInput: number)
      let name = Expression.symbol(unknowns[unknown].name)
      return axis.map { .derivative(name, axis: domain.axes[$0].name, order: 1) } ?? name
    }
    return "\(named.simplified())"
  }
}
