/// Legendre polynomials `Pₖ(ξ)`, ξ ∈ [−1, 1]: orthogonal in L², for smooth functions with any conditions.
///
/// Nodes are the Gauss–Legendre points, ends excluded; the transform is a matrix, the quadrature exact for
/// degrees up to 2n − 1.
public struct LegendreBasis: Basis {
  public static let name = "legendre"
  public static let summary =
    "Legendre polynomials on Gauss points, orthogonal, for any conditions at the ends"
  public static let isTrigonometric = false
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }

  public func nodes(_ points: Int) -> [Double] {
    QuadratureRule.gaussLegendre(points).mapped(to: lower, upper).nodes
  }

  public func weights(_ points: Int) -> [Double] {
    QuadratureRule.gaussLegendre(points).mapped(to: lower, upper).weights
  }

  public func transform(_ points: Int) -> GridTransform {
    let rule = QuadratureRule.gaussLegendre(points)
    var forward = [Double](repeating: 0, count: points * points)
    var inverse = forward
    for j in 0..<points {
      let values = polynomials(rule.nodes[j], points)
      for k in 0..<points {
        inverse[j * points + k] = values[k]
        forward[k * points + j] = (Double(k) + 0.5) * rule.weights[j] * values[k]
      }
    }
    return .matrix(forward: forward, inverse: inverse)
  }

  public func wavenumbers(_ points: Int, _ order: ModeOrder) -> [Double] { (0..<points).map { Double($0) } }

  public func functions(at x: Double, points: Int, _ order: ModeOrder) -> [Double] {
    polynomials((2 * x - lower - upper) / length, points)
  }

  public func mass(_ points: Int, _ order: ModeOrder) -> MassMatrix {
    .diagonal((0..<points).map { length / (2 * Double($0) + 1) })
  }

  public func integrals(_ points: Int, _ order: ModeOrder) -> [Double] {
    (0..<points).map { $0 == 0 ? length : 0 }
  }

  public func basis(ofDerivative order: Int) -> any Basis { self }

  public func derivative(order: Int, points: Int, _ modes: ModeOrder) -> AxisOperator {
    let scale = 2 / length
    return .recurrence { line in
      for _ in 0..<order {
        // P′ₚ = Σ (2k + 1) Pₖ over k = p − 1, p − 3, …
        var (same, other) = (0.0, 0.0)
        for k in stride(from: line.count - 1, through: 0, by: -1) {
          let coefficient = line[k]
          line[k] = scale * (2 * Double(k) + 1) * other
          (same, other) = (other, same + coefficient)
        }
      }
    }
  }

  private func polynomials(_ position: Double, _ count: Int) -> [Double] {
    var values = [Double](repeating: 1, count: count)
    if count > 1 { values[1] = position }
    for k in values.indices.dropFirst(2) {
      let degree = Double(k)
      values[k] = ((2 * degree - 1) * position * values[k - 1] - (degree - 1) * values[k - 2]) / degree
    }
    return values
  }
}
