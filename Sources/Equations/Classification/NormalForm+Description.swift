import Geometry

extension NormalForm: CustomStringConvertible {
  /// The equations as understood: unknowns, boundary kinds, equations, constraints, liftings, remarks.
  public var description: String {
    let evolved = unknowns.filter { $0.isEvolved }
    var lines = ["unknowns: " + unknowns.map(\.name).joined(separator: ", ")]
    let order = unknowns.contains { $0.timeOrder > 0 } ? "second order in time" : "first order in time"
    lines.append("kind: " + (evolved.isEmpty ? "steady" : "evolution, \(order)"))
    for unknown in unknowns where unknown.boundary.contains(where: { $0 != nil }) {
      lines.append("boundary of \(unknown.name): " + boundaryText(unknown))
    }
    for (title, isConstraint) in [("equations:", false), ("constraints:", true)] {
      let selected = equations.filter { $0.isConstraint == isConstraint }
      guard !selected.isEmpty else { continue }
      lines.append(title)
      lines += selected.map { "  " + text(of: $0) }
    }
    if inputs.isEmpty { lines.append("linear with constant coefficients") }
    for (unknown, lifting) in zip(unknowns, liftings) {
      guard let lifting else { continue }
      lines.append("lifting: \(unknown.name) is the solved function plus \(lifting)")
    }
    if !remarks.isEmpty {
      lines.append("remarks:")
      lines += remarks.map { "  " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private func boundaryText(_ unknown: ScalarUnknown) -> String {
    zip(domain.axes, unknown.boundary).compactMap { axis, boundary in
      boundary.map { "\($0.lower.rawValue) – \($0.upper.rawValue) along \(axis.name)" }
    }.joined(separator: ", ")
  }

  /// An equation in readable maths, such as `dt(u) = 0.01*dxx(u) + dx[-0.5*u^2]`.
  ///
  /// Outer derivatives of functions evaluated on the grid are written with square brackets.
  public func text(of equation: ScalarEquation) -> String {
    let axes = domain.axes.map(\.name)
    let names = unknowns.map(\.name)
    var right = equation.linear.coefficients.isEmpty ? "" : equation.linear.text(names: names, axes: axes)
    for term in equation.terms {
      let name = term.derivative.operatorName(axes: axes)
      let text = name.isEmpty ? text(of: term.integrand) : "\(name)[\(text(of: term.integrand))]"
      if right.isEmpty {
        right = text
      } else {
        right += text.hasPrefix("-") ? " - \(text.dropFirst())" : " + \(text)"
      }
    }
    if right.isEmpty { right = "0" }
    guard !equation.isConstraint else { return "0 = \(right)" }
    return "\(massText(equation.mass, names: names, axes: axes)) = \(right)"
  }

  private func massText(_ mass: LinearForm, names: [String], axes: [String]) -> String {
    // A time derivative around a symbol keeps its name, so the form is written over marked names.
    mass.text(names: names.map { "dt(\($0))" }, axes: axes)
  }

  /// An integrand with its inputs written out.
  public func text(of integrand: Expression) -> String {
    let axes = domain.axes.map(\.name)
    let names = unknowns.map(\.name)
    return integrand.text {
      inputs.indices.contains($0) ? inputs[$0].text(names: names, axes: axes) : "$\($0)"
    }
  }
}
