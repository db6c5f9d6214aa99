/// Finds linear combinations of derivatives through which alone the terms depend on their jets.
///
/// Two jets can share an input if, in every term, the partial derivatives with respect to them are the same up
/// to one constant: then the terms are functions of that combination.
struct InputMerging {
  private(set) var inputs: [LinearForm] = []
  /// For each jet its input, `nil` where it is covered by that of another one.
  private(set) var leaves: [Int: Expression] = [:]

  init(_ equations: [SplitEquation], lowering: inout Lowering) throws(EquationError) {
    let dimension = lowering.dimension
    var jets: Set<Jet> = []
    var terms: [Polynomial] = []
    for equation in equations {
      for (_, polynomial) in equation.orderedTerms {
        terms.append(polynomial)
        for monomial in polynomial.coefficients.keys { jets.formUnion(monomial.jets(dimension: dimension)) }
      }
    }
    var groups: [(gradient: [Polynomial], members: [(jet: Jet, weight: Double)])] = []
    for jet in jets.sorted() {
      var gradient: [Polynomial] = []
      for term in terms { gradient.append(try lowering.partialDerivative(term, withRespectTo: jet)) }
      let scale = gradient.first { !$0.isZero }?.ordered.first?.coefficient ?? 1
      let normalized = gradient.map { $0.scaled(by: 1 / scale) }
      // Derivatives do not see the jumps of comparisons and step functions.
      let isInJump = terms.contains { $0.hasJump(in: jet) }
      if !isInJump, let position = groups.firstIndex(where: { Self.areEqual($0.gradient, normalized) }) {
        groups[position].members.append((jet, scale))
      } else {
        groups.append((isInJump ? [] : normalized, [(jet, scale)]))
      }
    }
    for group in groups {
      guard let first = group.members.first else { continue }
      var form = LinearForm()
      for (jet, weight) in group.members {
        form.coefficients[LinearForm.Key(unknown: jet.unknown, derivative: jet.derivative)] =
          weight / first.weight
        leaves[jet.code] = .zero
      }
      leaves[first.jet.code] = .input(inputs.count)
      inputs.append(form)
    }
  }

  private static func areEqual(_ left: [Polynomial], _ right: [Polynomial]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { first, second in
        guard first.coefficients.count == second.coefficients.count else { return false }
        return first.coefficients.allSatisfy { monomial, value in
          guard let other = second.coefficients[monomial] else { return false }
          return (value - other).magnitude <= 1e-12 * max(value.magnitude, other.magnitude)
        }
      }
  }
}

extension Polynomial {
  /// Whether the jet is an argument of a comparison or a step function.
  fileprivate func hasJump(in jet: Jet) -> Bool {
    func isJump(_ expression: Expression) -> Bool {
      switch expression {
      case .comparison, .call(.floor, _), .call(.sign, _): expression.contains { $0 == jet.leaf }
      default: false
      }
    }
    return coefficients.keys.contains { $0.factors.contains { $0.base.contains(where: isJump) } }
  }
}

extension Lowering {
  /// The partial derivative of a pointwise function with respect to one jet.
  mutating func partialDerivative(
    _ polynomial: Polynomial, withRespectTo jet: Jet
  ) throws(EquationError) -> Polynomial {
    let leaf = jet.leaf
    var result = Polynomial()
    for (monomial, coefficient) in polynomial.coefficients {
      for (position, factor) in monomial.factors.enumerated() {
        guard factor.base.contains(where: { $0 == leaf }) else { continue }
        var rest = monomial
        rest.factors.remove(at: position)
        if factor.exponent != 1 {
          rest.factors.insert(
            PolynomialFactor(base: factor.base, exponent: factor.exponent - 1), at: position)
        }
        let inner =
          factor.base == leaf
          ? Polynomial(1) : try self.polynomial(of: factor.base.varied { $0 == leaf ? .one : .zero })
        result.add(try product(Polynomial(rest), inner), scale: coefficient * Double(factor.exponent))
      }
    }
    return result
  }
}
