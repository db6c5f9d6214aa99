public import Differentiation

/// A network that begins with few modes and is given more while it learns.
///
/// Its weights have all of their modes from the beginning, so that shapes, checkpoints and the state of the optimizer never change:
/// those that are not active yet are left out of the products. One number per axis holds for all layers. Whoever trains asks after
/// each epoch, and records its tapes again with `limited(to: active)` when the answer is yes.
///
/// Source: George, Zhao, Kossaifi, Li, Anandkumar, Incremental spatial and spectral learning of neural operators, TMLR 2024.
public struct ModeGrowth: Sendable, Hashable, Codable {
  /// When there is one mode more.
  public enum Rule: Sendable, Hashable, Codable {
    /// On all axes, when the loss of an epoch differs from the one before by no more than this share of it.
    case lossGap(Double)
    /// On an axis where the modes in use but for the last `buffer` hold less than this share of the squared gradients.
    case explainedVariance(Double, buffer: Int)
  }
  public var rule: Rule
  /// The modes of the weights, per axis.
  public let modes: [Int]
  /// Those that are in use, per axis.
  public private(set) var active: [Int]
  private var lastLoss: Double?

  /// - Precondition: 1 ≤ start ≤ modes on every axis.
  public init(modes: [Int], start: [Int], rule: Rule) {
    precondition(
      modes.count == start.count && zip(start, modes).allSatisfy { $0 >= 1 && $0 <= $1 },
      "ModeGrowth: \(start) of \(modes) modes cannot be in use")
    self.modes = modes
    self.rule = rule
    active = start
  }

  /// Takes in an epoch, and says whether there are more modes in use than before.
  ///
  /// - Parameters:
  ///   - loss: the mean over the epoch.
  ///   - strengths: the squares of the epoch's gradients, by axis and mode, summed over layers and steps; see `strengths`.
  public mutating func update(loss: Double, strengths: [[Double]] = []) -> Bool {
    let before = active
    switch rule {
    case .lossGap(let share):
      if let lastLoss, abs(lastLoss - loss) <= share * abs(lastLoss) {
        for axis in modes.indices { grow(axis) }
      }
      lastLoss = loss
    case .explainedVariance(let share, let buffer):
      precondition(
        strengths.count == modes.count, "ModeGrowth: strengths of \(strengths.count) axes for \(modes.count)")
      for axis in modes.indices {
        let used = strengths[axis].prefix(active[axis])
        let explained = used.dropLast(buffer).reduce(0, +)
        if explained < share * used.reduce(0, +) { grow(axis) }
      }
    }
    return active != before
  }

  private mutating func grow(_ axis: Int) { active[axis] = min(active[axis] + 1, modes[axis]) }

  /// Adds the squares of a dense spectral weight's gradient by axis and mode: frequencies k and −1 − k of a Fourier axis belong together.
  ///
  /// - Parameters:
  ///   - gradient: (modes, parts, in, out), of `slot`.
  ///   - bases: of each axis; `fourier` where there are fewer.
  public static func addStrengths<Scalar: NetworkScalar>(
    of gradient: UnsafePointer<Scalar>, _ slot: ParameterSlot, modes: [Int], bases: [AxisBasis] = [],
    to strengths: inout [[Double]]
  ) {
    let axes = modes.indices.map { WeightAxis(modes: modes, axis: $0, bases: bases, points: []) }
    let size = slot.count / slot.shape[0]
    precondition(
      axes.reduce(1) { $0 * $1.length($1.modes) } == slot.shape[0],
      "ModeGrowth: '\(slot.name)' of shape \(slot.shape) is no dense weight of modes \(modes)")
    for mode in 0..<slot.shape[0] {
      let square = sumOfSquares(gradient + mode * size, size)
      var rest = mode
      for axis in axes.indices.reversed() {
        let length = axes[axis].length(modes[axis])
        let index = rest % length
        rest /= length
        strengths[axis][index < modes[axis] ? index : length - 1 - index] += square
      }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func sumOfSquares<Scalar: NetworkScalar>(_ x: UnsafePointer<Scalar>, _ count: Int) -> Double {
  var sum = 0.0
  for index in 0..<count { sum += Double(x[index]) * Double(x[index]) }
  return sum
}
