#if canImport(Glibc)
  import Glibc
#endif

/// A complex number, for symbols and their functions; field data are pairs of doubles instead.
package struct Complex: Sendable, Hashable, BitwiseCopyable {
  package var re: Double
  package var im: Double

  @inline(__always)
  package init(_ re: Double, _ im: Double = 0) {
    self.re = re
    self.im = im
  }

  package static let zero = Complex(0)
  package static let one = Complex(1)

  /// iⁿ.
  package static func powerOfI(_ n: Int) -> Complex {
    switch ((n % 4) + 4) % 4 {
    case 0: Complex(1, 0)
    case 1: Complex(0, 1)
    case 2: Complex(-1, 0)
    default: Complex(0, -1)
    }
  }

  package var magnitude: Double { hypot(re, im) }
  package var isZero: Bool { re == 0 && im == 0 }

  @inline(__always)
  package static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
  @inline(__always)
  package static func - (a: Complex, b: Complex) -> Complex { Complex(a.re - b.re, a.im - b.im) }
  @inline(__always)
  package static prefix func - (a: Complex) -> Complex { Complex(-a.re, -a.im) }
  @inline(__always)
  package static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  @inline(__always)
  package static func * (a: Double, b: Complex) -> Complex { Complex(a * b.re, a * b.im) }
  @inline(__always)
  package static func += (a: inout Complex, b: Complex) { a = a + b }
  @inline(__always)
  package static func -= (a: inout Complex, b: Complex) { a = a - b }

  package static func / (a: Complex, b: Complex) -> Complex {
    if b.im == 0 { return Complex(a.re / b.re, a.im / b.re) }
    // Smith's scaling keeps large and small parts from overflowing.
    if abs(b.re) >= abs(b.im) {
      let ratio = b.im / b.re
      let scale = b.re + b.im * ratio
      return Complex((a.re + a.im * ratio) / scale, (a.im - a.re * ratio) / scale)
    }
    let ratio = b.re / b.im
    let scale = b.re * ratio + b.im
    return Complex((a.re * ratio + a.im) / scale, (a.im * ratio - a.re) / scale)
  }

  package static func exponential(_ z: Complex) -> Complex {
    let size = exp(z.re)
    return z.im == 0 ? Complex(size) : Complex(size * cos(z.im), size * sin(z.im))
  }
}
