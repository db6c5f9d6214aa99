import Arrays
package import Differentiation

/// `y = x·m/(1 − rate)` with random m of 0 and 1 in training, y = x else; m is drawn again for the backward pass.
package final class DropoutOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let rate: Double
  private let seed: UInt64
  private let purpose: String

  package init(_ x: Variable, rate: Double, seed: UInt64, on tape: Tape<Scalar>) {
    precondition(!x.isShared, "Dropout: its input must not be shared by the samples")
    inputs = [x]
    outputs = [tape.result(x.shape)]
    self.rate = rate
    self.seed = seed
    purpose = "dropout " + tape.path("")
  }

  package func forward(_ context: OperationContext<Scalar>) {
    apply(context, context.input(0), into: context.output(), adding: false)
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    apply(context, context.outputGradient(), into: dx, adding: context.accumulates(into: 0))
  }

  private func apply(
    _ context: OperationContext<Scalar>, _ source: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>,
    adding: Bool
  ) {
    let count = inputs[0].count
    // Of 2³² equally likely words, those below are dropped.
    let threshold = context.isTraining ? UInt32(rate * 0x1p32) : 0
    let factor = context.isTraining ? Scalar(1 / (1 - rate)) : 1
    for sample in 0..<context.samples {
      let stream = RandomStream(
        seed: seed, purpose: purpose, sample: context.firstSample + sample, step: context.step)
      thin(
        source + sample * count, into: target + sample * count, count: count, stream: stream,
        threshold: threshold,
        factor: factor, adding: adding)
    }
  }
}

/// `target = factor·source` where a random word reaches the threshold, and nothing else; or adds it.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func thin<Scalar: NetworkScalar>(
  _ source: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, count: Int,
  stream: RandomStream,
  threshold: UInt32, factor: Scalar, adding: Bool
) {
  for start in stride(from: 0, to: count, by: 4) {
    let words = threshold > 0 ? stream.words(at: UInt64(start / 4)) : .zero
    for index in start..<min(start + 4, count) {
      let value = words[index - start] >= threshold ? factor * source[index] : 0
      target[index] = adding ? target[index] + value : value
    }
  }
}
