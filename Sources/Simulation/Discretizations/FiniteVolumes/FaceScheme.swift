package import Equations

/// How values at faces are made from those of the two cells.
package struct FaceScheme: Sendable {
  /// The mean of a diffusion coefficient.
  package var average = DiscretizationChoice.FaceAverage.harmonic
  /// What convective fluxes are taken from.
  package var convection = DiscretizationChoice.Convection.central

  /// The mean of two coefficients and its derivatives by them.
  @inline(__always)
  func mean(_ a: Double, _ b: Double) -> (value: Double, byFirst: Double, bySecond: Double) {
    switch average {
    case .arithmetic: return ((a + b) / 2, 0.5, 0.5)
    case .harmonic:
      let sum = a + b
      // Of opposite signs, or both zero: nothing flows.
      guard a * b > 0 else { return (0, 0, 0) }
      return (2 * a * b / sum, 2 * b * b / (sum * sum), 2 * a * a / (sum * sum))
    }
  }
}
