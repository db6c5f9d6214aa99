import Differentiation

/// `y = f(a + g∘x)` with a factor for every channel: a skip past a layer that can be closed channel by channel.
///
/// Inputs are a and x of equal shapes, and g of shape (channels).
final class SoftGateOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs = [1, 2]
  private let activation: Activation
  private let derivative: TapeBuffer?

  init(_ a: Variable, _ x: Variable, gate: Variable, activation: Activation, on tape: Tape<Scalar>) {
    precondition(
      a.shape == x.shape && gate.shape == [x.channels],
      "SoftGate: \(a.shape) and \(x.shape) with a gate \(gate.shape)")
    inputs = [a, x, gate]
    let y = tape.result(a.shape)
    outputs = [y]
    self.activation = activation
    derivative = activation == .identity ? nil : tape.buffer(y.count * tape.capacity, .saved)
  }

  func forward(_ context: OperationContext<Scalar>) {
    let count = context.samples * outputs[0].count
    let y = context.output()
    y.update(from: context.input(0), count: count)
    addGated(
      context.input(1), context.input(2), channels: outputs[0].channels, count: count, into: y)
    var slope: UnsafeMutablePointer<Scalar>?
    if let derivative, context.savesForBackward { slope = context.buffer(derivative) }
    Scalar.networkKernels.activate(activation, count, y, slope)
  }

  func backward(_ context: OperationContext<Scalar>) {
    let (count, channels) = (context.samples * outputs[0].count, outputs[0].channels)
    let dy = context.outputGradient()
    if let derivative { Scalar.networkKernels.scale(count, context.buffer(derivative), dy) }
    if let gradient = context.inputGradient(0) {
      if context.accumulates(into: 0) {
        Scalar.networkKernels.add(count, dy, gradient)
      } else {
        gradient.update(from: dy, count: count)
      }
    }
    if let gradient = context.inputGradient(1) {
      if !context.accumulates(into: 1) { gradient.update(repeating: 0, count: count) }
      addGated(UnsafePointer(dy), context.input(2), channels: channels, count: count, into: gradient)
    }
    if let gradient = context.inputGradient(2) {
      if !context.accumulates(into: 2) { gradient.update(repeating: 0, count: channels) }
      addColumnProducts(UnsafePointer(dy), context.input(1), channels: channels, count: count, into: gradient)
    }
  }
}

/// `y += g∘x`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addGated<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ gate: UnsafePointer<Scalar>, channels: Int, count: Int,
  into y: UnsafeMutablePointer<Scalar>
) {
  for start in stride(from: 0, to: count, by: channels) {
    for channel in 0..<channels { y[start + channel] += gate[channel] * x[start + channel] }
  }
}

/// Adds Σ x·y of every channel to `sums`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addColumnProducts<Scalar: NetworkScalar>(
  _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, channels: Int, count: Int,
  into sums: UnsafeMutablePointer<Scalar>
) {
  for start in stride(from: 0, to: count, by: channels) {
    for channel in 0..<channels { sums[channel] += x[start + channel] * y[start + channel] }
  }
}
