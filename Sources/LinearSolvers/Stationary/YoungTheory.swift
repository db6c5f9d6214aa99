#if canImport(Glibc)
  import Glibc
#endif

/// What Young's theory says of SOR on consistently ordered matrices, such as five- and seven-point grids.
///
/// Young, *Iterative Solution of Large Linear Systems* (1971), chapter 6. All of it follows from β, the spectral
/// radius of Jacobi's iteration matrix I − D⁻¹A.
public struct YoungTheory: Sendable, Hashable {
  /// β, below 1.
  public let jacobiRadius: Double

  /// - Parameter jacobiRadius: β in 0..<1. Too large an estimate is safer than too small a one: at β → 1 the best ω
  ///   has a square-root cusp.
  public init(jacobiRadius: Double) {
    precondition(
      jacobiRadius >= 0 && jacobiRadius < 1, "YoungTheory: Jacobi radius \(jacobiRadius) must be in 0..<1")
    self.jacobiRadius = jacobiRadius
  }

  /// The theory of A + shift·I, where A is the Dirichlet Laplacian with entries 2·dimension and −1 on a grid of
  /// `interior` nodes per axis.
  public init(interior: Int, dimension: Int = 2, shift: Double = 0) {
    let diagonal = 2 * Double(dimension)
    self.init(jacobiRadius: diagonal * cos(.pi / Double(interior + 1)) / (diagonal + shift))
  }

  /// ω* = 2 / (1 + √(1 − β²)).
  public var bestRelaxation: Double { 2 / (1 + (1 - jacobiRadius * jacobiRadius).squareRoot()) }

  /// The spectral radius of SOR's iteration matrix.
  public func radius(relaxation ω: Double) -> Double {
    if ω >= bestRelaxation { return ω - 1 }
    let product = ω * jacobiRadius
    let root = product + (product * product - 4 * (ω - 1)).squareRoot()
    return root * root / 4
  }
}
