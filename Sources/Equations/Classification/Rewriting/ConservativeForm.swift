import Geometry

extension SystemAssembly {
  /// Writes `uⁿ ∂u` as `∂(uⁿ⁺¹)/(n+1)` wherever that saves transforms.
  mutating func rewriteConservatively() {
    let dimension = names.domain.dimension
    var jets: Set<Jet> = []
    for equation in equations {
      for polynomial in equation.terms.values {
        for monomial in polynomial.coefficients.keys { jets.formUnion(monomial.jets(dimension: dimension)) }
      }
    }
    // The search is quadratic in the size of the system, and pays for small ones.
    guard jets.count <= 300 else { return }
    for jet in jets.sorted() {
      for axis in 0..<dimension where jet.derivative.orders[axis] > 0 {
        var base = jet
        base.derivative.orders[axis] -= 1
        guard let rewritten = conservative(jet, base, axis) else { continue }
        let (before, after) = (TransformCount(equations), TransformCount(rewritten))
        guard after.inputs < before.inputs, after.total <= before.total else { continue }
        equations = rewritten
        let (u, derivative) = (text(base), text(jet))
        remarks.append("products of powers of \(u) with \(derivative) are evaluated in conservative form")
        break
      }
    }
  }

  /// The equations with every `base^n jet` rewritten, if the jet occurs in no other way.
  private func conservative(_ jet: Jet, _ base: Jet, _ axis: Int) -> [SplitEquation]? {
    let dimension = names.domain.dimension
    var result = equations
    for index in equations.indices {
      for (outer, polynomial) in equations[index].terms {
        var kept = polynomial
        var moved = Polynomial()
        for (monomial, coefficient) in polynomial.coefficients {
          guard monomial.jets(dimension: dimension).contains(jet) else { continue }
          guard let power = monomial.power(of: base.leaf, times: jet.leaf) else { return nil }
          kept.coefficients[monomial] = nil
          moved.add(
            coefficient / Double(power + 1),
            Monomial(factors: [PolynomialFactor(base: base.leaf, exponent: power + 1)]))
        }
        guard !moved.isZero else { continue }
        result[index].addTerm(kept, under: outer, replacing: polynomial)
        var inner = outer
        inner.orders[axis] += 1
        result[index].addTerm(moved, under: inner, replacing: nil)
      }
    }
    return result
  }

  func text(_ jet: Jet) -> String {
    LinearForm([LinearForm.Key(unknown: jet.unknown, derivative: jet.derivative): 1])
      .text(names: scalars.map(\.name), axes: names.lowering.axes)
  }
}

extension SplitEquation {
  /// Adds a polynomial under an outer derivative, after taking `old` away from there.
  mutating func addTerm(_ polynomial: Polynomial, under index: MultiIndex, replacing old: Polynomial?) {
    var sum = terms[index] ?? Polynomial()
    if let old { sum.add(old, scale: -1) }
    sum.add(polynomial)
    terms[index] = sum.isZero ? nil : sum
  }
}

extension Monomial {
  /// `n ≥ 1` if the monomial is `baseⁿ · other`.
  fileprivate func power(of base: Expression, times other: Expression) -> Int? {
    guard factors.count == 2, let first = factors.first(where: { $0.base == base }),
      factors.contains(PolynomialFactor(base: other, exponent: 1)), first.exponent >= 1
    else { return nil }
    return first.exponent
  }
}
