package import Simulation

/// The two Butcher tableaux of a one-step method, read back from what it applies to its vectors.
package struct ButcherPair: Sendable {
  package var nodes: [Double]
  package var explicit: [[Double]]
  package var implicit: [[Double]]
  package var explicitWeights: [Double]
  package var implicitWeights: [Double]
  /// Weights of the embedded solution.
  package var embeddedExplicit: [Double]?
  package var embeddedImplicit: [Double]?

  /// Reads an explicit or implicit–explicit tableau; `nil` if it applies anything else than they do.
  package init?(_ tableau: OneStepTableau) {
    let count = tableau.nodes.count
    nodes = tableau.nodes
    explicit = [Array(repeating: 0, count: count)]
    implicit = explicit
    for row in tableau.stages {
      guard let (e, i) = Self.coefficients(row, count: count, stage: explicit.count) else { return nil }
      explicit.append(e)
      implicit.append(i)
    }
    // A result that is the last stage has that stage's weights.
    if tableau.result.count == 1, case .stage(let last) = tableau.result[0].0 {
      (explicitWeights, implicitWeights) = (explicit[last], implicit[last])
    } else {
      guard let (e, i) = Self.coefficients(tableau.result, count: count, stage: nil) else { return nil }
      (explicitWeights, implicitWeights) = (e, i)
    }
    if let error = tableau.error {
      guard let (e, i) = Self.coefficients(error, count: count, stage: nil) else { return nil }
      embeddedExplicit = zip(explicitWeights, e).map { $0 - $1 }
      embeddedImplicit = zip(implicitWeights, i).map { $0 - $1 }
    }
  }

  private static func coefficients(
    _ row: OneStepTableau.Row, count: Int, stage: Int?
  ) -> (explicit: [Double], implicit: [Double])? {
    var explicit = Array(repeating: 0.0, count: count)
    var implicit = explicit
    for (source, function) in row {
      for term in function.terms {
        switch (source, term.basic) {
        case (.nonlinear(let number), .one), (.nonlinear(let number), .resolvent):
          explicit[number] += term.weight
        case (.state, .z), (.state, .linearResolvent): implicit[0] += term.weight
        case (.stage(let number), .z), (.stage(let number), .linearResolvent):
          implicit[number] += term.weight
        case (.state, .one): break
        case (.state, .resolvent(let gamma)): if let stage { implicit[stage] = gamma }
        default: return nil
        }
      }
    }
    return (explicit, implicit)
  }

  /// How far the order conditions of an additive method are from holding, by their order and tree.
  ///
  /// Nodes are common to both parts, so conditions differ by the weights and matrices in them (Kennedy and
  /// Carpenter, Appl. Numer. Math. 44, 2003, section 2.1).
  package func defects(weights: [Double], upTo order: Int) -> [(name: String, defect: Double)] {
    let c = nodes
    let matrices = [("E", explicit), ("I", implicit)]
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func times(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 * $1 } }
    func apply(_ matrix: [[Double]], _ v: [Double]) -> [Double] { matrix.map { dot($0, v) } }
    var found: [(String, Double)] = []
    func check(_ name: String, _ vector: [Double], _ value: Double) {
      found.append((name, abs(dot(weights, vector) - value)))
    }
    check("1", c.map { _ in 1 }, 1)
    if order >= 2 { check("c", c, 1 / 2) }
    let squares = times(c, c)
    let cubes = times(squares, c)
    if order >= 3 { check("c²", squares, 1 / 3) }
    if order >= 4 { check("c³", cubes, 1 / 4) }
    if order >= 5 { check("c⁴", times(cubes, c), 1 / 5) }
    for (name, a) in matrices {
      let ac = apply(a, c)
      if order >= 3 { check("\(name)c", ac, 1 / 6) }
      if order >= 4 {
        check("c·\(name)c", times(c, ac), 1 / 8)
        check("\(name)c²", apply(a, squares), 1 / 12)
      }
      if order >= 5 {
        check("c²·\(name)c", times(squares, ac), 1 / 10)
        check("c·\(name)c²", times(c, apply(a, squares)), 1 / 15)
        check("\(name)c³", apply(a, cubes), 1 / 20)
        check("\(name)(c·\(name)c)", apply(a, times(c, ac)), 1 / 40)
        check("(\(name)c)²", times(ac, ac), 1 / 20)
      }
      for (other, b) in matrices where order >= 4 {
        check("\(name)\(other)c", apply(a, apply(b, c)), 1 / 24)
        if order >= 5 {
          check("c·\(name)\(other)c", times(c, apply(a, apply(b, c))), 1 / 30)
          check("\(name)\(other)c²", apply(a, apply(b, squares)), 1 / 60)
          check("\(name)\(other)\(other)c", apply(a, apply(b, apply(b, c))), 1 / 120)
        }
      }
    }
    return found
  }

  /// How far row sums are from the nodes.
  package var rowSumDefects: [Double] {
    zip(nodes, explicit).map { abs($0 - $1.reduce(0, +)) }
      + zip(nodes, implicit).map { abs($0 - $1.reduce(0, +)) }
  }
}

extension LowStorageTableau {
  /// The same explicit method as a Butcher tableau.
  package var butcherTableau: (nodes: [Double], matrix: [[Double]], weights: [Double]) {
    let count = beta.count
    var register = Array(repeating: 0.0, count: count)
    var state = register
    var matrix: [[Double]] = []
    for k in 0..<count {
      matrix.append(state)
      register = register.map { beta[k] * $0 }
      register[k] += 1
      state = zip(state, register).map { $0 + gamma[k] * $1 }
    }
    return (Array(nodes.dropLast()), matrix, state)
  }
}
