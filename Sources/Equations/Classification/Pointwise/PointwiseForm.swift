public import Geometry

/// A problem as relations between an unknown function and its derivatives at single points of space–time.
///
/// What methods need that know a function everywhere, with as many derivatives as they like: parameters and definitions are
/// substituted, complex and vector unknowns are split into scalars, and outer derivatives are carried out. Time is one more
/// coordinate, the last one.
public struct PointwiseForm: Sendable {
  /// A derivative of a scalar unknown; the unknown itself where all orders are zero.
  public struct Derivative: Hashable, Sendable {
    /// The number of the scalar unknown.
    public var unknown: Int
    /// Along each of the coordinates.
    public var orders: [Int]

    public init(unknown: Int, orders: [Int]) {
      self.unknown = unknown
      self.orders = orders
    }

    /// The sum of the orders.
    public var total: Int { orders.reduce(0, +) }
  }

  /// An expression that vanishes.
  ///
  /// Its leaves are numbers, coordinates, coefficient fields, unknown parameters and `.input(n)`, which is `derivatives[n]` of
  /// the form; on boundaries also components of the outward normal, see `normalComponent`, and of data the values, see
  /// `measuredValue`.
  public struct Relation: Hashable, Sendable {
    public var expression: Expression
    /// What of the problem it comes from.
    public var origin: EquationError.Subject
    /// For output: the text of an equation or the unknown that a condition is about.
    public var name: String

    public init(expression: Expression, origin: EquationError.Subject, name: String) {
      self.expression = expression
      self.origin = origin
      self.name = name
    }
  }

  /// What holds for a scalar unknown on a part of the boundary.
  public struct Condition: Hashable, Sendable {
    public var place: BoundaryPlace
    /// The number of the scalar unknown.
    public var unknown: Int
    public var kind: BoundaryCondition.Kind
    /// The value that is given, an expression of coordinates; `nil` for a Robin condition.
    public var value: Expression?
    public var relation: Relation
  }

  /// What holds for a scalar unknown at the first time.
  public struct Initial: Hashable, Sendable {
    /// The number of the scalar unknown.
    public var unknown: Int
    /// 0 for the unknown, 1 for its first derivative in time.
    public var timeOrder: Int
    /// An expression of the coordinates of space.
    public var value: Expression
    /// What of the problem it comes from.
    public var origin: EquationError.Subject

    public init(unknown: Int, timeOrder: Int, value: Expression, origin: EquationError.Subject) {
      self.unknown = unknown
      self.timeOrder = timeOrder
      self.value = value
      self.origin = origin
    }
  }

  /// A parameter that is to be found from data.
  public struct UnknownParameter: Hashable, Sendable {
    public var name: String
    /// The first guess.
    public var initial: Double
    /// The number that is to be found, where it is known.
    public var exact: Double?
    public var unit: String?
  }

  /// A coefficient that is to be found from data: a scalar unknown for which there need be no equation.
  ///
  /// In an evolution its derivative in time vanishes, which is one of the equations.
  public struct UnknownField: Hashable, Sendable {
    /// The number of the scalar unknown.
    public var unknown: Int
    /// The first guess, an expression of the coordinates of space.
    public var initial: Expression
  }

  /// Relations that hold at points where something is measured.
  public struct Measurements: Hashable, Sendable {
    /// For every quantity that it is what is measured, see `measuredValue`.
    public var relations: [Relation]
    /// Where points and values come from; formulas are expressions of the coordinates alone.
    public var source: MeasuredData.Source
    /// The standard deviation of the error of values; 0 where nothing is said of it.
    public var noise: Double
  }

  public var domain: Domain
  /// Names of the coordinates: the axes of space, then `t` if there is a time.
  public var coordinates: [String]
  public var unknowns: [ScalarUnknown]
  /// What the inputs of relations are.
  public var derivatives: [Derivative]
  public var equations: [Relation]
  public var boundary: [Condition]
  public var initial: [Initial]
  /// For each scalar unknown a function of the coordinates that has all its Dirichlet values on a box; `nil` where they contradict
  /// each other at edges, where there are conditions of other kinds than Dirichlet's and Neumann's, and on other domains.
  public var extensions: [Expression?]
  /// The exact solution, where it is known: for each scalar unknown a function of the coordinates.
  public var exact: [Expression?]
  /// Parameters that are to be found; symbols in relations.
  public var parameters: [UnknownParameter]
  /// Scalar unknowns that are coefficients to be found.
  public var fields: [UnknownField]
  /// What is measured, in the order of the problem's data.
  public var data: [Measurements]

  /// The component of the outward normal along a coordinate, as relations on boundaries name it.
  public static func normalComponent(_ axis: String) -> String { "n.\(axis)" }

  /// The value of a quantity, as relations of data name it.
  public static func measuredValue(_ quantity: Int) -> String { "data.\(quantity)" }

  /// The highest derivative of an unknown in time, in equations; 0 in steady problems, and of coefficients.
  public func timeOrder(of unknown: Int) -> Int {
    guard domain.time != nil, !fields.contains(where: { $0.unknown == unknown }) else { return 0 }
    let used = equations.reduce(into: Set<Int>()) { $0.formUnion($1.expression.inputNumbers) }
    return used.map { derivatives[$0] }.filter { $0.unknown == unknown }.compactMap(\.orders.last).max() ?? 0
  }

  /// A relation with its derivatives renumbered to those that it has itself, in the order of the form.
  ///
  /// - Returns: the expressions, and what their inputs are.
  public func compact(_ expressions: [Expression]) -> (expressions: [Expression], derivatives: [Derivative]) {
    let numbers = expressions.reduce(into: Set<Int>()) { $0.formUnion($1.inputNumbers) }.sorted()
    let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    let renumbered = expressions.map {
      $0.replacingLeaves { leaf in
        guard case .input(let number) = leaf, let place = places[number] else { return nil }
        return .input(place)
      }
    }
    return (renumbered, numbers.map { derivatives[$0] })
  }
}
