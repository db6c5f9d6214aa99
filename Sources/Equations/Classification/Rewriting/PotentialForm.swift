import Geometry

extension SystemAssembly {
  /// Writes quadratic terms through products of first derivatives of one potential if that saves transforms.
  ///
  /// A constraint such as `Lψ + w = 0` makes w a derivative of ψ. Quadratic terms in ψ and w then have a
  /// symbol in two wavenumbers, and the weights of `D^α [ ∂_a ψ ∂_b ψ ]` that give the same symbol are found
  /// by linear algebra. For the vorticity equation this is the form with four transforms of Basdevant
  /// (J. Comput. Phys. 50, 1983).
  mutating func rewriteThroughPotential() {
    for equation in equations {
      guard let (potential, source, form) = potential(in: equation) else { continue }
      var rewritten = equations
      for index in rewritten.indices {
        rewrite(&rewritten[index], potential: potential, source: source, form: form)
      }
      let (before, after) = (TransformCount(equations), TransformCount(rewritten))
      guard after.total < before.total else { continue }
      equations = rewritten
      remarks.append(
        "quadratic terms are evaluated through the first derivatives of \(scalars[potential].name): "
          + "\(after.total) transforms instead of \(before.total)")
    }
  }

  /// The potential ψ and the unknown w = form(ψ) of a constraint `c w + L ψ = 0`.
  private func potential(
    in equation: SplitEquation
  ) -> (potential: Int, source: Int, form: [MultiIndex: Double])? {
    guard equation.isConstraint, equation.terms.isEmpty else { return nil }
    let keys = equation.linear.coefficients.filter { $0.value != 0 }
    guard let weight = keys.first(where: { scalars[$0.key.unknown].isEvolved }),
      weight.key.derivative.total == 0
    else {
      return nil
    }
    var form: [MultiIndex: Double] = [:]
    var potential: Int?
    for (key, value) in keys where key != weight.key {
      guard !scalars[key.unknown].isEvolved, potential == nil || potential == key.unknown else { return nil }
      potential = key.unknown
      form[key.derivative] = -value / weight.value
    }
    return potential.map { ($0, weight.key.unknown, form) }
  }

  private func rewrite(
    _ equation: inout SplitEquation, potential: Int, source: Int, form: [MultiIndex: Double]
  ) {
    let dimension = names.domain.dimension
    var symbols: [Int: BilinearSymbol] = [:]
    var result = equation
    var hasQuadratics = false
    // Where L takes constants to zero, ψ does not know the mean of w, so that may not matter.
    var meanPart = DifferentialSum()
    let losesMean = form[.zero(dimension)] == nil
    for (outer, polynomial) in equation.terms {
      var kept = polynomial
      for (monomial, coefficient) in polynomial.coefficients {
        guard let (first, second) = monomial.jetPair(dimension: dimension),
          [first, second].allSatisfy({ $0.timeOrder == 0 && [potential, source].contains($0.unknown) })
        else { continue }
        hasQuadratics = true
        for (factor, other) in [(first, second), (second, first)] {
          guard losesMean, factor.unknown == source, factor.derivative.total == 0 else { continue }
          var jet = other
          for axis in 0..<dimension { jet.derivative.orders[axis] += outer.orders[axis] }
          meanPart.add(Polynomial(leaf: jet.leaf), under: .zero(dimension), scale: coefficient)
        }
        kept.coefficients[monomial] = nil
        for (left, leftWeight) in first.expanded(source, form) {
          for (right, rightWeight) in second.expanded(source, form) {
            let degree = outer.total + left.total + right.total
            symbols[degree, default: BilinearSymbol()].add(
              BilinearSymbol(outer: outer, left, right), scale: coefficient * leftWeight * rightWeight)
          }
        }
      }
      result.terms[outer] = kept.isZero ? nil : kept
    }
    guard hasQuadratics, meanPart.isZero else { return }
    for (degree, symbol) in symbols.sorted(by: { $0.key < $1.key }) {
      // High orders mean large systems and no saving to be expected.
      guard (2...6).contains(degree) else { return }
      let candidates = Self.candidates(degree: degree, dimension: dimension)
      let basis = candidates.map {
        BilinearSymbol(outer: $0.outer, .unit($0.first, dimension), .unit($0.second, dimension))
      }
      guard let weights = symbol.combination(of: basis) else { return }
      for (candidate, weight) in zip(candidates, weights) where weight != 0 {
        let first = Jet(unknown: potential, derivative: .unit(candidate.first, dimension))
        let second = Jet(unknown: potential, derivative: .unit(candidate.second, dimension))
        var product = Polynomial()
        product.add(weight, .product(first.leaf, second.leaf))
        result.addTerm(product, under: candidate.outer, replacing: nil)
      }
    }
    equation = result
  }

  private static func candidates(
    degree: Int, dimension: Int
  ) -> [(outer: MultiIndex, first: Int, second: Int)] {
    var outers = [MultiIndex.zero(dimension)]
    for _ in 0..<(degree - 2) {
      var next: Set<MultiIndex> = []
      for outer in outers {
        for axis in 0..<dimension {
          var raised = outer
          raised.orders[axis] += 1
          next.insert(raised)
        }
      }
      outers = next.sorted { $1.orders.lexicographicallyPrecedes($0.orders) }
    }
    return outers.flatMap { outer in
      (0..<dimension).flatMap { first in
        (first..<dimension).map { second in (outer: outer, first: first, second: second) }
      }
    }
  }
}

extension MultiIndex {
  /// One derivative along one axis.
  static func unit(_ axis: Int, _ dimension: Int) -> MultiIndex {
    var index = MultiIndex.zero(dimension)
    index.orders[axis] = 1
    return index
  }
}

extension Monomial {
  /// The two jets that the monomial is the product of.
  fileprivate func jetPair(dimension: Int) -> (Jet, Jet)? {
    guard factors.count <= 2, factors.reduce(0, { $0 + max(1, $1.exponent.magnitude) }) == 2 else {
      return nil
    }
    var jets: [Jet] = []
    for factor in factors {
      guard case .input(let code) = factor.base, factor.exponent > 0 else { return nil }
      jets += Array(repeating: Jet(code: code, dimension: dimension), count: factor.exponent)
    }
    return (jets[0], jets[1])
  }
}

extension Jet {
  /// The derivatives of the potential that the jet is, with their weights.
  fileprivate func expanded(_ source: Int, _ form: [MultiIndex: Double]) -> [(MultiIndex, Double)] {
    guard unknown == source else { return [(derivative, 1)] }
    return form.map { index, weight in
      (MultiIndex(zip(index.orders, derivative.orders).map { $0 + $1 }), weight)
    }
  }
}
