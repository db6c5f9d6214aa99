public import Geometry

/// How often a derivative is taken along each axis of the domain.
public struct MultiIndex: Hashable, Sendable {
  public var orders: [Int]

  public init(_ orders: [Int]) { self.orders = orders }

  /// No derivative, in `dimension` axes.
  public static func zero(_ dimension: Int) -> MultiIndex {
    MultiIndex(Array(repeating: 0, count: dimension))
  }

  /// The sum of the orders.
  public var total: Int { orders.reduce(0, +) }
}

/// A linear combination, with constant real coefficients, of derivatives of scalar unknowns.
public struct LinearForm: Hashable, Sendable {
  public struct Key: Hashable, Sendable {
    /// The number of the scalar unknown.
    public var unknown: Int
    public var derivative: MultiIndex

    public init(unknown: Int, derivative: MultiIndex) {
      self.unknown = unknown
      self.derivative = derivative
    }
  }
  public var coefficients: [Key: Double]

  public init(_ coefficients: [Key: Double] = [:]) { self.coefficients = coefficients }

  public var isZero: Bool { coefficients.values.allSatisfy { $0 == 0 } }
}

/// A real scalar function that is solved for: a component of an unknown of the problem.
public struct ScalarUnknown: Hashable, Sendable {
  /// Which part of the unknown this is.
  public enum Part: Hashable, Sendable {
    case whole, real, imaginary
    /// A component of a vector.
    case component(Int)
  }
  /// The name in output files: `u`, `h_re`, `h_im`, `u_x`; time derivatives are `u_t`.
  public var name: String
  /// The unknown of the problem.
  public var origin: String
  public var part: Part
  /// 0, or 1 for the time derivative of a second-order unknown.
  public var timeOrder: Int
  /// Whether the equations evolve it; the others are determined by constraints.
  public var isEvolved: Bool
  /// What holds on the two ends of every bounded axis after lifting; `nil` on periodic axes.
  public var boundary: [AxisBoundary?]

  public init(
    name: String, origin: String, part: Part, timeOrder: Int, isEvolved: Bool, boundary: [AxisBoundary?]
  ) {
    self.name = name
    self.origin = origin
    self.part = part
    self.timeOrder = timeOrder
    self.isEvolved = isEvolved
    self.boundary = boundary
  }
}

/// Homogeneous conditions on the two ends of an axis.
public struct AxisBoundary: Hashable, Sendable {
  public var lower: BoundaryCondition.Kind
  public var upper: BoundaryCondition.Kind

  public init(lower: BoundaryCondition.Kind, upper: BoundaryCondition.Kind) {
    self.lower = lower
    self.upper = upper
  }
}

/// `D^α [ integrand ]`: an outer derivative of a function that is evaluated point by point.
///
/// The integrand's leaves are numbers, coordinates, `t`, coefficient fields and `.input(n)`.
public struct Term: Hashable, Sendable {
  public var derivative: MultiIndex
  public var integrand: Expression

  public init(derivative: MultiIndex, integrand: Expression) {
    self.derivative = derivative
    self.integrand = integrand
  }
}

/// One scalar equation: `mass(∂u/∂t) = linear(u) + Σ terms`; without a mass it is a constraint.
public struct ScalarEquation: Hashable, Sendable {
  public var mass: LinearForm
  public var linear: LinearForm
  public var terms: [Term]
  /// The number of the problem's equation that this one came from, for messages.
  public var origin: Int

  public init(mass: LinearForm, linear: LinearForm, terms: [Term], origin: Int) {
    self.mass = mass
    self.linear = linear
    self.terms = terms
    self.origin = origin
  }

  public var isConstraint: Bool { mass.isZero }
}

/// A problem in components, split into a linear part with constant coefficients and the rest.
///
/// Parameters and definitions are substituted, complex and vector unknowns are split into scalars, second
/// order in time is rewritten as a system, inhomogeneous boundary data are lifted.
public struct NormalForm: Sendable {
  public var domain: Domain
  public var unknowns: [ScalarUnknown]
  public var equations: [ScalarEquation]
  /// Functions that the terms evaluate on the grid, as `.input(n)`: each is one inverse transform.
  public var inputs: [LinearForm]
  /// What was added to each scalar unknown to make its boundary conditions homogeneous, where anything was:
  /// the unknown of the problem is the solved one plus this function of coordinates and `t`.
  public var liftings: [Expression?]
  /// Remarks for `explain`, such as a rewriting that saves transforms.
  public var remarks: [String]

  public init(
    domain: Domain, unknowns: [ScalarUnknown], equations: [ScalarEquation], inputs: [LinearForm],
    liftings: [Expression?], remarks: [String]
  ) {
    self.domain = domain
    self.unknowns = unknowns
    self.equations = equations
    self.inputs = inputs
    self.liftings = liftings
    self.remarks = remarks
  }
}
