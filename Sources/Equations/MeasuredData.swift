/// What is measured of a problem's unknowns at points of its domain, for functions that are to agree with it.
public struct MeasuredData: Sendable, Hashable {
  /// Where the numbers come from.
  public enum Source: Sendable, Hashable {
    /// The coordinates of space and then the time, point after point, and for every quantity a value at each point.
    case values(points: [Double], values: [[Double]])
    /// A table or a NetCDF file, by its path: the names of the columns of all coordinates, in the order of the domain and the
    /// time last, and of the quantities.
    case file(String, coordinates: [String], quantities: [String])
    /// A function of the coordinates for every quantity, at uniformly random points.
    case formulas([Expression], points: Int, seed: UInt64)
  }
  /// What is measured: expressions of the unknowns, and how they were written.
  public var quantities: [Definition]
  public var source: Source
  /// The standard deviation of what values are off the truth; 0 where nothing is said of it.
  ///
  /// Values from formulas are given that error, normally distributed.
  public var noise: Double

  public init(quantities: [Definition], source: Source, noise: Double = 0) {
    self.quantities = quantities
    self.source = source
    self.noise = noise
  }
}

extension Problem {
  /// Whether a parameter or a coefficient is to be found from data.
  public var isInverse: Bool { !unknownParameters.isEmpty || fields.contains(where: \.isUnknown) }

  /// The parameters that are to be found from data, in the problem's order.
  public var unknownParameters: [Parameter] { parameters.filter(\.isUnknown) }

  /// What to say, and where, when a problem for networks at points is asked to be put on a grid or a mesh.
  public var classicalObstacle: EquationError {
    let hint = "train a network at points: 'parseval train … --recipe pinn'"
    let names = unknownParameters.map(\.name) + fields.filter(\.isUnknown).map(\.name)
    if let name = names.first {
      return EquationError(
        .definition(name), "no classical method solves this problem: '\(name)' is to be found from data",
        hint: hint)
    }
    return EquationError(
      .section("discretization.method"),
      "no classical method solves this problem: it is left to networks at points",
      hint: hint)
  }
}
