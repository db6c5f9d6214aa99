import Spectral

/// The unknowns of one level along an axis of a box: where they are and how they are coupled.
///
/// Coarse levels need not be uniform: an axis of any number of unknowns is coarsened to about half of them, with a
/// shorter interval at the end where the number does not divide.
struct BoxAxis: Sendable {
  /// What an end does to the unknown next to it.
  enum End: Sendable { case dirichlet, neumann, periodic }

  let ends: (lower: End, upper: End)
  let grid: PoissonAxis.Grid
  let length: Double
  /// Distances of the unknowns from the lower end.
  let nodes: [Double]
  /// The parts of the length that belong to the unknowns.
  let widths: [Double]
  /// 1 / distance across every face, the ends first and last; 0 where nothing passes.
  let conductances: [Double]
  /// The fine numbers that the numbers of a level above this one's stand at; for nodes only.
  var count: Int { nodes.count }
  var isPeriodic: Bool { ends.lower == .periodic }

  init(_ axis: PoissonAxis) {
    let ends: (End, End) =
      switch axis.ends {
      case .periodic: (.periodic, .periodic)
      case .bounded(let lower, let upper):
        (lower == .neumann ? .neumann : .dirichlet, upper == .neumann ? .neumann : .dirichlet)
      }
    let grid = axis.ends == .periodic ? .nodes : axis.grid
    self.init(ends: ends, grid: grid, length: axis.length, nodes: axis.nodes, cells: axis.spacing)
  }

  /// - Parameter cells: the width of cells, uniform; or `nil` for widths made of the nodes.
  private init(
    ends: (End, End), grid: PoissonAxis.Grid, length: Double, nodes: [Double], cells: Double?,
    widths: [Double]? = nil
  ) {
    (self.ends, self.grid, self.length, self.nodes) = (ends, grid, length, nodes)
    let count = nodes.count
    let ownWidths =
      widths ?? (grid == .faces && cells != nil ? [Double](repeating: cells ?? 0, count: count) : nil)
    // The distance to what is beyond each face.
    var distances = [Double](repeating: .infinity, count: count + 1)
    for face in 1..<max(count, 1) { distances[face] = nodes[face] - nodes[face - 1] }
    switch ends.0 {
    case .periodic:
      distances[0] = nodes[0] + length - nodes[count - 1]
      distances[count] = distances[0]
      // One unknown is its own neighbour: nothing flows.
      if count == 1 { (distances[0], distances[1]) = (.infinity, .infinity) }
    case .dirichlet: distances[0] = nodes[0]
    case .neumann: break
    }
    if ends.1 == .dirichlet { distances[count] = length - nodes[count - 1] }
    conductances = distances.map { 1 / $0 }
    self.widths =
      ownWidths
      ?? (0..<count).map { index in
        if count == 1, ends.0 == .periodic { return length }
        let (below, above) = (distances[index], distances[index + 1])
        return (below.isFinite ? below : 0) / 2 + (above.isFinite ? above : 0) / 2
      }
  }

  /// Couplings with the neighbours below and above, per width.
  var lower: [Double] { (0..<count).map { conductances[$0] / widths[$0] } }
  var upper: [Double] { (0..<count).map { conductances[$0 + 1] / widths[$0] } }

  /// The mean coupling with a neighbour: which axes are strong.
  var coupling: Double { count > 1 ? lower.dropFirst().reduce(0, +) / Double(count - 1) : 0 }

  var canCoarsen: Bool { count >= 4 }

  /// The fine unknowns that stay, of an axis of nodes.
  ///
  /// Every second one, an end without flux among them. Where that does not divide, one interval stays as it is, unless it is
  /// short already: left over again and again it would couple its two unknowns too strongly for sweeps. Then two neighbours
  /// stay out at the one place where that makes the shortest interval. Beside a given value a short one does no harm.
  private var kept: [Int] {
    if ends.lower == .dirichlet {
      let first = ends.upper == .neumann ? 1 - count % 2 : 1
      return Array(stride(from: first, to: count, by: 2))
    }
    let isEven = count % 2 == 0
    let every = Array(stride(from: 0, to: count, by: 2))
    guard ends.lower == .periodic ? !isEven : ends.upper == .neumann && isEven else { return every }
    let rest =
      ends.lower == .periodic ? nodes[0] + length - nodes[count - 1] : nodes[count - 1] - nodes[count - 2]
    guard rest < 0.45 * 2 * length / Double(count) else {
      return ends.lower == .periodic ? every : every + [count - 1]
    }
    let last = count / 2 - 2
    let gaps: [Double] = (0...last).map { nodes[2 * $0 + 3] - nodes[2 * $0] }
    let gap = gaps.indices.min { gaps[$0] < gaps[$1] } ?? 0
    return (0...last + 1).map { $0 > gap ? 2 * $0 + 1 : 2 * $0 }
  }

  /// The axis with about half of the unknowns.
  var coarsened: BoxAxis {
    if grid == .nodes {
      return BoxAxis(ends: ends, grid: grid, length: length, nodes: kept.map { nodes[$0] }, cells: nil)
    }
    let pairs = stride(from: 0, to: count, by: 2).map { $0..<min($0 + 2, count) }
    let sums = pairs.map { widths[$0].reduce(0, +) }
    var end = 0.0
    var centres: [Double] = []
    for sum in sums {
      centres.append(end + sum / 2)
      end += sum
    }
    return BoxAxis(ends: ends, grid: grid, length: length, nodes: centres, cells: nil, widths: sums)
  }

  /// The fine faces that a path from one coarse unknown to the next crosses, with the share of each, for every coarse
  /// face: resistances along the path add up.
  var coarseFaces: [[(face: Int, share: Double)]] {
    let coarseCount = coarsened.count
    if grid == .faces {
      return (0...coarseCount).map { coarse in
        var parts: [(Int, Double)] = []
        let middle = min(2 * coarse, count)
        // Behind the centre of a pair of cells lies half of the face inside the pair.
        if coarse > 0, 2 * coarse <= count { parts.append((2 * coarse - 1, 0.5)) }
        parts.append((middle, 1))
        if coarse < coarseCount, 2 * coarse + 1 < count { parts.append((2 * coarse + 1, 0.5)) }
        return parts
      }
    }
    let kept = kept
    return (0...coarseCount).map { coarse in
      let first = coarse == 0 ? 0 : kept[coarse - 1] + 1
      let last = coarse == coarseCount ? count : kept[coarse]
      if isPeriodic, coarse == 0 || coarse == coarseCount {
        // The face at the seam is both the first and the last one.
        return ((kept[coarseCount - 1] + 1)..<count).map { ($0, 1) } + (0...kept[0]).map { ($0, 1) }
      }
      return (first...last).map { ($0, 1) }
    }
  }
}
