/// How a region is to be meshed.
public struct MeshingOptions: Sendable {
  /// Smaller elements towards a point, as corners where a solution is singular need them.
  public struct PointGrading: Sendable, Hashable {
    public var point: [Double]
    /// The distance from which elements shrink.
    public var radius: Double
    /// β ≥ 1: at the distance r the size is h (r/R)^(1 − 1/β), and at the point R (h/R)^β.
    public var exponent: Double

    public init(point: [Double], radius: Double, exponent: Double) {
      self.point = point
      self.radius = radius
      self.exponent = exponent
    }
  }
  /// The length of the edges, away from refined places.
  public var size: Double
  /// 1 for straight edges, 2 for edges with a midpoint on the curved boundary.
  public var order: Int
  /// Sizes at named parts of the boundary; they grow with the distance.
  public var partSizes: [String: Double]
  /// How much the size grows per unit of distance from a refined part.
  public var growth: Double
  public var gradings: [PointGrading]
  /// Seconds after which Gmsh is stopped.
  public var timeLimit: Double
  /// Asked about twenty times a second while Gmsh runs; `true` ends it.
  public var shouldStop: @Sendable () -> Bool
  /// Gmsh's file; by default the first `gmsh` in the folders of `PATH`.
  public var program: String?

  public init(
    size: Double, order: Int = 2, partSizes: [String: Double] = [:], growth: Double = 0.25,
    gradings: [PointGrading] = [], timeLimit: Double = 600,
    shouldStop: @escaping @Sendable () -> Bool = { false }, program: String? = nil
  ) {
    self.size = size
    self.order = order
    self.partSizes = partSizes
    self.growth = growth
    self.gradings = gradings
    self.timeLimit = timeLimit
    self.shouldStop = shouldStop
    self.program = program
  }

  /// The largest number of elements that is tried.
  package static let elementLimit = 50_000_000.0

  /// Throws for numbers that make no sense, and for sizes whose mesh would never fit.
  func validate(for region: Region) throws(GeometryError) {
    precondition(order == 1 || order == 2, "MeshingOptions: order \(order) must be 1 or 2")
    precondition(growth > 0, "MeshingOptions: growth \(growth) must be above 0")
    for value in [size] + partSizes.values where !(value > 0 && value.isFinite) {
      throw .badSize(reason: "\(value) is not above 0")
    }
    let box = region.shape.boundingBox
    let cells = zip(box.lower, box.upper).reduce(1) { $0 * max(1, ($1.1 - $1.0) / size) }
    guard cells <= Self.elementLimit else {
      throw .badSize(reason: "\(size) would make about \(Int(min(cells, 1e18))) elements")
    }
    let known = region.parts.map(\.name) + region.shape.names
    for name in partSizes.keys.sorted() where !known.contains(name) {
      throw .unknownPart(name: name, known: known)
    }
    for grading in gradings {
      guard grading.point.count == region.shape.dimension, grading.point.allSatisfy(\.isFinite),
        grading.radius > 0, grading.radius.isFinite, grading.exponent >= 1, grading.exponent <= 100
      else { throw .badSize(reason: "a grading has a wrong point, radius or exponent") }
    }
  }
}
