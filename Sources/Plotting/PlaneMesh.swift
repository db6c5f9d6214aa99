import Arrays

/// Triangles in a plane: a plane mesh, or a section of a solid one.
///
/// A class, so that the panels of several fields and times know that they show the same outline.
final class PlaneMesh: Sendable {
  /// Where a node of a section comes from: a point on an edge of the solid mesh.
  struct Cut: Sendable {
    var first: Int
    var second: Int
    /// Of the second node.
    var weight: Double
  }
  typealias Ends = (lower: Double, upper: Double)

  /// Which plane it is, such as `z = 0.5`; empty for a plane mesh.
  let title: String
  let across: Quantity
  let up: Quantity
  let x: [Double]
  let y: [Double]
  /// Three nodes each.
  let triangles: [Int32]
  /// Lines of nodes around the triangles and their holes.
  let outline: [[Int32]]
  let horizontal: Ends
  let vertical: Ends
  /// One per node of a section; `nil` for a plane mesh.
  private let cuts: [Cut]?

  init(
    title: String = "", across: Quantity, up: Quantity, x: [Double], y: [Double], triangles: [Int32],
    horizontal: Ends? = nil, vertical: Ends? = nil, cuts: [Cut]? = nil
  ) {
    let drawn = Self.drawable(triangles, x, y)
    func ends(_ values: [Double]) -> Ends {
      AxisScale.extremes(drawn.lazy.map { values[Int($0)] }).map { (lower: $0.0, upper: $0.1) } ?? (0, 0)
    }
    self.title = title
    self.across = across
    self.up = up
    self.x = x
    self.y = y
    self.triangles = drawn
    self.horizontal = horizontal ?? ends(x)
    self.vertical = vertical ?? ends(y)
    self.cuts = cuts
    let size = max(
      0.5 * self.horizontal.upper - 0.5 * self.horizontal.lower,
      0.5 * self.vertical.upper - 0.5 * self.vertical.lower)
    outline = Self.chained(Self.boundary(drawn)).map { Self.thinned($0, x, y, distance: 4e-4 * size) }
  }

  /// A plane mesh as it is.
  convenience init(_ axes: [Quantity], _ nodes: NDArray<Double>, _ cells: NDArray<Int32>) {
    let count = nodes.shape[0]
    self.init(
      across: axes[0], up: axes[1], x: (0..<count).map { nodes[flat: 2 * $0] },
      y: (0..<count).map { nodes[flat: 2 * $0 + 1] }, triangles: cells.elements)
  }

  /// The values at the nodes, from those at the nodes of the whole mesh.
  func values(_ field: NDArray<Double>) -> [Double] {
    guard let cuts else { return field.elements }
    return field.withUnsafeBuffer { field in
      cuts.map { cut in
        let (first, second) = (field[cut.first], field[cut.second])
        // At an end of the edge the other one does not matter, even where it is not finite.
        if cut.weight == 0 { return first }
        return cut.weight == 1 ? second : (1 - cut.weight) * first + cut.weight * second
      }
    }
  }

  // MARK: The outline

  /// The triangles with three different nodes at finite places.
  private static func drawable(_ triangles: [Int32], _ x: [Double], _ y: [Double]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(triangles.count)
    for start in stride(from: 0, to: triangles.count, by: 3) {
      let (a, b, c) = (triangles[start], triangles[start + 1], triangles[start + 2])
      let isFinite = [a, b, c].allSatisfy { x[Int($0)].isFinite && y[Int($0)].isFinite }
      if isFinite, a != b, b != c, c != a { result += [a, b, c] }
    }
    return result
  }

  /// The edges that belong to one triangle only.
  private static func boundary(_ triangles: [Int32]) -> [(Int32, Int32)] {
    var edges = (0..<triangles.count).map { corner -> UInt64 in
      let next = corner % 3 == 2 ? corner - 2 : corner + 1
      let (a, b) = (UInt64(triangles[corner]), UInt64(triangles[next]))
      return min(a, b) << 32 | max(a, b)
    }
    edges.sort()
    return edges.indices.filter { place in
      (place == 0 || edges[place - 1] != edges[place])
        && (place == edges.count - 1 || edges[place + 1] != edges[place])
    }.map { (Int32(edges[$0] >> 32), Int32(edges[$0] & 0xFFFF_FFFF)) }
  }

  /// Edges joined to lines that are as long as possible.
  private static func chained(_ edges: [(Int32, Int32)]) -> [[Int32]] {
    var edgesAtNode: [Int32: [Int]] = [:]
    for (number, edge) in edges.enumerated() {
      edgesAtNode[edge.0, default: []].append(number)
      edgesAtNode[edge.1, default: []].append(number)
    }
    var isFree = [Bool](repeating: true, count: edges.count)
    var lines: [[Int32]] = []
    for start in edges.indices where isFree[start] {
      isFree[start] = false
      var line = [edges[start].0, edges[start].1]
      while let end = line.last, let next = edgesAtNode[end]?.first(where: { isFree[$0] }) {
        isFree[next] = false
        line.append(edges[next].0 == end ? edges[next].1 : edges[next].0)
      }
      lines.append(line)
    }
    return lines
  }

  /// A line without points that are too near to each other to be seen; its ends stay.
  private static func thinned(
    _ line: [Int32], _ x: [Double], _ y: [Double], distance: Double
  ) -> [Int32] {
    var kept: [Int32] = []
    for node in line.dropLast() {
      if let last = kept.last {
        let (dx, dy) = (abs(x[Int(node)] - x[Int(last)]), abs(y[Int(node)] - y[Int(last)]))
        guard max(dx, dy) >= distance else { continue }
      }
      kept.append(node)
    }
    return kept + line.suffix(1)
  }
}
