/// A scalar equation `mass(∂t u) = linear(u) + Σ D^α [ p_α ]` on its way to the normal form.
struct SplitEquation {
  var mass = LinearForm()
  var linear = LinearForm()
  var terms: [MultiIndex: Polynomial] = [:]
  var origin: Int

  /// Splits `residual = 0` into its parts; unknowns are named by `name` in messages.
  ///
  /// Throws if a time derivative does not enter linearly with constant coefficients.
  init(_ residual: DifferentialSum, origin: Int, dimension: Int, name: (Int) -> String) throws(EquationError)
  {
    self.origin = origin
    for (index, polynomial) in residual.parts {
      var rest = Polynomial()
      for (monomial, coefficient) in polynomial.coefficients {
        if index.total == 0, let code = monomial.jetCode {
          let jet = Jet(code: code, dimension: dimension)
          let key = LinearForm.Key(unknown: jet.unknown, derivative: jet.derivative)
          // residual = mass − linear − terms
          if jet.timeOrder == 1 {
            mass.coefficients[key, default: 0] += coefficient
          } else {
            linear.coefficients[key, default: 0] -= coefficient
          }
          continue
        }
        if let jet = monomial.jets(dimension: dimension).first(where: { $0.timeOrder > 0 }) {
          throw EquationError(
            .equation(origin),
            "the time derivative of '\(name(jet.unknown))' is multiplied by a function or is nonlinear",
            hint: "divide the equation so that dt(\(name(jet.unknown))) stands alone")
        }
        rest.add(-coefficient, monomial)
      }
      if !rest.isZero { terms[index] = rest }
    }
  }

  /// An equation made by the program, such as `∂t u = u_t`.
  init(mass: LinearForm, linear: LinearForm, origin: Int) {
    self.mass = mass
    self.linear = linear
    self.origin = origin
  }

  var isConstraint: Bool { mass.isZero }

  mutating func scale(by factor: Double) {
    guard factor != 1 else { return }
    mass.coefficients = mass.coefficients.mapValues { $0 * factor }
    linear.coefficients = linear.coefficients.mapValues { $0 * factor }
    terms = terms.mapValues { $0.scaled(by: factor) }
  }

  /// The unknowns that the nonlinear or variable terms depend on.
  func termUnknowns(dimension: Int) -> Set<Int> {
    var unknowns: Set<Int> = []
    for polynomial in terms.values {
      for monomial in polynomial.coefficients.keys {
        for jet in monomial.jets(dimension: dimension) { unknowns.insert(jet.unknown) }
      }
    }
    return unknowns
  }

  /// Terms by outer derivative, in a fixed order.
  var orderedTerms: [(index: MultiIndex, polynomial: Polynomial)] {
    terms.map { (index: $0.key, polynomial: $0.value) }.sorted {
      ($0.index.total, $0.index.orders.map { -$0 }) < ($1.index.total, $1.index.orders.map { -$0 })
    }
  }
}

extension Monomial {
  /// Every jet in the monomial, also inside functions, in canonical order.
  func jets(dimension: Int) -> [Jet] {
    var codes: Set<Int> = []
    func collect(_ expression: Expression) {
      if case .input(let code) = expression { codes.insert(code) }
      expression.children.forEach(collect)
    }
    for factor in factors { collect(factor.base) }
    return codes.sorted().map { Jet(code: $0, dimension: dimension) }
  }
}

/// Lexicographic order of integer lists, shorter first.
func < (left: (Int, [Int]), right: (Int, [Int])) -> Bool {
  left.0 != right.0 ? left.0 < right.0 : left.1.lexicographicallyPrecedes(right.1)
}
