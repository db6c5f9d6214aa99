#if canImport(Glibc)
  import Glibc
#endif

extension Function {
  /// The value at real arguments; NaN outside the domain of the function.
  public func value(_ arguments: [Double]) -> Double {
    precondition(
      arguments.count == arity, "Function \(self): \(arguments.count) arguments given for \(arity)")
    return value(arguments[0], arguments.count > 1 ? arguments[1] : 0)
  }

  /// The value at one real argument, or two.
  package func value(_ x: Double, _ y: Double = 0) -> Double {
    switch self {
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .sinh: Glibc.sinh(x)
    case .cosh: Glibc.cosh(x)
    case .tanh: Glibc.tanh(x)
    case .asinh: Glibc.asinh(x)
    case .acosh: Glibc.acosh(x)
    case .atanh: Glibc.atanh(x)
    case .exp: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .sqrt: x.squareRoot()
    case .abs: x.magnitude
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .floor: Glibc.floor(x)
    case .erf: Glibc.erf(x)
    case .erfc: Glibc.erfc(x)
    case .min: Swift.min(x, y)
    case .max: Swift.max(x, y)
    case .atan2: Glibc.atan2(x, y)
    case .re, .conj: x
    // Of something that is the same everywhere; an integral needs a domain.
    case .mean: x
    case .integral: .nan
    case .im: 0
    case .besselj0: Glibc.j0(x)
    case .besselj1: Glibc.j1(x)
    }
  }
}

extension Comparison {
  /// Whether the comparison holds.
  public func holds(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// `base^exponent`; whole exponents work for negative bases too.
func realPower(_ base: Double, _ exponent: Double) -> Double {
  if exponent == 2 { return base * base }
  if exponent == -1 { return 1 / base }
  return pow(base, exponent)
}
