public import Arrays

extension SpectralCoefficients {
  /// `(∫ u²)^½` over the box, exact for the function that the coefficients are.
  public func norm() -> Double { innerProduct(self).squareRoot() }

  /// The Sobolev norm `(Σ (α + |κ|²)^s |cₖ|² ‖φₖ‖²)^½` with κ the wavenumbers of the axes in physical units.
  ///
  /// `order` is s and may be negative; with α = 0 the mean is left out. On axes of sines and cosines the
  /// functions are the L² eigenfunctions, so s = 1, α = 1 is the usual H¹ norm. Not defined for polynomials.
  public func sobolevNorm(order: Double, alpha: Double = 1) -> Double {
    precondition(alpha >= 0, "sobolevNorm: α = \(alpha) must not be negative")
    precondition(
      basis.axes.allSatisfy { type(of: $0).isTrigonometric },
      "sobolevNorm: \(basis) has an axis without wavenumbers")
    let modes = basis.modeCounts
    let squares = basis.axes.indices.map { basis.wavenumbers($0).map { $0 * $0 } }
    let norms = basis.axes.indices.map { axis -> [Double] in
      guard case .diagonal(let norms) = basis.axes[axis].mass(basis.points[axis], basis.order(axis)) else {
        preconditionFailure("sobolevNorm: trigonometric functions are orthogonal")
      }
      return norms
    }
    let width = basis.isComplex ? 2 : 1
    return values.withUnsafeBuffer { buffer in
      var sum = 0.0
      for mode in 0..<buffer.count / width {
        var (rest, square, norm) = (mode, alpha, 1.0)
        for axis in modes.indices.reversed() {
          let index = rest % modes[axis]
          square += squares[axis][index]
          norm *= norms[axis][index]
          rest /= modes[axis]
        }
        guard square > 0 else { continue }
        let energy = (0..<width).reduce(0.0) { energy, part in
          let value = Double(buffer[width * mode + part])
          return energy + value * value
        }
        sum += power(square, order) * norm * energy
      }
      return sum.squareRoot()
    }
  }
}

/// `‖prediction − truth‖ / ‖truth‖` over all elements: for one sample, over space, time and channels.
///
/// 0 for two zeros, infinite for a zero truth alone.
public func relativeL2<Scalar: TransformScalar>(
  _ prediction: NDArray<Scalar>, _ truth: NDArray<Scalar>
) -> Double {
  precondition(
    prediction.shape == truth.shape, "relativeL2: shapes \(prediction.shape) and \(truth.shape) differ")
  var (difference, size) = (0.0, 0.0)
  prediction.withUnsafeBuffer { prediction in
    truth.withUnsafeBuffer { truth in
      for index in truth.indices {
        let (one, other) = (Double(prediction[index]), Double(truth[index]))
        difference += (one - other) * (one - other)
        size += other * other
      }
    }
  }
  return difference == 0 ? 0 : (difference / size).squareRoot()
}
