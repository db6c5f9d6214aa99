extension Lowering {
  /// A power of a scalar; complex bases take whole exponents.
  mutating func power(_ base: Expression, _ exponent: Expression) throws(EquationError) -> ComplexSum {
    let baseTensor = try tensor(base)
    guard let value = baseTensor.scalar else {
      throw EquationError(
        .problem, "\(baseTensor.kind) is raised to a power in '\(Self.excerpt(.power(base, exponent)))'",
        hint: "the square of a vector is dot(u, u)")
    }
    let exponentValue = try realPolynomial(try tensor(exponent), "an exponent")
    guard let number = exponentValue.number else {
      guard value.isReal else {
        throw EquationError(.problem, "the exponent of a complex base must be a whole number")
      }
      let polynomial = try pointwise(value.re)
      let power = Expression.power(polynomial.plainExpression, exponentValue.plainExpression)
      return ComplexSum(re: scalar(Polynomial(leaf: try bounded(power))))
    }
    if number == 1 { return value }
    if value.isReal { return ComplexSum(re: scalar(try power(try pointwise(value.re), number))) }
    guard number == number.rounded(), number.magnitude <= 32 else {
      throw EquationError(.problem, "the exponent of a complex base must be a whole number of at most 32")
    }
    var result = ComplexSum(re: self.number(1))
    for _ in 0..<Int(number.magnitude) { result = try product(result, value) }
    return number < 0 ? try reciprocal(result) : result
  }

  private mutating func reciprocal(_ value: ComplexSum) throws(EquationError) -> ComplexSum {
    let square = try pointwise(try squaredModulus(value))
    return try product(value.conjugate, ComplexSum(re: scalar(try power(square, -1))))
  }

  private mutating func squaredModulus(_ value: ComplexSum) throws(EquationError) -> DifferentialSum {
    var square = try product(value.re, value.re)
    if !value.isReal { square.add(try product(value.im, value.im)) }
    return square
  }

  /// A function of scalars; `abs` also takes the length of a vector.
  mutating func call(_ function: Function, _ arguments: [Expression]) throws(EquationError) -> ComplexSum {
    guard arguments.count == function.arity else {
      throw EquationError(.problem, "'\(function.rawValue)' takes \(function.arity) arguments")
    }
    guard !function.isReduction else {
      throw EquationError(.problem, "'\(function.rawValue)' of a field can only be used in quantities")
    }
    var values: [ComplexSum] = []
    for argument in arguments {
      let value = try tensor(argument)
      if function == .abs, value.rank == 1 { return try length(value) }
      values.append(try scalar(value, "the argument of '\(function.rawValue)'"))
    }
    switch function {
    case .re: return ComplexSum(re: values[0].re)
    case .im: return ComplexSum(re: values[0].im)
    case .conj: return values[0].conjugate
    default: break
    }
    if values.allSatisfy(\.isReal) {
      var polynomials: [Polynomial] = []
      for value in values { polynomials.append(try pointwise(value.re)) }
      return ComplexSum(re: scalar(try call(function, polynomials)))
    }
    return try complexCall(function, values[0])
  }

  private mutating func length(_ vector: Tensor) throws(EquationError) -> ComplexSum {
    var square = DifferentialSum()
    for component in vector.components { square.add(try squaredModulus(component)) }
    return ComplexSum(re: scalar(try call(.sqrt, [try pointwise(square)])))
  }

  /// Functions of `a + ib` by their addition theorems.
  private mutating func complexCall(_ function: Function, _ value: ComplexSum) throws(EquationError)
    -> ComplexSum
  {
    if function == .abs {
      return ComplexSum(re: scalar(try call(.sqrt, [try pointwise(try squaredModulus(value))])))
    }
    let (a, b) = (try pointwise(value.re), try pointwise(value.im))
    func parts(
      _ re: (Function, Function), _ im: (Function, Function), sign: Double, _ lowering: inout Lowering
    ) throws(EquationError) -> ComplexSum {
      let real = try lowering.product(try lowering.call(re.0, [a]), try lowering.call(re.1, [b]))
      let imaginary = try lowering.product(try lowering.call(im.0, [a]), try lowering.call(im.1, [b]))
      return ComplexSum(re: lowering.scalar(real), im: lowering.scalar(imaginary.scaled(by: sign)))
    }
    switch function {
    case .exp: return try parts((.exp, .cos), (.exp, .sin), sign: 1, &self)
    case .sin: return try parts((.sin, .cosh), (.cos, .sinh), sign: 1, &self)
    case .cos: return try parts((.cos, .cosh), (.sin, .sinh), sign: -1, &self)
    case .sinh: return try parts((.sinh, .cos), (.cosh, .sin), sign: 1, &self)
    case .cosh: return try parts((.cosh, .cos), (.sinh, .sin), sign: 1, &self)
    default:
      throw EquationError(
        .problem, "'\(function.rawValue)' of a complex argument is not supported",
        hint: "take re(…), im(…) or abs(…)")
    }
  }
}
