/// Which frequencies of a spectral layer's weights a grid can hold.
///
/// Weights are kept per signed frequency: −m … m − 1 on the leading axes, in the order 0 … m − 1, −m … −1, and 0 … m − 1 on the last.
/// A grid reaches the frequencies below half its points; those at half of them have no partner and are dropped with the rest.
public struct ModeSet: Sendable, Hashable {
  /// m of the weights, per axis.
  public let modes: [Int]
  /// m that the transform on this grid uses, per axis.
  public let reached: [Int]
  /// For every mode of the transform the number of the weight's mode.
  ///
  /// −1 where it is dropped; `nil` if all are reached.
  let slots: [Int32]?
  /// Modes of the weights that this grid does not reach.
  public let droppedCount: Int

  public init(modes: [Int], points: [[Int]]) {
    let last = modes.count - 1
    // The same frequencies must be there where values come from and where they go to.
    let limits = modes.indices.map { axis in points.map { $0[axis] }.min() ?? 1 }
    self.modes = modes
    reached = modes.indices.map { axis in
      axis == last ? min(modes[axis], (limits[axis] + 1) / 2) : min(modes[axis], max(limits[axis] / 2, 1))
    }
    var slots: [Int32] = []
    var kept = 0
    let count = zip(reached.indices, reached).reduce(1) { $0 * ($1.0 == last ? $1.1 : 2 * $1.1) }
    for number in 0..<count {
      var rest = number
      var slot = 0
      var factor = 1
      var isDropped = false
      for axis in modes.indices.reversed() {
        let length = axis == last ? reached[axis] : 2 * reached[axis]
        let index = rest % length
        rest /= length
        if axis == last {
          slot += index
          factor *= modes[axis]
        } else {
          let frequency = index < reached[axis] ? index : index - 2 * reached[axis]
          if 2 * abs(frequency) >= limits[axis] && frequency != 0 { isDropped = true }
          slot += factor * (frequency >= 0 ? frequency : frequency + 2 * modes[axis])
          factor *= 2 * modes[axis]
        }
      }
      slots.append(isDropped ? -1 : Int32(slot))
      if !isDropped { kept += 1 }
    }
    let total = modes.dropLast().reduce(1) { $0 * 2 * $1 } * modes[last]
    droppedCount = total - kept
    self.slots = droppedCount == 0 ? nil : slots
  }

  /// Modes of the transform.
  var count: Int { reached.dropLast().reduce(1) { $0 * 2 * $1 } * (reached.last ?? 1) }
}
