/// Which functions of a spectral layer's weights a grid can hold.
///
/// Weights are kept per signed frequency: −m … m − 1 on Fourier axes, in the order 0 … m − 1, −m … −1, and 0 … m − 1 on the last of
/// them, since the others are their conjugates. Axes of cosines or sines have m functions. Weights stand in the order of the axes;
/// the transform has the real axes before the Fourier ones. A grid reaches the frequencies below half its points; those at half of
/// them have no partner and are dropped with the rest.
public struct ModeSet: Sendable, Hashable {
  /// m of the weights, per axis.
  public let modes: [Int]
  /// m that the transform on this grid uses, per axis.
  public let reached: [Int]
  /// For every mode of the transform the number of the weight's mode, −1 where it is dropped; `nil` where they are the same.
  let slots: [Int32]?
  /// Modes of the weights that this grid does not reach, or that are not active.
  public let droppedCount: Int
  /// Modes of the transform.
  let count: Int

  /// - Parameters:
  ///   - points: grids whose functions must all be there: where values come from and where they go to.
  ///   - bases: of each axis; `fourier` where there are fewer.
  ///   - active: how many of the m are in use, per axis; all unless given.
  public init(modes: [Int], points: [[Int]], bases: [AxisBasis] = [], active: [Int]? = nil) {
    let axes = modes.indices.map { axis in
      WeightAxis(modes: modes, axis: axis, bases: bases, points: points.map { $0[axis] })
    }
    self.modes = modes
    reached = axes.map(\.reached)
    let order =
      modes.indices.filter { axes[$0].kind == .real } + modes.indices.filter { axes[$0].kind != .real }
    count = axes.reduce(1) { $0 * $1.length($1.reached) }
    let total = axes.reduce(1) { $0 * $1.length($1.modes) }
    var slots: [Int32] = []
    var kept = 0
    for number in 0..<count {
      var rest = number
      var positions = Array(repeating: 0, count: modes.count)
      var isDropped = false
      for axis in order.reversed() {
        let length = axes[axis].length(reached[axis])
        let frequency = axes[axis].frequency(rest % length)
        rest /= length
        let limit = min(active?[axis] ?? modes[axis], modes[axis])
        if axes[axis].isBeyond(frequency) || frequency >= limit || frequency < -limit { isDropped = true }
        positions[axis] = axes[axis].position(frequency)
      }
      let slot = axes.indices.reduce(0) { $0 * axes[$1].length(modes[$1]) + positions[$1] }
      slots.append(isDropped ? -1 : Int32(slot))
      if !isDropped { kept += 1 }
    }
    droppedCount = total - kept
    self.slots = slots == slots.indices.map { Int32($0) } && droppedCount == 0 ? nil : slots
  }
}

/// One axis of spectral weights.
struct WeightAxis {
  enum Kind { case leading, half, real }
  let kind: Kind
  let modes: Int
  let reached: Int
  private let limit: Int

  /// - Parameter points: of this axis, on all grids.
  init(modes: [Int], axis: Int, bases: [AxisBasis], points: [Int]) {
    func basis(_ axis: Int) -> AxisBasis { axis < bases.count ? bases[axis] : .fourier }
    limit = points.min() ?? 1
    self.modes = modes[axis]
    if basis(axis).isReal {
      kind = .real
      reached = min(modes[axis], basis(axis).reach(points: limit))
    } else if modes.indices.last(where: { !basis($0).isReal }) == axis {
      kind = .half
      reached = min(modes[axis], AxisBasis.fourier.reach(points: limit))
    } else {
      kind = .leading
      reached = min(modes[axis], max(limit / 2, 1))
    }
  }

  /// Numbers of the axis for this m.
  func length(_ m: Int) -> Int { kind == .leading ? 2 * m : m }
  /// The frequency at a place of the transform.
  func frequency(_ index: Int) -> Int { index < reached ? index : index - 2 * reached }
  /// The place of a frequency in the weights.
  func position(_ frequency: Int) -> Int { frequency >= 0 ? frequency : frequency + 2 * modes }
  func isBeyond(_ frequency: Int) -> Bool {
    kind == .leading && 2 * abs(frequency) >= limit && frequency != 0
  }
}
