public import Differentiation

/// Appends the coordinates of the points as channels, each from 0 to 1 along its axis.
///
/// Takes (n₁, …, n_d, c) to (n₁, …, n_d, c + d). Periodic axes exclude their end: point j of n is at j/n. On others the points are
/// those of the grid, at `(j + ½)/n` for cells and `j/(n − 1)` where both ends belong to it.
public struct CoordinateChannels: Layer {
  /// Where the points of an axis stand.
  public enum Placement: String, Sendable, Hashable, Codable {
    case periodic, cells, nodes
  }
  /// For each axis; periodic where there are fewer.
  public var placements: [Placement]

  public init(_ placements: [Placement] = []) { self.placements = placements }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let axes = Array(x.shape.dropLast())
    var values = [Scalar](repeating: 0, count: axes.reduce(1, *) * axes.count)
    for point in 0..<axes.reduce(1, *) {
      var rest = point
      for axis in axes.indices.reversed() {
        let index = Double(rest % axes[axis])
        rest /= axes[axis]
        let length = Double(axes[axis])
        let placement = axis < placements.count ? placements[axis] : .periodic
        let coordinate =
          switch placement {
          case .periodic: index / length
          case .cells: (index + 0.5) / length
          case .nodes: length > 1 ? index / (length - 1) : 0
          }
        values[point * axes.count + axis] = Scalar(coordinate)
      }
    }
    let constant = ConstantOperation(values, shape: axes + [axes.count], on: tape)
    tape.record(constant)
    let concatenation = ConcatenateOperation([x, constant.outputs[0]], on: tape)
    tape.record(concatenation)
    return concatenation.outputs[0]
  }
}
