import Differentiation
import Glibc

/// A complex number, as far as the tests need it.
struct Complex {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  /// e^{i·angle}.
  init(angle: Double) { self.init(cos(angle), sin(angle)) }

  static func + (a: Self, b: Self) -> Self { Self(a.real + b.real, a.imaginary + b.imaginary) }
  static func * (a: Double, b: Self) -> Self { Self(a * b.real, a * b.imaginary) }
  static func * (a: Self, b: Self) -> Self {
    Self(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  static func / (a: Self, b: Self) -> Self {
    let size = b.real * b.real + b.imaginary * b.imaginary
    return (1 / size) * (a * Self(b.real, -b.imaginary))
  }

  private var exponential: Self { exp(real) * Self(angle: imaginary) }

  /// f at this number; not for those without an entire continuation of their own.
  func applying(_ f: Activation) -> Self {
    let one = Self(1, 0)
    switch f {
    case .tanh:
      let e = (2.0 * self).exponential
      return (e + Self(-1, 0)) / (e + one)
    case .sine:
      return Self(sin(real) * cosh(imaginary), cos(real) * sinh(imaginary))
    case .silu: return self / (one + (-1.0 * self).exponential)
    case .identity: return self
    case .gelu, .relu: preconditionFailure("Complex: \(f) has no continuation here")
    }
  }
}
