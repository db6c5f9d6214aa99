#if canImport(Glibc)
  import Glibc
#endif

/// Nodes and weights for integrals over an interval: `∫f ≈ Σ wⱼ f(xⱼ)`.
public struct QuadratureRule: Sendable, Hashable {
  /// Ascending.
  public var nodes: [Double]
  public var weights: [Double]

  public init(nodes: [Double], weights: [Double]) {
    precondition(
      nodes.count == weights.count,
      "QuadratureRule: \(nodes.count) nodes need as many weights, not \(weights.count)")
    self.nodes = nodes
    self.weights = weights
  }

  /// The rule for `[lower, upper]`, of one for `[−1, 1]`.
  public func mapped(to lower: Double, _ upper: Double) -> QuadratureRule {
    let (middle, half) = ((lower + upper) / 2, (upper - lower) / 2)
    return QuadratureRule(
      // The ends come out as they were given, not rounded.
      nodes: nodes.map { abs($0) == 1 ? ($0 < 0 ? lower : upper) : middle + half * $0 },
      weights: weights.map { half * $0 })
  }

  /// `Σ wⱼ f(xⱼ)`.
  public func integrate(_ function: (Double) throws -> Double) rethrows -> Double {
    var sum = 0.0
    for (node, weight) in zip(nodes, weights) { sum += weight * (try function(node)) }
    return sum
  }

  /// Gauss–Legendre with `count` ≥ 1 nodes inside [−1, 1], exact for degrees up to 2·count − 1.
  ///
  /// Newton's method on the three-term recurrence, from the classical cosine estimate.
  public static func gaussLegendre(_ count: Int) -> QuadratureRule {
    precondition(count >= 1, "gaussLegendre: count \(count) must be at least 1")
    var nodes = [Double](repeating: 0, count: count)
    var weights = nodes
    let n = Double(count)
    for index in 0..<(count + 1) / 2 {
      var x = cos(.pi * (Double(index) + 0.75) / (n + 0.5)) * (1 - (n - 1) / (8 * n * n * n))
      if 2 * index + 1 == count { x = 0 }
      for _ in 0..<8 {
        let (value, previous) = legendre(count, x)
        let step = value * (1 - x * x) / (n * (previous - x * value))
        x -= step
        if abs(step) < 1e-16 { break }
      }
      let (value, previous) = legendre(count, x)
      let slope = n * (previous - x * value) / (1 - x * x)
      let weight = 2 / ((1 - x * x) * slope * slope)
      (nodes[index], nodes[count - 1 - index]) = (-x, x)
      (weights[index], weights[count - 1 - index]) = (weight, weight)
    }
    if count % 2 == 1 { nodes[count / 2] = 0 }
    return QuadratureRule(nodes: nodes, weights: weights)
  }

  /// Gauss–Lobatto with `count` ≥ 2 nodes, both ends among them, exact for degrees up to 2·count − 3.
  public static func gaussLobatto(_ count: Int) -> QuadratureRule {
    precondition(count >= 2, "gaussLobatto: count \(count) must be at least 2")
    var nodes = [Double](repeating: 0, count: count)
    var weights = nodes
    let degree = count - 1
    let n = Double(degree)
    for index in 0..<(count + 1) / 2 {
      var x = index == 0 ? 1 : cos(.pi * Double(index) / n)
      if 2 * index + 1 == count { x = 0 }
      if index > 0 {
        for _ in 0..<12 {
          // Newton for P′ₙ, whose derivative follows from Legendre's equation.
          let (value, previous) = legendre(degree, x)
          let slope = n * (previous - x * value) / (1 - x * x)
          let bend = (2 * x * slope - n * (n + 1) * value) / (1 - x * x)
          let step = slope / bend
          x -= step
          if abs(step) < 1e-16 { break }
        }
      }
      let value = legendre(degree, x).value
      let weight = 2 / (n * (n + 1) * value * value)
      (nodes[index], nodes[count - 1 - index]) = (-x, x)
      (weights[index], weights[count - 1 - index]) = (weight, weight)
    }
    if count % 2 == 1 { nodes[count / 2] = 0 }
    return QuadratureRule(nodes: nodes, weights: weights)
  }

  /// Clenshaw–Curtis with `count` ≥ 2 nodes `−cos(πj/(count − 1))`, exact for degrees up to count − 1.
  ///
  /// The weights are the cosine transform of the moments of the Chebyshev polynomials
  /// (Waldvogel, *Fast construction of the Fejér and Clenshaw–Curtis quadrature rules*, BIT 2006).
  public static func clenshawCurtis(_ count: Int) -> QuadratureRule {
    precondition(count >= 2, "clenshawCurtis: count \(count) must be at least 2")
    let last = count - 1
    // A sine of a small angle keeps the symmetry exactly.
    let nodes = (0...last).map { sin(.pi * Double(2 * $0 - last) / Double(2 * last)) }
    var weights = (0...last).map { k -> Double in
      let degree = Double(k)
      return k % 2 == 0 ? 2 / ((1 - degree * degree) * Double(last)) : 0
    }
    let plan = FFTWPlan.realInPlace(.dct1, LineLayout(length: count, distance: count))
    weights.withUnsafeMutableBufferPointer { plan.executeReal($0.baseAddress!) }
    weights[0] /= 2
    weights[last] /= 2
    return QuadratureRule(nodes: nodes, weights: weights)
  }

  private static func legendre(_ degree: Int, _ x: Double) -> (value: Double, previous: Double) {
    var (value, previous) = (x, 1.0)
    if degree == 0 { return (1, 0) }
    for k in stride(from: 2, through: degree, by: 1) {
      let n = Double(k)
      (value, previous) = (((2 * n - 1) * x * value - (n - 1) * previous) / n, value)
    }
    return (value, previous)
  }
}
