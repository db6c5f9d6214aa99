import Geometry

/// Jets `q_a` with `Σ s_a ∂_a q_a = 0`, by a constraint of the problem.
private struct SolenoidalField {
  /// For each axis with a component, the jet and its weight.
  var components: [(axis: Int, jet: Jet, weight: Double)]

  init?(_ equation: SplitEquation, dimension: Int) {
    guard equation.isConstraint, equation.terms.isEmpty else { return nil }
    components = []
    for (key, weight) in equation.linear.coefficients where weight != 0 {
      guard key.derivative.total == 1, let axis = key.derivative.orders.firstIndex(of: 1) else { return nil }
      components.append((axis, Jet(unknown: key.unknown, derivative: .zero(dimension)), weight))
    }
    components.sort { $0.axis < $1.axis }
    guard components.count >= 2, Set(components.map(\.axis)).count == components.count else { return nil }
  }
}

extension SystemAssembly {
  /// Writes advection `q·∇f` by a field without divergence as `∇·(q f)` if that saves transforms.
  mutating func rewriteAsDivergence() {
    let dimension = names.domain.dimension
    for field in equations.compactMap({ SolenoidalField($0, dimension: dimension) }) {
      var rewritten = equations
      for index in rewritten.indices {
        for (outer, polynomial) in equations[index].terms {
          for jet in polynomial.jets(dimension: dimension) {
            rewritten[index].moveAdvection(of: jet, by: field.components, under: outer)
          }
        }
      }
      let (before, after) = (TransformCount(equations), TransformCount(rewritten))
      guard after.total < before.total else { continue }
      equations = rewritten
      let constraint = field.components.map { component in
        var jet = component.jet
        jet.derivative.orders[component.axis] = 1
        return text(jet)
      }
      remarks.append(
        "advection is evaluated in divergence form, since \(constraint.joined(separator: ", ")) add up to zero: "
          + "\(after.total) transforms instead of \(before.total)")
    }
  }
}

extension SplitEquation {
  /// Replaces `c Σ s_a q_a ∂_a f` by `c Σ ∂_a (s_a q_a f)` where all its parts are there.
  fileprivate mutating func moveAdvection(
    of jet: Jet, by field: [(axis: Int, jet: Jet, weight: Double)], under outer: MultiIndex
  ) {
    guard jet.timeOrder == 0, var polynomial = terms[outer] else { return }
    var ratio: Double?
    for (axis, component, weight) in field {
      let advected = jet.differentiated(along: axis)
      let monomial = Monomial.product(component.leaf, advected.leaf)
      guard let coefficient = polynomial.coefficients[monomial] else { return }
      let own = coefficient / weight
      if let ratio, (ratio - own).magnitude > 1e-13 * own.magnitude { return }
      ratio = own
      polynomial.coefficients[monomial] = nil
    }
    guard let ratio else { return }
    terms[outer] = polynomial.isZero ? nil : polynomial
    for (axis, component, weight) in field {
      var inner = outer
      inner.orders[axis] += 1
      var flux = Polynomial()
      flux.add(ratio * weight, .product(component.leaf, jet.leaf))
      addTerm(flux, under: inner, replacing: nil)
    }
  }
}

extension Monomial {
  /// The product of two leaves.
  static func product(_ first: Expression, _ second: Expression) -> Monomial {
    Monomial(factors: [PolynomialFactor(base: first, exponent: 1)])
      .multiplied(by: Monomial(factors: [PolynomialFactor(base: second, exponent: 1)]))
  }
}

extension Polynomial {
  /// Every jet, and every jet that one of them is a first derivative of, in canonical order.
  fileprivate func jets(dimension: Int) -> [Jet] {
    var jets: Set<Jet> = []
    for monomial in coefficients.keys {
      for jet in monomial.jets(dimension: dimension) {
        jets.insert(jet)
        for axis in 0..<dimension where jet.derivative.orders[axis] > 0 {
          var base = jet
          base.derivative.orders[axis] -= 1
          jets.insert(base)
        }
      }
    }
    return jets.sorted()
  }
}
