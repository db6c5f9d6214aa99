import Geometry

/// A problem in the form that its discretisation needs.
public enum Formulation: Sendable {
  /// For spectral methods.
  case normal(NormalForm)
  /// For finite volumes or finite elements.
  case fluxes(FluxForm, DiscretizationChoice.Method)
  /// For functions that are known everywhere, as networks are; no grid or mesh has it.
  case pointwise(PointwiseForm)

  /// The scalar unknowns, in order.
  public var unknowns: [ScalarUnknown] {
    switch self {
    case .normal(let form): form.unknowns
    case .fluxes(let form, _): form.unknowns
    case .pointwise(let form): form.unknowns
    }
  }

  /// Whether a steady problem is nonlinear: solved by Newton's method, from a first guess.
  package var isNewtons: Bool {
    if case .fluxes(let form, _) = self { form.domain.time == nil && !form.isLinear } else { false }
  }

  /// Follows the problem's wish for a discretisation, or chooses one.
  ///
  /// Geometries, Robin conditions, and steady problems that are nonlinear or whose coefficients vary, are for elements, or
  /// for cells where fluxes between two cells say everything; all else is spectral. Problems with unknown parameters or
  /// fields are for networks at points alone. Throws all mistakes at once.
  public init(_ problem: Problem) throws(NormalFormErrors) {
    if problem.isInverse || problem.discretization.method == .collocation {
      if let method = problem.discretization.method, method != .collocation {
        throw NormalFormErrors([
          EquationError(
            .section("discretization.method"),
            "no \(method.rawValue) method finds unknown parameters or fields from data",
            hint: "leave the key out: such a problem is for networks at points")
        ])
      }
      self = .pointwise(try PointwiseForm(problem))
      return
    }
    if !problem.domain.isBox, let method = problem.discretization.method, method != .finiteElement {
      throw NormalFormErrors([
        EquationError(.section("discretization"), "only finite elements fit a domain that is not a box")
      ])
    }
    switch problem.discretization.method {
    case .spectral: self = .normal(try NormalForm(problem))
    case .finiteVolume: self = .fluxes(try FluxForm(problem), .finiteVolume)
    case .finiteElement: self = .fluxes(try FluxForm(problem), .finiteElement)
    case .collocation: self = .pointwise(try PointwiseForm(problem))
    case nil:
      guard !problem.needsCellsOrElements else {
        self = .fluxes(try FluxForm(problem), .finiteElement)
        return
      }
      let normal: NormalForm
      do throws(NormalFormErrors) {
        normal = try NormalForm(problem)
      } catch {
        // The mistakes of the usual form are the ones that are understood best.
        guard problem.domain.time == nil, let form = try? FluxForm(problem) else { throw error }
        self = .fluxes(form, form.hasTwoPointFluxes ? .finiteVolume : .finiteElement)
        return
      }
      guard problem.domain.time == nil, normal.hasVaryingTerms || !normal.isLinearPartDiagonal else {
        self = .normal(normal)
        return
      }
      let form = try FluxForm(problem)
      self = .fluxes(form, form.hasTwoPointFluxes ? .finiteVolume : .finiteElement)
    }
  }
}

extension Problem {
  /// Whether only finite elements have what the problem asks for.
  fileprivate var needsCellsOrElements: Bool {
    !domain.isBox
      || boundary.contains { condition in
        if case .face = condition.place { condition.kind == .robin } else { true }
      }
  }
}

extension NormalForm {
  /// Whether something depends nonlinearly, or with varying coefficients, on an unknown.
  fileprivate var hasVaryingTerms: Bool {
    equations.contains { $0.terms.contains { !$0.integrand.inputs.isEmpty } }
  }
}
