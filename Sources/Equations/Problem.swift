public import Geometry

/// What is asked: domain, equations, data.
///
/// Says nothing of how to solve, beyond the wishes of its file.
///
/// Expressions are as written: parameters and definitions are still symbols in them.
public struct Problem: Sendable {
  public var name: String
  public var title: String
  public var domain: Domain
  public var parameters: [Parameter] = []
  public var unknowns: [Unknown] = []
  /// Derived quantities, usable in equations, quantities and output, in the order of their definition.
  public var definitions: [Definition] = []
  /// Coefficients that are functions of space, given by an expression or drawn at random.
  public var fields: [CoefficientField] = []
  public var equations: [Equation] = []
  public var gauges: [Gauge] = []
  public var boundary: [BoundaryCondition] = []
  /// Names for parts of the boundary of a geometry, beside those of its pieces.
  public var parts: [NamedPart] = []
  /// By the name of the unknown.
  ///
  /// For second order in time, `dt(u)` gives the initial velocity.
  public var initial: [InitialValue] = []
  /// The exact solution, where one is known, by the name of the unknown; also of unknown parameters and fields.
  public var exact: [Definition] = []
  /// What is measured of the unknowns, for functions that are to agree with it.
  public var data: [MeasuredData] = []
  /// Means and integrals over the domain that are recorded with every output, such as an energy.
  public var quantities: [Definition] = []
  /// For a quantity, its rate of change as an expression of quantities; `solve` checks the balance.
  public var budgets: [Definition] = []
  public var reference: Reference?
  public var discretization = DiscretizationChoice()
  public var solver = SolverChoice()
  public var output = OutputChoice()
  /// The units of axes and of the time `t`, by name.
  public var units: [String: String] = [:]

  public init(name: String, title: String = "", domain: Domain) {
    self.name = name
    self.title = title.isEmpty ? name : title
    self.domain = domain
  }
}

/// A named number.
public struct Parameter: Sendable, Hashable {
  public var name: String
  /// The number; of a random parameter the mean of its distribution, of an unknown one the first guess.
  public var value: Double
  public var unit: String?
  /// What the samples of a data set draw the number from; `nil` for a number that is the same in all.
  public var distribution: ParameterDistribution?
  /// Whether a learned operator has it as an input unless its recipe says otherwise.
  public var isInput = false
  /// Whether the number is to be found from data.
  public var isUnknown = false

  public init(name: String, value: Double, unit: String? = nil) {
    self.name = name
    self.value = value
    self.unit = unit
  }

  /// A number that is to be found from data, beginning with a guess.
  public init(name: String, unknownFrom initial: Double, unit: String? = nil) {
    self.init(name: name, value: initial, unit: unit)
    isUnknown = true
  }

  /// A random number; what solves the problem once takes the distribution's mean.
  public init(
    name: String, distribution: ParameterDistribution, isInput: Bool = false, unit: String? = nil
  ) {
    self.init(name: name, value: distribution.mean, unit: unit)
    self.distribution = distribution
    self.isInput = isInput
  }
}

/// A function that is asked for.
public struct Unknown: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable { case real, complex, vector }
  public var name: String
  public var kind: Kind
  public var unit: String?

  public init(name: String, kind: Kind = .real, unit: String? = nil) {
    self.name = name
    self.kind = kind
    self.unit = unit
  }
}

/// A name for an expression.
public struct Definition: Sendable, Hashable {
  public var name: String
  public var expression: Expression

  public init(name: String, expression: Expression) {
    self.name = name
    self.expression = expression
  }
}

/// `left = right`, with the text it came from, for messages.
public struct Equation: Sendable, Hashable {
  public var left: Expression
  public var right: Expression
  public var text: String

  public init(left: Expression, right: Expression, text: String) {
    self.left = left
    self.right = right
    self.text = text
  }
}

/// `mean(unknown) = value`: fixes a constant that the equations leave open.
public struct Gauge: Sendable, Hashable {
  public var unknown: String
  public var mean: Double

  public init(unknown: String, mean: Double) {
    self.unknown = unknown
    self.mean = mean
  }
}

