import Differentiation
public import Learning

/// A branch of difference quotients: `y(i) = Σ_o (x(i + o) − x(i))/|o| · W(o)` over the 3^d − 1 neighbours o of a point.
///
/// |o| is the distance of the neighbour on axes of length 1, so that the sum converges to a first-order differential operator when the
/// grid is refined; it vanishes on constants. Periodic axes go on at their other end, the others linearly beyond their ends.
/// Parameter: `weight` (3^d − 1, in, out), zero at first, so that a network begins without the branch.
///
/// Source: Liu-Schiaffini et al., Neural operators with localized integral and differential kernels, ICML 2024.
public struct DifferenceStencil: Sendable, Hashable, Codable {
  /// Where the points of each axis stand; periodic where there are fewer.
  public var placements: [CoordinateChannels.Placement]

  public init(_ placements: [CoordinateChannels.Placement] = []) { self.placements = placements }

  func record<Scalar: NetworkScalar>(_ x: Variable, outputs: Int, _ tape: Tape<Scalar>) -> Variable {
    let axes = x.shape.count - 1
    let neighbours = Array(repeating: 3, count: axes).reduce(1, *) - 1
    let weight = tape.parameter(
      "weight", [neighbours, x.channels, outputs], role: .tensor,
      initial: Initializer.zeros.fill(_:slot:seed:))
    let places = (0..<axes).map { $0 < placements.count ? placements[$0] : .periodic }
    return tape.recorded(DifferenceOperation(x, weight: weight, placements: places, on: tape))
  }
}
