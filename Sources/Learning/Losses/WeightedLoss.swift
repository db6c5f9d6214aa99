public import Differentiation

/// A sum of losses with fixed weights: `Σ wᵢ lossᵢ(p, t)`.
public struct WeightedLoss: Loss {
  public var terms: [(weight: Double, loss: any Loss)]
  public var isRelative: Bool { terms.contains { $0.loss.isRelative } }

  public init(_ terms: [(weight: Double, loss: any Loss)]) {
    precondition(!terms.isEmpty, "WeightedLoss: there must be a term")
    self.terms = terms
  }

  public func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable {
    let losses = terms.map { $0.loss(prediction, target, tape) }
    let operation = LossSumOperation(losses, weights: terms.map { Scalar($0.weight) }, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}

/// `Σ wᵢ xᵢ` of numbers per sample, with fixed weights.
final class LossSumOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int] = []
  private let weights: [Scalar]

  init(_ terms: [Variable], weights: [Scalar], on tape: Tape<Scalar>) {
    inputs = terms
    outputs = [tape.result([1])]
    self.weights = weights
  }

  func forward(_ context: OperationContext<Scalar>) {
    for sample in 0..<context.samples {
      var sum: Scalar = 0
      for term in weights.indices { sum += weights[term] * context.input(term)[sample] }
      context.output()[sample] = sum
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    for term in weights.indices {
      guard let gradient = context.inputGradient(term) else { continue }
      let adds = context.accumulates(into: term)
      for sample in 0..<context.samples {
        let value = weights[term] * context.outputGradient()[sample]
        gradient[sample] = adds ? gradient[sample] + value : value
      }
    }
  }
}
