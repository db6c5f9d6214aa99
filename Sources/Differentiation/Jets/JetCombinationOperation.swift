/// A sum of jets of equal shape, each times a number.
package final class JetCombinationOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let factors: [Scalar]

  package init(_ parts: [(jet: Jet, factor: Double)], on tape: Tape<Scalar>) {
    inputs = parts.map(\.jet.variable)
    factors = parts.map { Scalar($0.factor) }
    precondition(
      Set(inputs.map(\.shape)).count == 1, "JetCombination: shapes \(inputs.map(\.shape)) must be equal")
    outputs = [tape.result(inputs[0].shape)]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let count = context.samples * outputs[0].count
    context.output().update(repeating: 0, count: count)
    for number in inputs.indices {
      addMultiple(factors[number], context.input(number), to: context.output(), count)
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let count = context.samples * outputs[0].count
    for number in inputs.indices {
      guard let gradient = context.inputGradient(number) else { continue }
      if !context.accumulates(into: number) { gradient.update(repeating: 0, count: count) }
      addMultiple(factors[number], context.outputGradient(), to: gradient, count)
    }
  }
}

/// `y = x + a·(h − x)` with a trained number a.
package final class JetGateOperation<Scalar: NetworkScalar>: RowOperation {
  package let inputs: [Variable]
  package let outputs: [Variable]

  /// - Parameter gate: one number.
  package init(_ x: Jet, _ h: Jet, gate: Variable, on tape: Tape<Scalar>) {
    precondition(
      x.variable.shape == h.variable.shape && gate.count == 1,
      "JetGate: \(x.variable.shape), \(h.variable.shape) and a gate of shape \(gate.shape)")
    inputs = [x.variable, h.variable, gate]
    outputs = [tape.result(x.variable.shape)]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let count = context.samples * outputs[0].count
    let a = context.input(2)[0]
    context.output().update(repeating: 0, count: count)
    addMultiple(1 - a, context.input(0), to: context.output(), count)
    addMultiple(a, context.input(1), to: context.output(), count)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    propagate(context)
    guard let da = context.inputGradient(2) else { return }
    if !context.accumulates(into: 2) { da[0] = 0 }
    da[0] += slope(context, first: 0, count: context.samples * outputs[0].count)
  }

  package func backwardRows(_ context: OperationContext<Scalar>, _ rows: RowGradients<Scalar>) {
    propagate(context)
    guard let da = context.rows(rows, ofInput: 2) else { return }
    let (channels, points, width) = (outputs[0].shape[0], outputs[0].shape[1], outputs[0].shape[2])
    for sample in 0..<context.samples {
      for point in 0..<points {
        for channel in 0..<channels {
          let first = sample * outputs[0].count + (channel * points + point) * width
          da[(sample * points + point) * rows.distance] += slope(context, first: first, count: width)
        }
      }
    }
  }

  private func propagate(_ context: OperationContext<Scalar>) {
    let count = context.samples * outputs[0].count
    let a = context.input(2)[0]
    for (number, factor) in [(0, 1 - a), (1, a)] {
      guard let gradient = context.inputGradient(number) else { continue }
      if !context.accumulates(into: number) { gradient.update(repeating: 0, count: count) }
      addMultiple(factor, context.outputGradient(), to: gradient, count)
    }
  }

  /// The sum of (h − x) times the gradient.
  private func slope(_ context: OperationContext<Scalar>, first: Int, count: Int) -> Scalar {
    let (x, h, dy) = (context.input(0) + first, context.input(1) + first, context.outputGradient() + first)
    var sum: Scalar = 0
    for index in 0..<count { sum += (h[index] - x[index]) * dy[index] }
    return sum
  }
}

/// `y += a·x`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addMultiple<Scalar: NetworkScalar>(
  _ a: Scalar, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  for index in 0..<count { y[index] += a * x[index] }
}
