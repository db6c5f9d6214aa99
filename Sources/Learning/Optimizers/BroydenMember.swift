import Glibc

/// Which update of Broyden's class an inverse Hessian takes, and how it is scaled before.
///
/// With ρ = 1/yᵀs, v = ρ s − Hy/(yᵀHy), and the two invariants h = ρ yᵀHy and b = ρ sᵀBs, where B = H⁻¹:
/// ```
/// H ← (H − Hy yᵀH/(yᵀHy) + φ (yᵀHy) v vᵀ)/τ + ρ s sᵀ,   φ = (1 − θ)/(1 + aθ),   a = bh − 1
/// ```
/// Whatever θ and τ are, H y = s afterwards.
enum BroydenMember {
  /// θ = 0, τ = 1.
  case bfgs
  /// SSBroyden2: θ and τ as functions of b and h.
  case selfScaled

  /// The coefficients for u = Hy and w = s.
  ///
  /// - Parameters:
  ///   - curvature: yᵀs, positive.
  ///   - inverse: yᵀHy, positive.
  ///   - forward: sᵀBs, positive.
  ///   - size: the number of parameters.
  func update<Scalar>(
    curvature: Double, inverse: Double, forward: Double, size: Int
  ) -> InverseHessian<Scalar>.Update {
    let (h, b) = (inverse / curvature, forward / curvature)
    // Never negative, by Cauchy and Schwarz, but for rounding.
    let a = max(0, b * h - 1)
    let (θ, τ) = parameters(h: h, b: b, a: a, size: size)
    let φ = (1 - θ) / (1 + a * θ)
    return .init(
      keep: 1 / τ, first: (φ - 1) / (τ * inverse), mixed: -φ / (τ * curvature),
      second: φ * h / (τ * curvature) + 1 / curvature)
  }

  /// θ and τ.
  func parameters(h: Double, b: Double, a: Double, size: Int) -> (θ: Double, τ: Double) {
    guard case .selfScaled = self else { return (0, 1) }
    let least = min(1, h * (1 - (a / (1 + a)).squareRoot()))
    guard least > 0, least.isFinite else { return (0, 1) }
    let lower = least == 1 ? 0 : (least - 1) / max(a, 1e-300)
    let θ = max(lower, min(1 / least, (1 - b) / b))
    let σ = 1 + θ * a
    let root = size > 1 ? pow(abs(σ), 1 / (1 - Double(size))) : 1
    let q = min(1, 1 / b)
    let τ = θ <= 0 ? min(q * root, σ) : q * min(root, 1 / θ)
    return σ > 0 && τ > 0 && τ.isFinite ? (θ, τ) : (0, 1)
  }
}
