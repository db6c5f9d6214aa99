package import Differentiation

/// `y = gain·(x − mean)/√(variance + epsilon) + shift`, over the channels of every point.
///
/// Inputs are x, gain and shift. Source: Ba, Kiros, Hinton, Layer normalization, 2016.
package final class PointNormalizationOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]
  private let epsilon: Double
  /// Mean and reciprocal deviation of every point.
  private let kept: TapeBuffer

  package init(_ x: Variable, gain: Variable, shift: Variable, epsilon: Double, on tape: Tape<Scalar>) {
    inputs = [x, gain, shift]
    outputs = [tape.result(x.shape)]
    self.epsilon = epsilon
    kept = tape.buffer(2 * x.points * tape.capacity, .saved)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    normalizeRows(
      context.input(0), gain: context.input(1), shift: context.input(2),
      rows: context.samples * inputs[0].points,
      channels: inputs[0].channels, epsilon: Scalar(epsilon), into: context.output(),
      kept: context.buffer(kept))
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let channels = inputs[0].channels
    for number in [1, 2] where !context.accumulates(into: number) {
      context.inputGradient(number)?.update(repeating: 0, count: channels)
    }
    differentiateRows(
      context.outputGradient(), context.input(0), gain: context.input(1), kept: context.buffer(kept),
      rows: context.samples * inputs[0].points, channels: channels, dgain: context.inputGradient(1),
      dshift: context.inputGradient(2), dx: context.inputGradient(0), adding: context.accumulates(into: 0))
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func normalizeRows<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>, rows: Int,
  channels: Int,
  epsilon: Scalar, into y: UnsafeMutablePointer<Scalar>, kept: UnsafeMutablePointer<Scalar>
) {
  let share = 1 / Scalar(channels)
  for row in 0..<rows {
    let (values, target) = (x + row * channels, y + row * channels)
    var mean: Scalar = 0
    for channel in 0..<channels { mean += values[channel] }
    mean *= share
    var variance: Scalar = 0
    for channel in 0..<channels { variance += (values[channel] - mean) * (values[channel] - mean) }
    let deviation = 1 / (variance * share + epsilon).squareRoot()
    for channel in 0..<channels {
      target[channel] = gain[channel] * ((values[channel] - mean) * deviation) + shift[channel]
    }
    kept[2 * row] = mean
    kept[2 * row + 1] = deviation
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func differentiateRows<Scalar: NetworkScalar>(
  _ dy: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>,
  kept: UnsafePointer<Scalar>,
  rows: Int, channels: Int, dgain: UnsafeMutablePointer<Scalar>?, dshift: UnsafeMutablePointer<Scalar>?,
  dx: UnsafeMutablePointer<Scalar>?, adding: Bool
) {
  let share = 1 / Scalar(channels)
  for row in 0..<rows {
    let (values, gradient) = (x + row * channels, dy + row * channels)
    let (mean, deviation) = (kept[2 * row], kept[2 * row + 1])
    if let dgain {
      for channel in 0..<channels {
        dgain[channel] += gradient[channel] * ((values[channel] - mean) * deviation)
      }
    }
    if let dshift {
      for channel in 0..<channels { dshift[channel] += gradient[channel] }
    }
    guard let dx else { continue }
    var (plain, weighted): (Scalar, Scalar) = (0, 0)
    for channel in 0..<channels {
      let slope = gain[channel] * gradient[channel]
      plain += slope
      weighted += slope * (values[channel] - mean)
    }
    plain *= share
    weighted *= share * deviation * deviation
    let target = dx + row * channels
    for channel in 0..<channels {
      let value =
        deviation * (gain[channel] * gradient[channel] - plain - weighted * (values[channel] - mean))
      target[channel] = adding ? target[channel] + value : value
    }
  }
}
