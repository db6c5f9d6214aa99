import Geometry

/// A real function of the solved unknowns, coordinates and time: a component of some expression of a problem.
public struct DerivedComponent: Hashable, Sendable {
  /// What distinguishes the component from the others of its expression.
  ///
  /// Empty, or `_re`, `_im`, `_x`, `_y` and so on.
  public var suffix: String
  /// The function, with leaves as in `Term`; its `.input(n)` count into `inputs`.
  public var integrand: Expression
  /// Linear combinations of derivatives of the scalar unknowns of the normal form.
  public var inputs: [LinearForm]
}

extension NormalForm {
  /// The components of an expression of the same problem: an initial or exact value, a definition, a quantity.
  ///
  /// Outer derivatives are carried out, so each component can be evaluated at a point from the values of its
  /// inputs. Unknowns stand for their full values: liftings are included. `shape` is that of an unknown where
  /// the value is for one: then a vector gives one component per axis, and a real value for a complex unknown
  /// a zero imaginary part. Throws if the expression is wrong or depends on time derivatives.
  public func components(
    of expression: Expression, in problem: Problem, for unknown: Unknown? = nil
  ) throws(EquationError) -> [DerivedComponent] {
    try ComponentLowering(problem, unknowns: unknowns, keepsFluxes: false)
      .components(of: expression, for: unknown)
  }
}

extension FluxForm {
  /// The components of an expression of the same problem, as those of `NormalForm`.
  public func components(
    of expression: Expression, in problem: Problem, for unknown: Unknown? = nil
  ) throws(EquationError) -> [DerivedComponent] {
    try ComponentLowering(problem, unknowns: unknowns, keepsFluxes: true)
      .components(of: expression, for: unknown)
  }
}

/// Brings expressions of a problem into components of given scalar unknowns.
private struct ComponentLowering {
  private var names: ProblemLowering
  private let unknowns: [ScalarUnknown]
  private var domain: Domain { names.domain }

  init(_ problem: Problem, unknowns: [ScalarUnknown], keepsFluxes: Bool) throws(EquationError) {
    names = ProblemLowering(problem, keepsFluxes: keepsFluxes)
    self.unknowns = unknowns
    if let mistake = names.errors.first { throw mistake }
  }

  func components(
    of expression: Expression, for unknown: Unknown?
  ) throws(EquationError) -> [DerivedComponent] {
    var names = names
    let tensor = try names.lowering.tensor(expression)
    var sums: [(suffix: String, sum: DifferentialSum)] = []
    for (index, component) in tensor.components.enumerated() {
      let suffix = suffix(of: index, rank: tensor.rank)
      let isComplex = unknown?.kind == .complex || (unknown == nil && !component.isReal)
      sums.append((suffix + (isComplex ? "_re" : ""), component.re))
      if isComplex { sums.append((suffix + "_im", component.im)) }
      if unknown?.kind != .complex, unknown != nil, !component.isReal {
        throw EquationError(.problem, "a real value is needed, but '\(expression)' is complex")
      }
    }
    switch unknown?.kind {
    case .vector where tensor.rank == 0 && tensor.isZero:
      sums = domain.axes.map { ("_" + $0.name, DifferentialSum()) }
    case .vector where tensor.rank != 1: throw EquationError(.problem, "a vector is needed, such as [1, 0]")
    case .real where tensor.rank != 0, .complex where tensor.rank != 0:
      throw EquationError(.problem, "a scalar is needed, not \(tensor.kind)")
    default: break
    }
    var components: [DerivedComponent] = []
    for (suffix, sum) in sums { components.append(try component(suffix, sum, &names.lowering)) }
    return components
  }

  private func suffix(of index: Int, rank: Int) -> String {
    let axes = domain.axes.map(\.name)
    return switch rank {
    case 0: ""
    case 1: "_" + axes[index]
    default: "_" + axes[index / axes.count] + axes[index % axes.count]
    }
  }

  private func component(
    _ suffix: String, _ sum: DifferentialSum, _ lowering: inout Lowering
  ) throws(EquationError) -> DerivedComponent {
    let dimension = domain.dimension
    let polynomial = try lowering.pointwise(sum)
    var jets: Set<Jet> = []
    for monomial in polynomial.coefficients.keys { jets.formUnion(monomial.jets(dimension: dimension)) }
    var forms: [LinearForm] = []
    var leaves: [Int: Expression] = [:]
    for jet in jets.sorted() {
      guard let unknown = solvedUnknown(of: jet) else {
        throw EquationError(
          .problem, "the time derivative of '\(unknowns[jet.unknown].name)' is not available as a value")
      }
      leaves[jet.code] = .input(forms.count)
      forms.append(LinearForm([LinearForm.Key(unknown: unknown, derivative: jet.derivative): 1]))
    }
    let integrand = polynomial.plainExpression.replacingLeaves { leaf in
      guard case .input(let code) = leaf else { return nil }
      return leaves[code]
    }
    return DerivedComponent(suffix: suffix, integrand: integrand, inputs: forms)
  }

  /// The number of the unknown that a jet belongs to: `u_t` for first time derivatives of second-order ones.
  private func solvedUnknown(of jet: Jet) -> Int? {
    if jet.timeOrder == 0 { return jet.unknown }
    let name = unknowns[jet.unknown].name + "_t"
    guard jet.timeOrder == 1 else { return nil }
    return unknowns.firstIndex {
      $0.timeOrder == 1 && $0.name == name && $0.origin == unknowns[jet.unknown].origin
    }
  }

}

extension NormalForm {
  /// Evolved unknowns of the problem without an initial value, one mistake each.
  ///
  /// An unknown that is second order in time also needs the value of `dt(u)`.
  public func missingInitialValues(_ problem: Problem) -> [EquationError] {
    unknowns.missingInitialValues(problem)
  }
}

extension FluxForm {
  /// Evolved unknowns of the problem without an initial value, one mistake each.
  public func missingInitialValues(_ problem: Problem) -> [EquationError] {
    unknowns.missingInitialValues(problem)
  }
}

extension [ScalarUnknown] {
  fileprivate func missingInitialValues(_ problem: Problem) -> [EquationError] {
    var errors: [EquationError] = []
    var reported: Set<String> = []
    for unknown in self where unknown.isEvolved {
      let component = unknown.timeOrder == 0 ? unknown.name : String(unknown.name.dropLast(2))
      let isGiven = problem.initial.contains {
        $0.timeOrder == unknown.timeOrder && ($0.unknown == unknown.origin || $0.unknown == component)
      }
      let name = unknown.timeOrder == 0 ? unknown.origin : "dt(\(unknown.origin))"
      guard !isGiven, reported.insert(name).inserted else { continue }
      errors.append(EquationError(.unknown(unknown.origin), "\(name) has no initial value"))
    }
    return errors
  }
}
