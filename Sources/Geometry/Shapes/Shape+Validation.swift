extension Shape {
  /// How deep shapes may lie in each other.
  package static let depthLimit = 64

  /// Throws the first mistake.
  ///
  /// What is left of a valid combination can still be empty: `Region.mesh` finds that out.
  public func validate() throws(GeometryError) {
    if let mistake = mistakes.first { throw mistake }
  }

  /// Everything that is wrong with the shape's numbers, innermost shapes first.
  public var mistakes: [GeometryError] { mistakes(depth: 0) }

  private func mistakes(depth: Int) -> [GeometryError] {
    guard depth < Self.depthLimit else { return [.tooDeep(limit: Self.depthLimit)] }
    switch form {
    case .box(let lower, let upper): return boxMistakes(lower, upper)
    case .ball(let center, let radius):
      guard !center.isEmpty else { return [.degenerate(shape: description, reason: "its center is missing")] }
      return finite(center + [radius]) ?? positive(radius, "radius")
    case .ellipse(let center, let semiAxes, let angle):
      return planar(center) ?? planar(semiAxes) ?? finite(center + semiAxes + [angle])
        ?? semiAxes.flatMap { positive($0, "semi-axis") }
    case .polygon(let vertices): return polygonMistakes(vertices)
    case .cylinder(let start, let end, let radius):
      for point in [start, end] where point.count != 3 {
        return [.mixedDimensions(shape: description, first: 3, second: point.count)]
      }
      if let mistake = finite(start + end + [radius]) { return mistake }
      guard start != end else { return [.degenerate(shape: description, reason: "its length is 0")] }
      return positive(radius, "radius")
    case .union(let shapes), .intersection(let shapes), .difference(let shapes):
      guard !shapes.isEmpty else { return [.noOperands(shape: description)] }
      var found = shapes.flatMap { $0.mistakes(depth: depth + 1) }
      if found.isEmpty, let other = shapes.first(where: { $0.dimension != dimension }) {
        found.append(.mixedDimensions(shape: description, first: dimension, second: other.dimension))
      }
      return found
    }
  }

  private func finite(_ values: [Double]) -> [GeometryError]? {
    values.allSatisfy(\.isFinite) ? nil : [.notFinite(shape: description)]
  }

  private func positive(_ value: Double, _ quantity: String) -> [GeometryError] {
    value > 0 ? [] : [.notPositive(shape: description, quantity: quantity, value: value)]
  }

  private func planar(_ point: [Double]) -> [GeometryError]? {
    point.count == 2 ? nil : [.mixedDimensions(shape: description, first: 2, second: point.count)]
  }

  private func boxMistakes(_ lower: [Double], _ upper: [Double]) -> [GeometryError] {
    guard lower.count == upper.count else {
      return [.mixedDimensions(shape: description, first: lower.count, second: upper.count)]
    }
    guard !lower.isEmpty else { return [.degenerate(shape: description, reason: "its corners are missing")] }
    if let mistake = finite(lower + upper) { return mistake }
    for axis in 0..<lower.count where lower[axis] >= upper[axis] {
      let reason = "along axis \(axis + 1) it goes from \(lower[axis]) to \(upper[axis])"
      return [.degenerate(shape: description, reason: reason)]
    }
    return []
  }

  private func polygonMistakes(_ vertices: [[Double]]) -> [GeometryError] {
    for vertex in vertices { if let mistake = planar(vertex) ?? finite(vertex) { return mistake } }
    guard vertices.count >= 3 else {
      return [.tooFewVertices(shape: description, count: vertices.count)]
    }
    let polygon = Polygon(vertices)
    // Before the crossings: of a polygon that is folded flat all edges touch.
    guard !polygon.isFlat else {
      return [.degenerate(shape: description, reason: "its vertices lie on one line")]
    }
    if let (first, second) = polygon.crossing {
      return [.selfIntersecting(shape: description, firstEdge: first + 1, secondEdge: second + 1)]
    }
    return []
  }
}
