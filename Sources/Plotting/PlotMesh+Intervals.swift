import Arrays

extension PlotMesh {
  /// The ends of the holes between the intervals of a one-dimensional mesh.
  private var holes: [(lower: Double, upper: Double)] {
    let ranked = (0..<nodes.count).filter { nodes[flat: $0].isFinite }
      .sorted { nodes[flat: $0] < nodes[flat: $1] }
    var ranks = [Int](repeating: -1, count: nodes.count)
    for (rank, node) in ranked.enumerated() { ranks[node] = rank }
    // How many cells begin less how many end at each node.
    var changes = [Int](repeating: 0, count: ranked.count)
    for cell in 0..<cells.shape[0] {
      let ends = (ranks[Int(cells[flat: 2 * cell])], ranks[Int(cells[flat: 2 * cell + 1])])
      guard min(ends.0, ends.1) >= 0 else { continue }
      changes[min(ends.0, ends.1)] += 1
      changes[max(ends.0, ends.1)] -= 1
    }
    var open = 0
    return zip(ranked, ranked.dropFirst()).enumerated().compactMap { rank, pair in
      open += changes[rank]
      let (lower, upper) = (nodes[flat: pair.0], nodes[flat: pair.1])
      return open == 0 && lower < upper ? (lower, upper) : nil
    }
  }

  /// The nodes of a one-dimensional mesh as an axis, and how many points are added to their values.
  ///
  /// Two points without a value mark each hole, so that no line is drawn across.
  var intervalAxis: (axis: PlotAxis, addedPoints: Int) {
    let marks = holes.flatMap { [$0.lower.nextUp, $0.upper.nextDown] }
    return (
      PlotAxis(name: axes[0].name, unit: axes[0].unit, coordinates: nodes.elements + marks), marks.count
    )
  }
}
