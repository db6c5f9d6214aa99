public import Differentiation
public import Learning

/// A network made to keep symmetries of its grid: the mean over them of what it says of the image of its input, turned back.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, out), channels being numbers that a motion of the axes leaves alone. For every symmetry g
/// of the group, the result for g·x is g·(the result for x), to rounding; that costs as many networks as the group has elements.
///
/// Source: the Reynolds operator, as used for networks by Puny, Atzmon, Ben-Hamu, Misra, Grover, Smith, Lipman, ICLR 2022.
public struct Symmetrized: Layer {
  public var group: GridSymmetry
  /// For each axis where its points stand; periodic where there are fewer.
  public var placements: [CoordinateChannels.Placement]
  public var network: any Layer

  public init(_ group: GridSymmetry, placements: [CoordinateChannels.Placement] = [], _ network: any Layer) {
    self.group = group
    self.placements = placements
    self.network = network
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let grid = Array(x.shape.dropLast())
    let motions = group.motions(of: grid, placements: placements)
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
