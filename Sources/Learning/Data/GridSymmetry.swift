/// Which motions of a grid's axes are taken for symmetries.
public enum GridSymmetry: String, Sendable, Hashable, CaseIterable {
  /// Only the identity.
  case none
  /// Axes that are alike change places: equally many points, all periodic or not.
  case exchanges
  /// Each axis is run through backwards.
  case reflections
  /// Both: of a square all eight, of a cube all 48.
  case all

  /// The motions of a grid, the identity first.
  ///
  /// - Parameter placements: for each axis where its points stand; periodic where there are fewer.
  public func motions(of grid: [Int], placements: [CoordinateChannels.Placement]) -> [GridMotion] {
    GridMotion.all(
      in: self,
      of: grid.indices.map {
        GridMotion.Axis(points: grid[$0], isPeriodic: $0 >= placements.count || placements[$0] == .periodic)
      })
  }
}

/// A motion of a grid onto a grid: axis `order[k]` becomes axis k, run through backwards if `isReversed[k]`.
public struct GridMotion: Sendable {
  public struct Axis: Sendable, Hashable {
    public var points: Int
    /// Backwards, point j of a periodic axis goes to −j, and of others to the same place seen from the other end.
    public var isPeriodic: Bool
  }

  /// The axes of the grid that is moved.
  public var axes: [Axis]
  /// For each axis of the image the axis that it was.
  public var order: [Int]
  /// For each axis of the image whether it is run through backwards.
  public var isReversed: [Bool]

  /// The motions of a group, the identity first.
  static func all(in group: GridSymmetry, of axes: [Axis]) -> [GridMotion] {
    let orders = group == .exchanges || group == .all ? orders(of: axes) : [Array(axes.indices)]
    let turns = group == .reflections || group == .all ? 1 << axes.count : 1
    return orders.flatMap { order in
      (0..<turns).map { turn in
        GridMotion(axes: axes, order: order, isReversed: axes.indices.map { turn >> $0 & 1 == 1 })
      }
    }
  }

  /// The orders of the axes in which each has the place of one like it, the usual one first.
  private static func orders(of axes: [Axis]) -> [[Int]] {
    func extended(_ start: [Int]) -> [[Int]] {
      guard start.count < axes.count else { return [start] }
      return axes.indices.filter { !start.contains($0) && axes[$0] == axes[start.count] }
        .flatMap { extended(start + [$0]) }
    }
    return extended([])
  }

  /// The points of the image's axes.
  public var image: [Int] { order.map { axes[$0].points } }

  public var inverse: GridMotion {
    var inverse = GridMotion(axes: order.map { axes[$0] }, order: order, isReversed: isReversed)
    for (position, axis) in order.enumerated() {
      inverse.order[axis] = position
      inverse.isReversed[axis] = isReversed[position]
    }
    return inverse
  }

  /// For every point of the image, row-major, the point of the grid that it comes from.
  public var sources: [Int] {
    var strides = [Int](repeating: 1, count: axes.count)
    for axis in axes.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * axes[axis + 1].points
    }
    return (0..<image.reduce(1, *)).map { point in
      var (rest, source) = (point, 0)
      for position in order.indices.reversed() {
        let axis = axes[order[position]]
        let index = rest % axis.points
        rest /= axis.points
        let mirrored = axis.isPeriodic ? (axis.points - index) % axis.points : axis.points - 1 - index
        source += (isReversed[position] ? mirrored : index) * strides[order[position]]
      }
      return source
    }
  }
}
