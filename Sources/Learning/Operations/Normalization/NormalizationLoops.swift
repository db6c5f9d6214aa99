import Differentiation

// Loops over numbers, compiled for both types. Sums over many points are taken in two stages, so that rounding errors grow
// with a few hundred terms at most.

private let stage = 64

/// `sums = Σ x` per channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func sumChannels<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, points: Int, channels: Int, into sums: UnsafeMutablePointer<Scalar>,
  partial: UnsafeMutablePointer<Scalar>
) {
  sums.update(repeating: 0, count: channels)
  for start in stride(from: 0, to: points, by: stage) {
    partial.update(repeating: 0, count: channels)
    for point in start..<min(start + stage, points) {
      let row = x + point * channels
      for channel in 0..<channels { partial[channel] += row[channel] }
    }
    for channel in 0..<channels { sums[channel] += partial[channel] }
  }
}

/// `sums = Σ (x − mean)²` per channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func sumSquares<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>, points: Int, channels: Int,
  into sums: UnsafeMutablePointer<Scalar>, partial: UnsafeMutablePointer<Scalar>
) {
  sums.update(repeating: 0, count: channels)
  for start in stride(from: 0, to: points, by: stage) {
    partial.update(repeating: 0, count: channels)
    for point in start..<min(start + stage, points) {
      let row = x + point * channels
      for channel in 0..<channels {
        let difference = row[channel] - mean[channel]
        partial[channel] += difference * difference
      }
    }
    for channel in 0..<channels { sums[channel] += partial[channel] }
  }
}

/// `plain = Σ dy` and `weighted = Σ dy·(x − mean)` per channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func sumGradients<Scalar: NetworkScalar>(
  _ dy: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>, points: Int,
  channels: Int,
  plain: UnsafeMutablePointer<Scalar>, weighted: UnsafeMutablePointer<Scalar>,
  partial: UnsafeMutablePointer<Scalar>
) {
  sumChannels(dy, points: points, channels: channels, into: plain, partial: partial)
  weighted.update(repeating: 0, count: channels)
  for start in stride(from: 0, to: points, by: stage) {
    partial.update(repeating: 0, count: channels)
    for point in start..<min(start + stage, points) {
      let (row, slope) = (x + point * channels, dy + point * channels)
      for channel in 0..<channels { partial[channel] += slope[channel] * (row[channel] - mean[channel]) }
    }
    for channel in 0..<channels { weighted[channel] += partial[channel] }
  }
}

/// `y = factor·(x − mean) + shift` per channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func normalize<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>, factor: UnsafePointer<Scalar>,
  shift: UnsafePointer<Scalar>, points: Int, channels: Int, into y: UnsafeMutablePointer<Scalar>
) {
  for point in 0..<points {
    let (row, target) = (x + point * channels, y + point * channels)
    for channel in 0..<channels {
      target[channel] = factor[channel] * (row[channel] - mean[channel]) + shift[channel]
    }
  }
}

/// `dx = factor·dy + slope·(x − mean) + shift` per channel, or adds it.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func denormalizeGradient<Scalar: NetworkScalar>(
  _ dy: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>,
  factor: UnsafePointer<Scalar>, slope: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>, points: Int,
  channels: Int, into dx: UnsafeMutablePointer<Scalar>, adding: Bool
) {
  for point in 0..<points {
    let (row, gradient, target) = (x + point * channels, dy + point * channels, dx + point * channels)
    for channel in 0..<channels {
      let value =
        factor[channel] * gradient[channel] + slope[channel] * (row[channel] - mean[channel]) + shift[channel]
      target[channel] = adding ? target[channel] + value : value
    }
  }
}
