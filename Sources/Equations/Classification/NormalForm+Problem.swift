extension NormalForm {
  /// Brings a problem into normal form.
  ///
  /// Substitutes parameters and definitions, writes vector and complex equations in real components, makes
  /// second order in time first order, lifts boundary data, and splits every equation into a linear part
  /// with constant coefficients and terms `D^α [ f ]`. Evolution equations are divided by their leading mass;
  /// equations stand in the order of the unknowns that they determine. Where integrands are equal up to a
  /// constant, they differ only in a leading number, so that one transform serves all.
  /// Cost: milliseconds, whatever the resolution. Throws all mistakes at once.
  public init(_ problem: Problem) throws(NormalFormErrors) {
    var assembly = SystemAssembly(problem)
    guard assembly.errors.isEmpty else { throw NormalFormErrors(assembly.errors) }
    do throws(EquationError) {
      try self.init(&assembly)
    } catch {
      throw NormalFormErrors([error])
    }
  }

  private init(_ assembly: inout SystemAssembly) throws(EquationError) {
    assembly.rewrite()
    let merging = try InputMerging(assembly.equations, lowering: &assembly.names.lowering)
    var equations: [ScalarEquation] = []
    for split in assembly.equations {
      var terms: [Term] = []
      for (index, polynomial) in split.orderedTerms {
        let merged = polynomial.plainExpression.replacingLeaves { leaf in
          guard case .input(let code) = leaf else { return nil }
          return merging.leaves[code]
        }
        let integrand = try assembly.names.lowering.polynomial(of: merged)
        terms.append(Term(derivative: index, integrand: integrand.expression))
      }
      equations.append(
        ScalarEquation(
          mass: split.mass.pruned, linear: split.linear.pruned, terms: terms, origin: split.origin))
    }
    for form in merging.inputs where form.coefficients.count > 1 {
      let text = form.text(names: assembly.scalars.map(\.name), axes: assembly.names.lowering.axes)
      assembly.remarks.append("\(text) is evaluated as one function")
    }
    self.init(
      domain: assembly.names.domain, unknowns: assembly.scalars, equations: equations, inputs: merging.inputs,
      liftings: assembly.liftings.map { $0.isZero ? nil : $0.plainExpression.simplified() },
      remarks: assembly.remarks)
    remarks += parityRemarks
  }
}

extension LinearForm {
  fileprivate var pruned: LinearForm { LinearForm(coefficients.filter { $0.value != 0 }) }
}
