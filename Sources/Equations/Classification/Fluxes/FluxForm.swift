public import Geometry

/// A problem as balances of fluxes, for discretisations that integrate by parts.
///
/// For every scalar unknown `u_i` there is one equation
///
///     Σ_j m_ij ∂t u_j + div F_i + s_i = 0
///
/// whose flux F_i, source s_i and masses m_ij are functions, evaluated point by point, of coordinates, time, coefficient
/// fields, and of the values and first derivatives of the unknowns. Nothing is assumed of them: they may be nonlinear.
public struct FluxForm: Sendable, Hashable {
  public let domain: Domain
  public let unknowns: [ScalarUnknown]
  /// In the order of the unknowns whose test functions, or cells, they belong to.
  public let equations: [FluxEquation]
  public let boundary: [FluxBoundary]
  public let remarks: [String]

  /// The number of the `.input` that stands for an unknown's value, or for its derivative along an axis.
  public func input(_ unknown: Int, axis: Int? = nil) -> Int {
    Self.input(unknown, axis: axis, dimension: domain.dimension)
  }

  /// Inputs in all: value and gradient of every unknown.
  public var inputCount: Int { unknowns.count * (domain.dimension + 1) }

  /// What an `.input` stands for.
  public func meaning(ofInput number: Int) -> (unknown: Int, axis: Int?) {
    let width = domain.dimension + 1
    return (number / width, number % width == 0 ? nil : number % width - 1)
  }

  static func input(_ unknown: Int, axis: Int?, dimension: Int) -> Int {
    unknown * (dimension + 1) + (axis.map { $0 + 1 } ?? 0)
  }

  /// Every expression but the masses.
  private var expressions: [Expression] {
    equations.flatMap { [$0.source] + $0.fluxes } + boundary.flatMap(\.expressions)
  }

  /// The entries of the Jacobian before discretisation.
  private var derivatives: [Expression] {
    expressions.flatMap { expression in expression.inputs.map { expression.derivative(byInput: $0) } }
  }

  /// Whether no flux and no source depends nonlinearly on the unknowns.
  public var isLinear: Bool { derivatives.allSatisfy(\.inputs.isEmpty) }

  /// Whether fluxes, sources or boundary data depend on time other than through the unknowns.
  public var isTimeDependent: Bool { expressions.contains { $0.freeSymbols.contains("t") } }

  /// Whether derivatives of fluxes and sources by the unknowns depend on time.
  public var isJacobianTimeDependent: Bool { derivatives.contains { $0.freeSymbols.contains("t") } }

  /// Whether coefficients of time derivatives depend on time.
  public var isMassTimeDependent: Bool {
    equations.contains { $0.mass.values.contains { $0.freeSymbols.contains("t") } }
  }

  /// Whether an unknown's own equation does not mention it, as `div(u) = 0` does not mention the pressure: a Lagrange
  /// multiplier, which needs elements of lower order than what it constrains.
  public func isMultiplier(_ unknown: Int) -> Bool {
    let own = Set([nil] + domain.axes.indices.map(Optional.some)).map { input(unknown, axis: $0) }
    let equation = equations[unknown]
    return equation.mass.isEmpty
      && (equation.fluxes + [equation.source]).allSatisfy { $0.inputs.isDisjoint(with: own) }
  }

  /// Whether every equation has a flux of its own unknown, fluxes along an axis depend linearly on the derivative along
  /// that axis alone, and sources on no derivative: what two-point fluxes between cells can balance.
  public var hasTwoPointFluxes: Bool {
    equations.enumerated().allSatisfy { number, equation in
      let isDiffusive = equation.fluxes.indices.allSatisfy { axis in
        let flux = equation.fluxes[axis]
        let derivatives = flux.inputs.filter { meaning(ofInput: $0).axis != nil }
        return derivatives.contains(input(number, axis: axis))
          && derivatives.allSatisfy { input in
            meaning(ofInput: input).axis == axis
              && flux.derivative(byInput: input).inputs.allSatisfy { meaning(ofInput: $0).axis == nil }
          }
      }
      return isDiffusive && equation.source.inputs.allSatisfy { meaning(ofInput: $0).axis == nil }
    }
  }
}

/// The balance that belongs to one unknown.
public struct FluxEquation: Sendable, Hashable {
  /// The unknown whose essential conditions replace this equation.
  public var unknown: Int
  /// Coefficients of time derivatives, by unknown.
  public var mass: [Int: Expression]
  /// The components of the flux.
  public var fluxes: [Expression]
  public var source: Expression
  /// The number of the equation in the problem.
  public var origin: Int
}

/// What holds for one unknown on a part of the boundary.
public struct FluxBoundary: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The unknown's value.
    case essential(Expression)
    /// The outward flux F·n = scalar + Σ normal_d · vector_d; both may depend on unknowns.
    case natural(scalar: Expression, vector: [Expression])
  }
  public var place: BoundaryPlace
  public var unknown: Int
  public var kind: Kind
  /// The number of the condition in the problem.
  public var condition: Int

  var expressions: [Expression] {
    switch kind {
    case .essential(let value): [value]
    case .natural(let scalar, let vector): [scalar] + vector
    }
  }
}

extension Expression {
  /// The numbers of the inputs that occur.
  public var inputs: Set<Int> {
    if case .input(let number) = self { return [number] }
    return children.reduce(into: []) { $0.formUnion($1.inputs) }
  }

  /// The derivative by an input, all others held: the entry of a Jacobian.
  public func derivative(byInput number: Int) -> Expression {
    varied { $0 == .input(number) ? .one : .zero }.simplified()
  }
}