/// A name for a part of a boundary.
public struct NamedPart: Sendable, Hashable {
  /// An expression of the coordinates that is zero, or not positive, on the part.
  public struct Condition: Sendable, Hashable {
    public enum Relation: String, Sendable, Hashable { case zero, notPositive }
    public var relation: Relation
    public var expression: Expression

    public init(relation: Relation, expression: Expression) {
      self.relation = relation
      self.expression = expression
    }
  }
  public var name: String
  /// All of them hold.
  public var conditions: [Condition]

  public init(name: String, conditions: [Condition]) {
    self.name = name
    self.conditions = conditions
  }
}

/// Where a boundary condition holds.
public enum BoundaryPlace: Sendable, Hashable {
  /// One end of one axis of a box.
  case face(Face)
  /// A named part of the boundary of a geometry.
  case part(String)
  /// Everything that no other condition names for the unknown.
  case rest
}

/// What holds for one unknown on a part of the boundary.
public struct BoundaryCondition: Sendable, Hashable {
  /// `dirichlet` gives the unknown's value.
  ///
  /// `neumann` gives its outward normal derivative, or the flux `a*dn(u)` where the equation has `div(a*grad(u))` with
  /// a coefficient that varies. `robin` is a relation between the two.
  public enum Kind: String, Sendable, Hashable { case dirichlet, neumann, robin }
  public var place: BoundaryPlace
  public var unknown: String
  public var kind: Kind
  /// May depend on time and on the coordinates; for `robin` the expression of the unknown and of its normal derivative
  /// (a derivative along the axis `n`) that vanishes.
  public var value: Expression

  public init(_ place: BoundaryPlace, unknown: String, kind: Kind, value: Expression) {
    self.place = place
    self.unknown = unknown
    self.kind = kind
    self.value = value
  }

  public init(face: Face, unknown: String, kind: Kind, value: Expression) {
    self.init(.face(face), unknown: unknown, kind: kind, value: value)
  }

  /// The end of an axis where the condition holds, on a box.
  public var face: Face? {
    if case .face(let face) = place { return face }
    return nil
  }
}

/// A Gaussian random field on the box: `Σ s(k) ξₖ φₖ`, design section 8.
public struct GaussianField: Sendable, Hashable {
  public enum Boundary: String, Sendable, Hashable, CaseIterable { case periodic, neumann, dirichlet }
  /// The standard deviation s of a mode as a function of its wavenumber, k = √λₖ.
  public enum Spectrum: Sendable, Hashable {
    /// `amplitude (k² + shift²)^(−exponent/2)`.
    case power(amplitude: Double, shift: Double, exponent: Double)
    /// An expression of `k` and parameters.
    case expression(Expression)
  }
  public var spectrum: Spectrum
  public var boundary: Boundary
  /// The value of the mean mode; without one that mode is dropped.
  public var mean: Double?
  /// An expression of `g`, the field's value, applied point by point.
  public var map: Expression?

  public init(
    _ spectrum: Spectrum, boundary: Boundary = .periodic, mean: Double? = nil, map: Expression? = nil
  ) {
    self.spectrum = spectrum
    self.boundary = boundary
    self.mean = mean
    self.map = map
  }
}

/// A function of space, given or random.
public enum SpatialFunction: Sendable, Hashable {
  case expression(Expression)
  case gaussian(GaussianField)
}

/// A coefficient that varies in space.
public struct CoefficientField: Sendable, Hashable {
  public var name: String
  /// Of an unknown field the first guess.
  public var function: SpatialFunction
  /// Whether the field is to be found from data.
  public var isUnknown: Bool

  public init(name: String, function: SpatialFunction, isUnknown: Bool = false) {
    self.name = name
    self.function = function
    self.isUnknown = isUnknown
  }
}

/// The initial value of an unknown, or of its first time derivative.
public struct InitialValue: Sendable, Hashable {
  public var unknown: String
  /// 0 for the unknown itself, 1 for `dt(u)`.
  public var timeOrder: Int
  public var function: SpatialFunction
  /// Whether the value is projected exactly (by fine quadrature) instead of sampled on the grid.
  public var isProjected: Bool
  /// What it is the value of, as files write it: `u` or `dt(u)`.
  public var key: String { timeOrder == 0 ? unknown : "dt(\(unknown))" }

