/// How products of functions on a grid are kept free of aliasing.
public enum DealiasingRule: String, Sendable, Hashable, CaseIterable {
  /// Keeps the lower two thirds of the modes: exact for products of two.
  case twoThirds = "2/3"
  /// Keeps the lower half of the modes: exact for products of three.
  case half = "1/2"
  /// Keeps every mode.
  case none

  /// The number of factors whose product has no aliasing among the modes kept.
  public var degree: Int {
    switch self {
    case .none: 1
    case .twoThirds: 2
    case .half: 3
    }
  }
}

extension TensorBasis {
  /// Whether each stored mode of an axis is kept by `rule`.
  ///
  /// Fourier: `(degree + 1)|k| < n`; n sines or cosines are 2n points of a Fourier axis.
  public func dealiasingMask(_ rule: DealiasingRule, axis: Int) -> [Bool] {
    let basis = axes[axis]
    let modes = basis.modeCount(points[axis], order(axis))
    if rule == .none { return Array(repeating: true, count: modes) }
    let kept = basis.dealiasedModes(points[axis], degree: rule.degree)
    guard order(axis) == .full else { return (0..<modes).map { $0 < kept } }
    return (0..<modes).map { min($0, modes - $0) < kept }
  }
}

extension SpectralCoefficients {
  /// Sets the modes to zero that `rule` does not keep.
  public mutating func dealias(_ rule: DealiasingRule) {
    guard rule != .none else { return }
    scaleModes(
      basis.axes.indices.map { basis.dealiasingMask(rule, axis: $0).map { $0 ? 1 : 0 } })
  }
}
