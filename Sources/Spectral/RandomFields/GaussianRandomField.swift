public import Arrays

#if canImport(Glibc)
  import Glibc
#endif

/// A random function `Σₖ s(λₖ) ξₖ φₖ` on a box.
///
/// φₖ are the L²-normalised eigenfunctions of −lap for the ends of the axes, λₖ their eigenvalues, ξₖ
/// independent standard normal numbers, s the standard deviation of a mode. ξₖ is taken from the random stream
/// at a position made of the signed wavenumbers alone, so that every resolution shows the same function. The
/// Nyquist mode of a periodic axis is left out.
public struct GaussianRandomField: Sendable {
  /// Parameters that give no field.
  public struct ParameterError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(description: String) { self.description = description }
  }

  /// The standard deviation of the coefficient of a normalised eigenfunction with eigenvalue λ.
  public let deviation: @Sendable (_ eigenvalue: Double) -> Double
  /// The mean value of the field; without one the constant mode is dropped.
  public let mean: Double?

  /// A field with any spectrum.
  public init(mean: Double? = nil, deviation: @escaping @Sendable (_ eigenvalue: Double) -> Double) {
    self.deviation = deviation
    self.mean = mean
  }

  /// The field with the covariance `amplitude² (−lap + shift²)^(−exponent)`; throws for parameters that are not
  /// finite.
  public init(
    amplitude: Double, shift: Double, exponent: Double, mean: Double? = nil
  ) throws(ParameterError) {
    for (name, value) in [
      ("amplitude", amplitude), ("shift", shift), ("exponent", exponent), ("mean", mean ?? 0),
    ] where !value.isFinite {
      throw ParameterError(description: "\(name) of a Gaussian field is \(value), which is not finite")
    }
    self.init(mean: mean) { amplitude * pow($0 + shift * shift, -exponent / 2) }
  }

  /// The field with the random numbers of `stream`, in a basis of Fourier, sine and cosine axes.
  ///
  /// A mean value needs a constant function: with sines on an axis it is an error, and so is a spectrum that is
  /// not finite at a wavenumber.
  public func coefficients(
    in basis: TensorBasis, stream: RandomStream
  ) throws(ParameterError) -> SpectralCoefficients<Double> {
    if let axis = basis.axes.first(where: { !type(of: $0).isTrigonometric }) {
      throw ParameterError(
        description: "a Gaussian field needs Fourier, sine or cosine axes, not \(type(of: axis).name)")
    }
    guard basis.dimension <= 3 else {
      throw ParameterError(description: "a Gaussian field has at most 3 dimensions, not \(basis.dimension)")
    }
    let axes = basis.axes.indices.map { AxisModes(basis, $0) }
    let hasConstant = axes.allSatisfy(\.hasConstant)
    if mean != nil && !hasConstant {
      throw ParameterError(description: "a Gaussian field that is zero at an end has no mean mode")
    }
    var result = SpectralCoefficients<Double>(basis: basis)
    let width = basis.isComplex ? 2 : 1
    let periodicVolume = axes.reduce(1) { $1.isPeriodic ? $0 * $1.length : $0 }
    let isFinite = result.values.withUnsafeMutableBuffer { buffer -> Bool in
      var index = [Int](repeating: 0, count: axes.count)
      for mode in 0..<buffer.count / width {
        var rest = mode
        for axis in axes.indices.reversed() {
          index[axis] = rest % axes[axis].count
          rest /= axes[axis].count
        }
        guard let number = draw(axes, index, periodicVolume, stream) else { continue }
        buffer[width * mode] = number.real
        if width == 2 { buffer[width * mode + 1] = number.imaginary }
      }
      return buffer.allSatisfy(\.isFinite)
    }
    guard isFinite else {
      throw ParameterError(description: "the spectrum of a Gaussian field is not finite at every wavenumber")
    }
    if let mean { result.values[flat: 0] = mean }
    return result
  }

  /// The coefficient of one mode; `nil` where it is zero by definition.
  private func draw(
    _ axes: [AxisModes], _ index: [Int], _ periodicVolume: Double, _ stream: RandomStream
  ) -> (real: Double, imaginary: Double)? {
    var (eigenvalue, norm) = (0.0, 1.0)
    var sign = 0
    var isConstant = true
    for axis in axes.indices {
      let modes = axes[axis]
      guard modes.isUsed[index[axis]] else { return nil }
      let wavenumber = modes.wavenumbers[index[axis]]
      eigenvalue += wavenumber * wavenumber
      norm *= modes.norms[index[axis]]
      if wavenumber != 0 { isConstant = false }
      // The last axis that is not zero decides which of k and −k is drawn; the other is its conjugate.
      if modes.isPeriodic && modes.numbers[index[axis]] != 0 { sign = modes.numbers[index[axis]].signum() }
    }
    if isConstant { return nil }
    var position: UInt64 = 0
    // 63, 31 or 21 bits for each axis, the sign lowest.
    let bits = UInt64(63 / axes.count)
    for axis in axes.indices {
      let number = axes[axis].numbers[index[axis]] * (axes[axis].isPeriodic && sign < 0 ? -1 : 1)
      let code = UInt64(2 * abs(number) + (number < 0 ? 1 : 0))
      position |= (code & ((1 << bits) - 1)) << (bits * UInt64(axis))
    }
    let normal = stream.normals(at: position)
    let size = deviation(eigenvalue) * norm
    if sign == 0 { return (size * normal.x / periodicVolume.squareRoot(), 0) }
    let half = size / (2 * periodicVolume).squareRoot()
    return (half * normal.x, sign < 0 ? half * normal.y : -half * normal.y)
  }

  /// The modes of one axis, as far as the field needs them.
  private struct AxisModes {
    var isPeriodic: Bool
    var length: Double
    /// Integers that identify the functions.
    var numbers: [Int]
    var wavenumbers: [Double]
    /// One over the L² norm, on bounded axes.
    var norms: [Double]
    var isUsed: [Bool]

    var count: Int { numbers.count }
    var hasConstant: Bool { wavenumbers[0] == 0 && isUsed[0] }

    init(_ basis: TensorBasis, _ axis: Int) {
      length = basis.axes[axis].length
      wavenumbers = basis.wavenumbers(axis)
      if let fourier = basis.axes[axis] as? FourierBasis {
        isPeriodic = true
        let points = basis.points[axis]
        numbers = fourier.frequencies(points, basis.order(axis))
        norms = numbers.map { _ in 1 }
        isUsed = numbers.map { 2 * abs($0) != points }
        return
      }
      isPeriodic = false
      numbers = Array(wavenumbers.indices)
      norms = numbers.map { _ in 1 }
      isUsed = numbers.map { _ in true }
      if case .diagonal(let masses) = basis.axes[axis].mass(basis.points[axis], .half) {
        norms = masses.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
        isUsed = masses.map { $0 > 0 }
      }
    }
  }
}
