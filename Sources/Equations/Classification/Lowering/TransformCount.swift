/// How many transforms the evaluation of the terms of a system takes.
struct TransformCount: Equatable {
  /// Functions brought to the grid.
  var inputs: Int
  /// Distinct integrands, up to a constant factor, brought back.
  var outputs: Int

  var total: Int { inputs + outputs }

  init(_ equations: [SplitEquation]) {
    var codes: Set<Jet> = []
    var integrands: Set<Expression> = []
    for equation in equations {
      for polynomial in equation.terms.values {
        // Dimension 0 keeps the packed derivative in the unknown's number, which is enough to count.
        for monomial in polynomial.coefficients.keys { codes.formUnion(monomial.jets(dimension: 0)) }
        integrands.insert(polynomial.expression.splitCoefficient.rest)
      }
    }
    inputs = codes.count
    outputs = integrands.count
  }
}
