import Arrays

extension PlaneMesh {
  /// The section of a mesh of tetrahedra through the middle of one axis.
  ///
  /// Each tetrahedron with nodes on both sides is cut along a triangle or a quadrilateral. Nodes on the plane
  /// count as above it, so that cells which touch the plane from both sides are drawn once.
  convenience init(
    _ axes: [Quantity], _ nodes: NDArray<Double>, _ cells: NDArray<Int32>, across: Int, up: Int,
    normal: Int, box: [(Double, Double)]
  ) {
    let middle = 0.5 * box[normal].0 + 0.5 * box[normal].1
    var section = Section(middle: middle, normal: normal, nodes: nodes)
    cells.withUnsafeBuffer { cells in
      for start in stride(from: 0, to: cells.count, by: 4) {
        section.cut(cells[start], cells[start + 1], cells[start + 2], cells[start + 3])
      }
    }
    let cuts = section.cuts
    func coordinate(_ axis: Int) -> [Double] {
      cuts.map { cut in
        (1 - cut.weight) * nodes[flat: 3 * cut.first + axis] + cut.weight * nodes[flat: 3 * cut.second + axis]
      }
    }
    self.init(
      title: axes[normal].statement(middle), across: axes[across], up: axes[up],
      x: coordinate(across), y: coordinate(up), triangles: section.triangles, horizontal: box[across],
      vertical: box[up], cuts: cuts)
  }
}

/// A section as it grows, tetrahedron by tetrahedron.
private struct Section {
  let middle: Double
  let normal: Int
  let nodes: NDArray<Double>
  var cuts: [PlaneMesh.Cut] = []
  var triangles: [Int32] = []
  private var numbers: [UInt64: Int32] = [:]

  init(middle: Double, normal: Int, nodes: NDArray<Double>) {
    self.middle = middle
    self.normal = normal
    self.nodes = nodes
  }

  private func height(_ node: Int32) -> Double { nodes[flat: 3 * Int(node) + normal] }

  mutating func cut(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) {
    var (above, below) = ([Int32](), [Int32]())
    for node in [a, b, c, d] {
      let height = height(node)
      guard height.isFinite else { return }
      if height >= middle { above.append(node) } else { below.append(node) }
    }
    guard !above.isEmpty, !below.isEmpty else { return }
    if above.count == 2 {
      // Around the quadrilateral, whose diagonal joins the first and the third corner.
      let corners = [(0, 0), (0, 1), (1, 1), (1, 0)].map { point(above[$0.0], below[$0.1]) }
      for corner in [0, 1, 2, 0, 2, 3] { triangles.append(corners[corner]) }
    } else {
      for upper in above { for lower in below { triangles.append(point(upper, lower)) } }
    }
  }

  /// The number of the point where an edge goes through the plane.
  private mutating func point(_ one: Int32, _ other: Int32) -> Int32 {
    let (first, second) = (min(one, other), max(one, other))
    let key = UInt64(first) << 32 | UInt64(second)
    if let number = numbers[key] { return number }
    let number = Int32(cuts.count)
    // Halves, because the difference of huge numbers overflows.
    let (low, high) = (0.5 * height(first), 0.5 * height(second))
    let weight = (0.5 * middle - low) / (high - low)
    cuts.append(
      PlaneMesh.Cut(first: Int(first), second: Int(second), weight: weight.isFinite ? weight : 0.5))
    numbers[key] = number
    return number
  }
}
