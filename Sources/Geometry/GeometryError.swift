public import Exchange

/// Why a shape, a part of a boundary or a mesh cannot be used.
public enum GeometryError: Error, Hashable, Sendable {
  // Shapes. `shape` is what a message calls it, such as `the disc 'hole'`.
  /// A number is infinite or not a number.
  case notFinite(shape: String)
  /// A radius or semi-axis is not above zero.
  case notPositive(shape: String, quantity: String, value: Double)
  /// A box whose lower corner is not below the upper one along an axis, a polygon without area, and the like.
  case degenerate(shape: String, reason: String)
  case tooFewVertices(shape: String, count: Int)
  /// Two edges of a polygon meet; edge k goes from vertex k to the next one, counted from 1.
  case selfIntersecting(shape: String, firstEdge: Int, secondEdge: Int)
  /// A union, intersection or difference of nothing.
  case noOperands(shape: String)
  /// Points or shapes of different dimensions in one shape.
  case mixedDimensions(shape: String, first: Int, second: Int)
  /// Shapes lie in each other more deeply than anybody means.
  case tooDeep(limit: Int)
  /// Nothing is left of the shape.
  case empty(shape: String)

  // Parts and meshes.
  /// A name that no part of the boundary has.
  case unknownPart(name: String, known: [String])
  /// A part of the boundary that has no length or area; `part` is what a message calls it.
  case noBoundary(part: String)
  /// Part of the boundary belongs to no primitive of the shape.
  case unknownSurface(point: [Double])
  /// Meshes exist in one to three dimensions, curved and unstructured ones in two and three.
  case unsupportedDimension(Int)
  /// A mesh of another dimension than the problem.
  case wrongDimension(path: String, found: Int, expected: Int)
  /// The arrays do not describe a conforming mesh of simplices.
  case badMesh(reason: String)
  /// An element size that is not above zero, or so small that the mesh would not fit in memory.
  case badSize(reason: String)

  // Gmsh.
  case gmshMissing(searched: String)
  /// `message` is the last error that Gmsh printed.
  case gmshFailed(message: String)
  case timedOut(seconds: Double)
  case cancelled
  case file(ExchangeError)
}

extension GeometryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFinite(let shape): "a number of \(shape) is not finite"
    case .notPositive(let shape, let quantity, let value):
      "the \(quantity) of \(shape) is \(value) and must be above 0"
    case .degenerate(let shape, let reason): "\(shape) has no inside: \(reason)"
    case .tooFewVertices(let shape, let count): "\(shape) has \(count) vertices and needs at least 3"
    case .selfIntersecting(let shape, let first, let second):
      "edges \(first) and \(second) of \(shape) cross or touch (edge k goes from vertex k to the next one)"
    case .noOperands(let shape): "\(shape) consists of nothing"
    case .mixedDimensions(let shape, let first, let second):
      "\(shape) mixes \(first) and \(second) dimensions"
    case .tooDeep(let limit): "shapes lie more than \(limit) deep in each other"
    case .empty(let shape): "nothing is left of \(shape)"
    case .unknownPart(let name, let known):
      "the boundary has no part '\(name)'"
        + (known.isEmpty ? "" : " (it has \(known.joined(separator: ", ")))")
    case .noBoundary(let part): "no point of the boundary lies on \(part)"
    case .unknownSurface(let point): "the boundary point \(point) lies on none of the geometry's surfaces"
    case .unsupportedDimension(let dimension): "meshes in \(dimension) dimensions are not made"
    case .wrongDimension(let path, let found, let expected):
      "\(path): the mesh has \(found) dimensions, and the problem \(expected)"
    case .badMesh(let reason): "the mesh cannot be used: \(reason)"
    case .badSize(let reason): "the element size cannot be used: \(reason)"
    case .gmshMissing(let searched):
      "gmsh was not found (looked for \(searched)): install it with 'apt-get install gmsh'"
    case .gmshFailed(let message): "gmsh made no mesh: \(message)"
    case .timedOut(let seconds): "gmsh was stopped because it took longer than \(seconds) s"
    case .cancelled: "meshing was cancelled"
    case .file(let error): error.description
    }
  }
}
