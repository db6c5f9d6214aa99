/// What the four sine and cosine bases share.
///
/// Functions `sin κ(x − lower)` or `cos κ(x − lower)` with κ = (k + shift)π/L, on the cell-centred nodes
/// `lower + (j + ½)L/n`, all with mode numbers k = 0 … n−1, so that a function and its derivative share them.
protocol BoundedTrigonometricBasis: Basis {
  static var isSine: Bool { get }
  /// 0, or ½ where the two ends differ.
  static var shift: Double { get }
  static var analysis: RealTransform { get }
  associatedtype Derivative: Basis
}

extension BoundedTrigonometricBasis {
  public static var isTrigonometric: Bool { true }

  public func nodes(_ points: Int) -> [Double] {
    (0..<points).map { lower + length * (Double($0) + 0.5) / Double(points) }
  }

  public func weights(_ points: Int) -> [Double] {
    Array(repeating: length / Double(points), count: points)
  }

  public func wavenumbers(_ points: Int, _ order: ModeOrder) -> [Double] {
    (0..<points).map { (Double($0) + Self.shift) * .pi / length }
  }

  /// FFTW's sine transform numbers its modes from 1, so its number k is our mode k + 1.
  public func transform(_ points: Int) -> GridTransform {
    var forward = [Double](repeating: 1 / Double(points), count: points)
    var inverse = [Double](repeating: 0.5, count: points)
    if Self.shift == 0 {
      if Self.isSine {
        inverse[0] = 0
      } else {
        forward[0] /= 2
        inverse[0] = 1
      }
    }
    return .real(
      Self.analysis, forwardFactors: forward, inverseFactors: inverse,
      offset: Self.isSine && Self.shift == 0 ? 1 : 0)
  }

  public func functions(at x: Double, points: Int, _ order: ModeOrder) -> [Double] {
    let table = harmonics(.pi * (x - lower) / length, first: Self.shift, count: points)
    return Self.isSine ? table.sines : table.cosines
  }

  public func mass(_ points: Int, _ order: ModeOrder) -> MassMatrix {
    var norms = [Double](repeating: length / 2, count: points)
    if Self.shift == 0 { norms[0] = Self.isSine ? 0 : length }
    return .diagonal(norms)
  }

  public func integrals(_ points: Int, _ order: ModeOrder) -> [Double] {
    (0..<points).map { k in
      let number = Double(k) + Self.shift
      if Self.shift == 0 {
        if !Self.isSine { return k == 0 ? length : 0 }
        return k % 2 == 1 ? 2 * length / (number * .pi) : 0
      }
      let sign: Double = Self.isSine || k % 2 == 0 ? 1 : -1
      return sign * length / (number * .pi)
    }
  }

  public func basis(ofDerivative order: Int) -> any Basis {
    order % 2 == 0 ? self : Derivative(lower: lower, upper: upper)
  }

  public func derivative(order: Int, points: Int, _ modes: ModeOrder) -> AxisOperator {
    // sin → cos → −sin → −cos, cos → −sin → −cos → sin.
    let isNegative = Self.isSine ? order % 4 >= 2 : order % 4 == 1 || order % 4 == 2
    return .scaling(wavenumbers(points, modes).map { (isNegative ? -1 : 1) * power($0, order) })
  }
}
