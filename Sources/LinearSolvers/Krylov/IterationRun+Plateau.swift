extension IterationRun {
  /// Where the residual does not fall, because it is orthogonal to the range of A or nearly so.
  struct Plateau {
    /// ‖Aᵀr‖ / (‖A‖ ‖r‖) and ‖r‖ of the iterate that is kept.
    var share: Double
    var norm: Double
    /// When the residual is looked at next, and how often it was.
    var nextLook: Int
    var looks = 0
  }

  /// Whether the residual of x, orthogonal to the range of A up to `share` = ‖Aᵀr‖ / (‖A‖ ‖r‖), falls no further.
  ///
  /// From about √ε on, beyond which rounding does not let the share fall, the iterate is kept, and the method goes on, up
  /// to sixteen times as far: one small eigenvalue among others looks alike, and then the residual falls after all. Now
  /// and then, and where it is said to have fallen, it is computed anew; if it has not, and once it grows, the iterate is
  /// put back. Least squares with more rows than columns have a test of their own.
  func hasEnded(atShare share: Double) -> Bool {
    if share <= 1e-13 { return true }
    guard let found = plateau else {
      guard share < 1e-7, !isLeastSquares else { return false }
      keepPlateau(Plateau(share: share, norm: residualNorm, nextLook: iterations + max(iterations, 20)))
      return false
    }
    let isSaidToFall = residualNorm < 0.5 * found.norm
    guard isSaidToFall || iterations >= found.nextLook else {
      if share < 0.5 * found.share {
        keepPlateau(Plateau(share: share, norm: residualNorm, nextLook: found.nextLook, looks: found.looks))
      }
      return false
    }
    let norm = trueResidual(into: plateauMemory.residual)
    if norm < 0.75 * found.norm {
      plateau = nil
      return false
    }
    plateau?.nextLook *= 2
    plateau?.looks += 1
    guard isSaidToFall || norm > (1 + 1e-6) * found.norm || found.looks == 3 else { return false }
    pass.combine(x, 1, plateauMemory.iterate)
    pass.run()
    // What the recurrence has said since is not so.
    (residualNorm, bestNorm) = (found.norm, .infinity)
    return true
  }

  private func keepPlateau(_ found: Plateau) {
    pass.combine(plateauMemory.iterate, 1, x)
    pass.run()
    plateau = found
  }

  /// Whether the residual of x is orthogonal to the range of A, computed anew; if so, the outcome says it.
  func isOrthogonal(_ r: UnsafeMutablePointer<Double>) -> Bool {
    plateau = nil
    guard !isLeastSquares else { return false }
    let product = makeVector()
    // Without a transpose the method is one for symmetric operators.
    if transposable == nil { apply(r, into: product) } else { applyTranspose(r, into: product) }
    let normal = pass.norm(product)
    operatorApplications += 1
    let share = normal / (residualNorm * NullSpace.size(of: A))
    guard normal == 0 || share < 1e-5 else { return false }
    outcome = .inconsistent
    remarks.append(
      "The residual is orthogonal to the columns of the matrix to \(share.brief): the system has no solution, and no"
        + " other x has a smaller residual.")
    return true
  }
}
