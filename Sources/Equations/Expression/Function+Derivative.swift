extension Function {
  /// The partial derivatives at real arguments, one per argument.
  ///
  /// Derivatives of `floor` and `sign` are zero, as they are wherever they exist; `re` and `conj` count as the
  /// identity and `im` as zero, which they are for real arguments.
  func derivatives(_ arguments: [Expression]) -> [Expression] {
    let x = arguments[0]
    func call(_ function: Function) -> Expression { .call(function, [x]) }
    func square(_ expression: Expression) -> Expression { .power(expression, .number(2)) }
    func inverseRoot(_ expression: Expression) -> Expression {
      .power(.call(.sqrt, [expression]), .number(-1))
    }
    let gaussian = Expression.number(2 / Double.pi.squareRoot()) * .call(.exp, [-square(x)])
    switch self {
    case .sin: return [call(.cos)]
    case .cos: return [-call(.sin)]
    case .tan: return [.one + square(call(.tan))]
    case .asin: return [inverseRoot(.one - square(x))]
    case .acos: return [-inverseRoot(.one - square(x))]
    case .atan: return [.one / (.one + square(x))]
    case .sinh: return [call(.cosh)]
    case .cosh: return [call(.sinh)]
    case .tanh: return [.one - square(call(.tanh))]
    case .asinh: return [inverseRoot(.one + square(x))]
    case .acosh: return [inverseRoot(x - .one) * inverseRoot(x + .one)]
    case .atanh: return [.one / (.one - square(x))]
    case .exp: return [call(.exp)]
    case .log: return [.one / x]
    case .sqrt: return [.number(0.5) / call(.sqrt)]
    case .abs: return [call(.sign)]
    case .sign, .floor, .im: return [.zero]
    case .erf: return [gaussian]
    case .erfc: return [-gaussian]
    case .re, .conj: return [.one]
    case .mean, .integral: return [.zero]
    case .besselj0: return [-call(.besselj1)]
    // (J₀ − J₂)/2 written without a division by x, which is 0/0 at the origin: J₁' = J₀ − J₁/x.
    case .besselj1:
      let small = Expression.comparison(.less, .call(.abs, [x]), .number(1e-8))
      return [.conditional(small, .number(0.5), call(.besselj0) - call(.besselj1) / x)]
    case .min, .max:
      let first = Expression.comparison(self == .min ? .lessOrEqual : .greaterOrEqual, x, arguments[1])
      return [.conditional(first, .one, .zero), .conditional(first, .zero, .one)]
    case .atan2:
      let (y, x) = (arguments[0], arguments[1])
      let radius = square(x) + square(y)
      return [x / radius, -(y / radius)]
    }
  }
}
