/// Numbers that families of vectors are made of: real ones, or complex ones as pairs.
public protocol InterpolationScalar: BitwiseCopyable, Sendable, Equatable {
  static var zero: Self { get }
  static var unit: Self { get }
  /// The size of the number.
  var modulus: Double { get }
  func minus(_ other: Self) -> Self
  func plus(_ other: Self) -> Self
  func times(_ other: Self) -> Self
  /// The quotient; the divisor is not zero.
  func over(_ other: Self) -> Self
}

extension Double: InterpolationScalar {
  public static var unit: Double { 1 }
  public var modulus: Double { abs(self) }
  public func minus(_ other: Double) -> Double { self - other }
  public func plus(_ other: Double) -> Double { self + other }
  public func times(_ other: Double) -> Double { self * other }
  public func over(_ other: Double) -> Double { self / other }
}

/// A complex number: (real part, imaginary part).
public struct ComplexPair: InterpolationScalar {
  public var real: Double
  public var imaginary: Double

  public init(_ real: Double, _ imaginary: Double) { (self.real, self.imaginary) = (real, imaginary) }

  public static var zero: ComplexPair { ComplexPair(0, 0) }
  public static var unit: ComplexPair { ComplexPair(1, 0) }
  public var modulus: Double { (real * real + imaginary * imaginary).squareRoot() }
  public func minus(_ other: ComplexPair) -> ComplexPair {
    ComplexPair(real - other.real, imaginary - other.imaginary)
  }
  public func plus(_ other: ComplexPair) -> ComplexPair {
    ComplexPair(real + other.real, imaginary + other.imaginary)
  }
  public func times(_ other: ComplexPair) -> ComplexPair {
    ComplexPair(
      real * other.real - imaginary * other.imaginary, real * other.imaginary + imaginary * other.real)
  }
  public func over(_ other: ComplexPair) -> ComplexPair {
    let size = other.modulus
    let (c, s) = (other.real / size, other.imaginary / size)
    return ComplexPair((real * c + imaginary * s) / size, (imaginary * c - real * s) / size)
  }
}
