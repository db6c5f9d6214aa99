/// A named part of a boundary, described by conditions on its points.
public struct BoundaryPart: Sendable {
  /// An equation or inequality in the coordinates.
  public struct Condition: Sendable {
    /// How the function's value compares with zero on the part.
    public enum Relation: String, Sendable { case zero, notPositive }
    public var relation: Relation
    /// The function; its argument holds the coordinates of a point.
    public var function: @Sendable (UnsafePointer<Double>) -> Double

    public init(_ relation: Relation, _ function: @escaping @Sendable (UnsafePointer<Double>) -> Double) {
      self.relation = relation
      self.function = function
    }

    /// One coordinate has a value.
    public static func coordinate(_ axis: Int, equals value: Double) -> Condition {
      Condition(.zero) { $0[axis] - value }
    }

    /// One coordinate is at most a value.
    public static func coordinate(_ axis: Int, atMost value: Double) -> Condition {
      Condition(.notPositive) { $0[axis] - value }
    }

    /// One coordinate is at least a value.
    public static func coordinate(_ axis: Int, atLeast value: Double) -> Condition {
      Condition(.notPositive) { value - $0[axis] }
    }
  }
  public var name: String
  /// All of them hold on the part.
  ///
  /// Equations are held to the facets' nodes, inequalities to their centers.
  public var conditions: [Condition]

  public init(name: String, _ conditions: [Condition]) {
    self.name = name
    self.conditions = conditions
  }

  /// The part on which one coordinate has a value, as `x = 0`.
  public init(name: String, coordinate axis: Int, equals value: Double) {
    self.init(name: name, [.coordinate(axis, equals: value)])
  }
}

/// Where a problem is posed: a shape, and names for parts of its boundary beside those of its pieces.
public struct Region: Sendable {
  public var shape: Shape
  /// In order of precedence; they come before the names within the shape.
  public var parts: [BoundaryPart]

  public init(_ shape: Shape, parts: [BoundaryPart] = []) {
    self.shape = shape
    self.parts = parts
  }
}
