public import Arrays

/// What a Gmsh mesh file (`.msh`) holds, as plain arrays.
///
/// ASCII files of the versions 2.2 and 4.1 are read (Gmsh reference manual, section *MSH file format*).
public struct GmshFile: Sendable {
  /// Elements of one kind with the same labels.
  public struct Block: Sendable {
    public var kind: GmshElementKind
    /// The number of the elementary entity, 0 where the file gives none.
    public var entity: Int
    /// The numbers of the physical groups that these elements belong to.
    public var groups: [Int]
    /// Rows of `coordinates`: one line per element, nodes in Gmsh's order.
    public var nodes: NDArray<Int32>

    public init(kind: GmshElementKind, entity: Int, groups: [Int], nodes: NDArray<Int32>) {
      self.kind = kind
      self.entity = entity
      self.groups = groups
      self.nodes = nodes
    }
  }
  /// The name of a physical group.
  public struct GroupName: Hashable, Sendable {
    public var dimension: Int
    public var group: Int
    public var name: String

    public init(dimension: Int, group: Int, name: String) {
      self.dimension = dimension
      self.group = group
      self.name = name
    }
  }
  public var path: String
  /// The format, such as `4.1`.
  public var version: String
  /// One line (x, y, z) per node, in the order of the file.
  public var coordinates: NDArray<Double>
  public var blocks: [Block]
  public var groupNames: [GroupName]

  /// The largest number of space dimensions of any element, 0 for a file without elements.
  public var dimension: Int { blocks.map(\.kind.dimension).max() ?? 0 }

  public init(
    path: String, version: String, coordinates: NDArray<Double>, blocks: [Block], groupNames: [GroupName]
  ) {
    self.path = path
    self.version = version
    self.coordinates = coordinates
    self.blocks = blocks
    self.groupNames = groupNames
  }

  /// Reads a file.
  ///
  /// Nothing in the file is trusted: counts are compared with the file's length before memory is taken, node
  /// numbers must exist, coordinates must be finite. Time and memory are linear in the file's length.
  ///
  /// - Throws: `ExchangeError`, with the number of the line where it is known.
  public init(path: String, memoryLimit: Int = MemoryLimit.standard) throws(ExchangeError) {
    let bytes = try InputFile(path).readAll(limit: memoryLimit)
    try self.init(bytes: bytes, path: path)
  }

  /// Takes the content of a file apart.
  ///
  /// - Parameters:
  ///   - bytes: The content.
  ///   - path: What errors call it.
  public init(bytes: [UInt8], path: String) throws(ExchangeError) {
    self = try GmshParser.parse(bytes, path: path)
  }
}

/// The element kinds that Gmsh numbers.
public struct GmshElementKind: Hashable, Sendable {
  /// Gmsh's number of the kind.
  public let number: Int
  public let dimension: Int
  public let nodeCount: Int

  /// The kind with Gmsh's number, or `nil` where there is none that is known here.
  public init?(number: Int) {
    guard number >= 1, number <= Self.table.count, Self.table[number - 1].nodes > 0 else { return nil }
    self.number = number
    dimension = Self.table[number - 1].dimension
    nodeCount = Self.table[number - 1].nodes
  }

  /// The polynomial order of a simplex (point, line, triangle, tetrahedron) of order 1 or 2; `nil` for others.
  public var simplexOrder: Int? {
    switch number {
    case 15, 1, 2, 4: 1
    case 8, 9, 11: 2
    default: nil
    }
  }

  /// Dimension and number of nodes of the kinds 1 to 31.
  private static let table: [(dimension: Int, nodes: Int)] = [
    (1, 2), (2, 3), (2, 4), (3, 4), (3, 8), (3, 6), (3, 5), (1, 3), (2, 6), (2, 9), (3, 10), (3, 27),
    (3, 18), (3, 14), (0, 1), (2, 8), (3, 20), (3, 15), (3, 13), (2, 9), (2, 10), (2, 12), (2, 15),
    (2, 15), (2, 21), (1, 4), (1, 5), (1, 6), (3, 20), (3, 35), (3, 56),
  ]
}
