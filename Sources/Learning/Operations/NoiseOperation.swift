import Arrays
package import Differentiation

/// `y = x + deviation·n` with normal random numbers n in training, y = x else.
package final class NoiseOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let deviation: Scalar
  private let seed: UInt64
  private let purpose: String

  package init(_ x: Variable, deviation: Double, seed: UInt64, on tape: Tape<Scalar>) {
    precondition(!x.isShared, "Noise: its input must not be shared by the samples")
    inputs = [x]
    outputs = [tape.result(x.shape)]
    self.deviation = Scalar(deviation)
    self.seed = seed
    purpose = "noise " + tape.path("")
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let count = inputs[0].count
    let (x, y) = (context.input(0), context.output())
    guard context.isTraining else { return y.update(from: x, count: context.samples * count) }
    for sample in 0..<context.samples {
      let stream = RandomStream(
        seed: seed, purpose: purpose, sample: context.firstSample + sample, step: context.step)
      addNormals(stream, deviation, to: x + sample * count, into: y + sample * count, count: count)
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let (dy, count) = (context.outputGradient(), context.samples * inputs[0].count)
    if context.accumulates(into: 0) {
      Scalar.networkKernels.add(count, dy, dx)
    } else {
      dx.update(from: dy, count: count)
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addNormals<Scalar: NetworkScalar>(
  _ stream: RandomStream, _ deviation: Scalar, to x: UnsafePointer<Scalar>,
  into y: UnsafeMutablePointer<Scalar>,
  count: Int
) {
  for start in stride(from: 0, to: count, by: 2) {
    let normals = stream.normals(at: UInt64(start / 2))
    y[start] = x[start] + deviation * Scalar(normals.x)
    if start + 1 < count { y[start + 1] = x[start + 1] + deviation * Scalar(normals.y) }
  }
}
