import Differentiation

/// Mean and 1/√(variance + epsilon) of groups of channels over some points, and what gradients do with them.
///
/// Memory of the caller holds five numbers per channel: mean, reciprocal deviation, and three of scratch.
struct ChannelStatistics {
  var points: Int
  var channels: Int
  var groups: Int
  var epsilon: Double

  /// Numbers of a group.
  private var size: Int { points * channels / groups }
  private var width: Int { channels / groups }

  /// Writes mean and reciprocal deviation per channel, those of its group; returns nothing else.
  func measure<Scalar: NetworkScalar>(
    _ x: UnsafePointer<Scalar>, mean: UnsafeMutablePointer<Scalar>, deviation: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    sumChannels(x, points: points, channels: channels, into: mean, partial: scratch)
    share(mean) { $0 / Scalar(size) }
    sumSquares(x, mean: mean, points: points, channels: channels, into: deviation, partial: scratch)
    share(deviation) { 1 / ($0 / Scalar(size) + Scalar(epsilon)).squareRoot() }
  }

  /// Gives every channel a function of its group's sum.
  private func share<Scalar: NetworkScalar>(
    _ numbers: UnsafeMutablePointer<Scalar>, _ function: (Scalar) -> Scalar
  ) {
    for group in 0..<groups {
      var sum: Scalar = 0
      for channel in group * width..<(group + 1) * width { sum += numbers[channel] }
      (numbers + group * width).update(repeating: function(sum), count: width)
    }
  }

  /// `y = gain·(x − mean)·deviation + shift`.
  func apply<Scalar: NetworkScalar>(
    _ x: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>, deviation: UnsafePointer<Scalar>,
    gain: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    for channel in 0..<channels { scratch[channel] = gain[channel] * deviation[channel] }
    normalize(x, mean: mean, factor: scratch, shift: shift, points: points, channels: channels, into: y)
  }

  /// The gradients of gain and shift, which are added, and of x.
  ///
  /// - Parameters:
  ///   - isFixed: whether mean and deviation are numbers that do not depend on x.
  ///   - scratch: four numbers per channel.
  func differentiate<Scalar: NetworkScalar>(
    _ dy: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>,
    deviation: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>, dgain: UnsafeMutablePointer<Scalar>?,
    dshift: UnsafeMutablePointer<Scalar>?, dx: UnsafeMutablePointer<Scalar>?, adding: Bool,
    isFixed: Bool = false,
    scratch: UnsafeMutablePointer<Scalar>
  ) {
    let (plain, weighted) = (scratch, scratch + channels)
    let (factor, partial) = (scratch + 2 * channels, scratch + 3 * channels)
    sumGradients(
      dy, x, mean: mean, points: points, channels: channels, plain: plain, weighted: weighted,
      partial: partial)
    for channel in 0..<channels {
      dgain?[channel] += weighted[channel] * deviation[channel]
      dshift?[channel] += plain[channel]
      factor[channel] = gain[channel] * deviation[channel]
    }
    guard let dx else { return }
    // dx = factor·dy − deviation·(mean of gain·dy) − (x − mean)·deviation³·(mean of gain·dy·(x − mean)).
    for channel in 0..<channels {
      plain[channel] *= gain[channel]
      weighted[channel] *= gain[channel]
    }
    share(plain) { isFixed ? 0 : -$0 / Scalar(size) }
    share(weighted) { isFixed ? 0 : -$0 / Scalar(size) }
    for channel in 0..<channels {
      let d = deviation[channel]
      plain[channel] *= d
      weighted[channel] *= d * d * d
    }
    denormalizeGradient(
      dy, x, mean: mean, factor: factor, slope: weighted, shift: plain, points: points, channels: channels,
      into: dx, adding: adding)
  }
}
