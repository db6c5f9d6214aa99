#if canImport(Glibc)
  import Glibc
#endif

/// Chebyshev polynomials `Tₖ(ξ)`, ξ ∈ [−1, 1], for smooth functions with any conditions at the ends.
///
/// Nodes are the Gauss–Lobatto points `ξⱼ = −cos(πj/(n−1))`, ends included; the transform is a DCT-I, the
/// quadrature Clenshaw–Curtis, exact for degrees up to n − 1.
public struct ChebyshevBasis: Basis {
  public static let name = "chebyshev"
  public static let summary = "Chebyshev polynomials on Gauss–Lobatto points, for any conditions at the ends"
  public static let isTrigonometric = false
  public static let minimumPoints = 2
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }

  public func nodes(_ points: Int) -> [Double] {
    QuadratureRule.clenshawCurtis(points).mapped(to: lower, upper).nodes
  }

  public func weights(_ points: Int) -> [Double] {
    QuadratureRule.clenshawCurtis(points).mapped(to: lower, upper).weights
  }

  public func transform(_ points: Int) -> GridTransform {
    let last = points - 1
    // Tₖ(−cos θ) = (−1)ᵏ cos kθ.
    let signs = (0...last).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    let forward = signs.indices.map { k -> Double in
      let isEnd = k == 0 || k == last
      return signs[k] / Double(isEnd ? 2 * last : last)
    }
    let inverse = signs.indices.map { $0 == 0 || $0 == last ? signs[$0] : signs[$0] / 2 }
    return .real(.dct1, forwardFactors: forward, inverseFactors: inverse, offset: 0)
  }

  public func wavenumbers(_ points: Int, _ order: ModeOrder) -> [Double] { (0..<points).map { Double($0) } }

  public func functions(at x: Double, points: Int, _ order: ModeOrder) -> [Double] {
    let position = (2 * x - lower - upper) / length
    var values = [Double](repeating: 1, count: points)
    if points > 1 { values[1] = position }
    for k in values.indices.dropFirst(2) { values[k] = 2 * position * values[k - 1] - values[k - 2] }
    return values
  }

  public func mass(_ points: Int, _ order: ModeOrder) -> MassMatrix {
    // TⱼTₖ = ½(Tⱼ₊ₖ + Tⱼ₋ₖ), and ∫Tₘ = 2/(1 − m²) for even m.
    func integral(_ m: Int) -> Double { m % 2 == 0 ? 2 / (1 - Double(m) * Double(m)) : 0 }
    var products = [Double]()
    products.reserveCapacity(points * points)
    for j in 0..<points {
      for k in 0..<points { products.append(length / 4 * (integral(j + k) + integral(j - k))) }
    }
    return .dense(products)
  }

  public func integrals(_ points: Int, _ order: ModeOrder) -> [Double] {
    (0..<points).map { k -> Double in
      let degree = Double(k)
      return k % 2 == 0 ? length / (1 - degree * degree) : 0
    }
  }

  public func basis(ofDerivative order: Int) -> any Basis { self }

  public func derivative(order: Int, points: Int, _ modes: ModeOrder) -> AxisOperator {
    let scale = 2 / length
    return .recurrence { line in
      for _ in 0..<order {
        // c′ₖ₋₁ = c′ₖ₊₁ + 2k cₖ, from the top down, with c′₀ halved.
        var (above, next) = (0.0, 0.0)
        for k in stride(from: line.count - 1, through: 0, by: -1) {
          let coefficient = line[k]
          line[k] = scale * next * (k == 0 ? 0.5 : 1)
          (next, above) = (above + 2 * Double(k) * coefficient, next)
        }
      }
    }
  }
}
