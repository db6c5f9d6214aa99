public import Differentiation

/// ⟨weights, y⟩ of every sample: a loss whose gradient is any array that is wanted.
public final class WeightedSum<Scalar: NetworkScalar>: Operation {
  public let inputs: [Variable]
  public let outputs: [Variable]

  public init(_ y: Variable, _ weights: Variable, on tape: Tape<Scalar>) {
    inputs = [y, weights]
    outputs = [tape.result([1])]
  }

  public func forward(_ context: OperationContext<Scalar>) {
    for sample in 0..<context.samples {
      var sum: Scalar = 0
      for index in sample * inputs[0].count..<(sample + 1) * inputs[0].count {
        sum += context.input(0)[index] * context.input(1)[index]
      }
      context.output()[sample] = sum
    }
  }

  public func backward(_ context: OperationContext<Scalar>) {
    guard let gradient = context.inputGradient(0) else { return }
    let adds = context.accumulates(into: 0)
    for sample in 0..<context.samples {
      for index in sample * inputs[0].count..<(sample + 1) * inputs[0].count {
        let value = context.outputGradient()[sample] * context.input(1)[index]
        gradient[index] = adds ? gradient[index] + value : value
      }
    }
  }
}
