/// Complex exponentials `e^{iκ(x − lower)}`, κ = 2πk/L, for periodic functions.
///
/// Nodes `lower + jL/n`. Forward divides by n, inverse does not. For even n the Nyquist mode stands for the
/// cosine: zero in odd derivatives.
public struct FourierBasis: Basis {
  public static let name = "fourier"
  public static let summary = "complex exponentials, for periodic axes"
  public static let isComplex = true
  public static let isTrigonometric = true
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    checkInterval()
  }

  public func nodes(_ points: Int) -> [Double] {
    (0..<points).map { lower + length * Double($0) / Double(points) }
  }

  public func weights(_ points: Int) -> [Double] {
    Array(repeating: length / Double(points), count: points)
  }

  public func transform(_ points: Int) -> GridTransform { .fourier }

  public func modeCount(_ points: Int, _ order: ModeOrder) -> Int {
    order == .half ? points / 2 + 1 : points
  }

  /// The integer frequency of each stored mode; the Nyquist frequency is −n/2 in full order.
  public func frequencies(_ points: Int, _ order: ModeOrder) -> [Int] {
    switch order {
    case .half: Array(0...points / 2)
    case .full: (0..<points).map { $0 < (points + 1) / 2 ? $0 : $0 - points }
    }
  }

  public func wavenumbers(_ points: Int, _ order: ModeOrder) -> [Double] {
    frequencies(points, order).map { 2 * .pi * Double($0) / length }
  }

  public func functions(at x: Double, points: Int, _ order: ModeOrder) -> [Double] {
    let half = points / 2 + 1
    let table = harmonics(2 * .pi * (x - lower) / length, first: 0, count: half)
    let count = modeCount(points, order)
    var values = [Double](repeating: 0, count: 2 * count)
    for mode in 0..<count {
      let isNegative = mode >= half
      let k = isNegative ? points - mode : mode
      let weight = order == .half && k > 0 && 2 * k != points ? 2.0 : 1.0
      values[2 * mode] = weight * table.cosines[k]
      if 2 * k != points { values[2 * mode + 1] = (isNegative ? -weight : weight) * table.sines[k] }
    }
    return values
  }

  public func mass(_ points: Int, _ order: ModeOrder) -> MassMatrix {
    .diagonal(
      frequencies(points, order).map { k in
        if 2 * abs(k) == points { return length / 2 }
        return order == .half && k > 0 ? 2 * length : length
      })
  }

  public func integrals(_ points: Int, _ order: ModeOrder) -> [Double] {
    frequencies(points, order).map { $0 == 0 ? length : 0 }
  }

  public func basis(ofDerivative order: Int) -> any Basis { self }

  public func derivative(order: Int, points: Int, _ modes: ModeOrder) -> AxisOperator {
    let sign: Double = order % 4 < 2 ? 1 : -1
    let factors = zip(frequencies(points, modes), wavenumbers(points, modes)).map { k, wavenumber in
      2 * abs(k) == points && order % 2 == 1 ? 0 : sign * power(wavenumber, order)
    }
    return order % 2 == 0 ? .scaling(factors) : .imaginaryScaling(factors)
  }

  /// Keeps |k| with `(degree + 1)|k| < n`.
  public func dealiasedModes(_ points: Int, degree: Int) -> Int {
    precondition(degree >= 1, "dealiasedModes: degree \(degree) must be at least 1")
    return (points + degree) / (degree + 1)
  }
}
