/// `z = x·y` of jets of equal shape, number by number: derivatives by Leibniz' rule.
package final class JetProductOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  /// z of a channel is the sum of `factor · x of left · y of right`.
  private let terms: [LeibnizTerm]

  package init(_ x: Jet, _ y: Jet, on tape: Tape<Scalar>) {
    precondition(
      x.shape == y.shape && x.variable.shape == y.variable.shape,
      "JetProduct: \(x.variable.shape) times \(y.variable.shape)")
    inputs = [x.variable, y.variable]
    outputs = [tape.result(x.variable.shape)]
    terms = x.shape.leibnizTerms
  }

  private var channelCount: Int { outputs[0].count / outputs[0].shape[0] }

  package func forward(_ context: OperationContext<Scalar>) {
    let count = channelCount
    for sample in 0..<context.samples {
      let start = sample * outputs[0].count
      let (x, y, z) = (context.input(0) + start, context.input(1) + start, context.output() + start)
      z.update(repeating: 0, count: outputs[0].count)
      for term in terms {
        addProduct(
          Scalar(term.factor), x + term.left * count, y + term.right * count, to: z + term.result * count,
          count)
      }
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let count = channelCount
    for number in 0..<2 {
      let other = 1 - number
      guard let gradient = context.inputGradient(number) else { continue }
      if !context.accumulates(into: number) {
        gradient.update(repeating: 0, count: context.samples * inputs[number].count)
      }
      for sample in 0..<context.samples {
        let start = sample * outputs[0].count
        let (factor, dz) = (context.input(other) + start, context.outputGradient() + start)
        for term in terms {
          let (own, partner) = number == 0 ? (term.left, term.right) : (term.right, term.left)
          addProduct(
            Scalar(term.factor), dz + term.result * count, factor + partner * count,
            to: gradient + start + own * count, count)
        }
      }
    }
  }
}

/// `z += factor·x·y`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addProduct<Scalar: NetworkScalar>(
  _ factor: Scalar, _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>,
  to z: UnsafeMutablePointer<Scalar>, _ count: Int
) {
  for index in 0..<count { z[index] += factor * x[index] * y[index] }
}
