public import Differentiation
public import Learning

/// A network made to keep symmetries of its grid: the mean over them of what it says of the image of its input, turned back.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, out), channels being numbers that a motion of the axes leaves alone. For every symmetry g
/// of the group, the result for g·x is g·(the result for x), to rounding; that costs as many networks as the group has elements.
///
/// Source: the Reynolds operator, as used for networks by Puny, Atzmon, Ben-Hamu, Misra, Grover, Smith, Lipman, ICLR 2022.
public struct Symmetrized: Layer {
  /// Which motions of the axes are symmetries.
  public enum Group: String, Sendable, CaseIterable {
    /// Only the identity.
    case none
    /// Axes of equally many points change places.
    case exchanges
    /// Each axis is run through backwards.
    case reflections
    /// Both: of a square all eight, of a cube all 48.
    case all
  }

  public var group: Group
  /// For each axis where its points stand; periodic where there are fewer.
  public var placements: [CoordinateChannels.Placement]
  public var network: any Layer

  public init(_ group: Group, placements: [CoordinateChannels.Placement] = [], _ network: any Layer) {
    self.group = group
    self.placements = placements
    self.network = network
  }

  /// The group's motions of a grid, the identity first.
  func motions(of grid: [Int]) -> [GridMotion] {
    GridMotion.all(
      in: group,
      of: grid.indices.map {
        GridMotion.Axis(points: grid[$0], isPeriodic: $0 >= placements.count || placements[$0] == .periodic)
      })
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let grid = Array(x.shape.dropLast())
    let motions = motions(of: grid)
    guard motions.count > 1 else { return network(x, tape) }
    var sum: Variable?
    for motion in motions {
      let moved = tape.recorded(
        PointPermutationOperation(x, sources: motion.sources, grid: motion.image, on: tape))
      // The same scope, so the same parameters.
      let answer = network(moved, tape)
      let returned = tape.recorded(
        PointPermutationOperation(answer, sources: motion.inverse.sources, grid: grid, on: tape))
      sum = sum.map { tape.recorded(AddOperation($0, returned, on: tape)) } ?? returned
    }
    guard let sum else { preconditionFailure("Symmetrized: a group has the identity") }
    let share = 1 / Scalar(motions.count)
    return tape.recorded(
      ScaleAndShiftOperation(
        sum, scale: Array(repeating: share, count: sum.channels),
        shift: Array(repeating: 0, count: sum.channels), on: tape))
  }
}

/// A motion of a grid onto a grid: axis `order[k]` becomes axis k, run through backwards if `isReversed[k]`.
struct GridMotion {
  struct Axis: Hashable {
    var points: Int
    /// Backwards, point j of a periodic axis goes to −j, and of others to the same place seen from the other end.
    var isPeriodic: Bool
  }

  /// The axes of the grid that is moved.
  var axes: [Axis]
  var order: [Int]
  var isReversed: [Bool]

  /// The motions of a group, the identity first.
  static func all(in group: Symmetrized.Group, of axes: [Axis]) -> [GridMotion] {
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
  var image: [Int] { order.map { axes[$0].points } }

  var inverse: GridMotion {
    var inverse = GridMotion(axes: order.map { axes[$0] }, order: order, isReversed: isReversed)
    for (position, axis) in order.enumerated() {
      inverse.order[axis] = position
      inverse.isReversed[axis] = isReversed[position]
    }
    return inverse
  }

  /// For every point of the image, row-major, the point of the grid that it comes from.
  var sources: [Int] {
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