  public init(unknown: String, timeOrder: Int = 0, function: SpatialFunction, isProjected: Bool = false) {
    self.unknown = unknown
    self.timeOrder = timeOrder
    self.function = function
    self.isProjected = isProjected
  }
}

/// A solution made by others, in a NetCDF file, with its own accuracy.
public struct Reference: Sendable, Hashable {
  public var file: String
  /// The variable of the file for each unknown.
  public var variables: [String: String]
  /// Relative L2 distance of the file from an independent high-accuracy solution.
  public var accuracy: Double?

  public init(file: String, variables: [String: String] = [:], accuracy: Double? = nil) {
    self.file = file
    self.variables = variables
    self.accuracy = accuracy
  }
}

/// Wishes about the discretisation; what is left out is chosen automatically.
public struct DiscretizationChoice: Sendable, Hashable {
  public enum Dealiasing: String, Sendable, Hashable, CaseIterable {
    case twoThirds = "2/3", threeHalves = "3/2", double = "2", half = "1/2", none
  }
  public enum Symbol: String, Sendable, Hashable, CaseIterable {
    case spectral
    case finiteDifference = "finite-difference"
  }
  /// What space is divided into; for `collocation` into nothing: the problem is for networks at points.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case spectral
    case finiteVolume = "finite-volume"
    case finiteElement = "finite-element"
    case collocation
  }
  /// The mean of a coefficient at the face of two cells.
  public enum FaceAverage: String, Sendable, Hashable, CaseIterable { case harmonic, arithmetic }
  /// What convective fluxes between two cells are taken from.
  public enum Convection: String, Sendable, Hashable, CaseIterable { case central, upwind }
  /// The order of finite elements.
  public enum Element: String, Sendable, Hashable, CaseIterable { case linear = "P1", quadratic = "P2" }
  /// Chosen from the problem unless given.
  public var method: Method?
  public var average: FaceAverage = .harmonic
  public var convection: Convection = .central
  /// The element of every unknown that has none of its own.
  public var element: Element = .quadratic
  /// By the name of the unknown.
  public var elements: [String: Element] = [:]
  /// The size of the elements; a thirty-second of the domain unless given.
  public var size: Double?
  /// Where elements are smaller.
  public var refinements: [Refinement] = []
  /// Grid points, cells or intervals along each axis, by name.
  public var points: [String: Int] = [:]
  public var dealiasing: Dealiasing?
  public var symbol: Symbol = .spectral

  public init() {}
}

/// Smaller elements somewhere.
public enum Refinement: Sendable, Hashable {
  /// Elements of a size at a named part of the boundary.
  case part(String, size: Double)
  /// Elements that shrink towards a point from a radius on: at the distance r to h (r/R)^(1 − 1/exponent).
  case point([Double], radius: Double, exponent: Double)
}

/// Wishes about the time stepping; what is left out is chosen automatically.
public struct SolverChoice: Sendable, Hashable {
  /// The registered name of a stepper.
  public var method: String?
  /// The registered name of a solver of linear systems, direct or iterative.
  public var linear: String?
  /// The registered name of a preconditioner for an iterative one.
  public var preconditioner: String?
  /// The relative residual that an iterative solver of linear systems stops at.
  public var linearTolerance: Double?
  /// Parameters that a steady nonlinear problem is continued in, with the values to begin with.
  public var continuation: [String: Double] = [:]
  /// A fixed step size.
  public var step: Double?
  /// The relative tolerance of the step-size control.
  public var tolerance: Double?
  /// Solves even if the linear part is ill-posed.
  public var force = false
  public var seed: UInt64 = 0

  public init() {}
}

/// What is written, and when.
public struct OutputChoice: Sendable, Hashable {
  /// The time between two records.
  public var every: Double?
  /// Names of unknowns and definitions to write; all unknowns when empty.
  public var fields: [String] = []

  public init() {}
}
