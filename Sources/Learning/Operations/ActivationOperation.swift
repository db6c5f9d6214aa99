package import Differentiation

/// `y = f(x)`; f′ is kept from the forward pass.
package final class ActivationOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []
  private let activation: Activation
  private let derivative: TapeBuffer?

  package init(_ x: Variable, activation: Activation, on tape: Tape<Scalar>) {
    precondition(!x.isShared, "Activate: its input must not be shared by the samples")
    inputs = [x]
    outputs = [tape.result(x.shape)]
    self.activation = activation
    derivative = activation == .identity ? nil : tape.buffer(x.count * tape.capacity, .saved)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let total = context.samples * inputs[0].count
    let slope = context.savesForBackward ? derivative : nil
    context.output().update(from: context.input(0), count: total)
    Scalar.networkKernels.activate(activation, total, context.output(), slope.map { context.buffer($0) })
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let total = context.samples * inputs[0].count
    let dy = context.outputGradient()
    if let derivative { Scalar.networkKernels.scale(total, context.buffer(derivative), dy) }
    if context.accumulates(into: 0) {
      Scalar.networkKernels.add(total, dy, dx)
    } else {
      dx.update(from: dy, count: total)
    }
  }
}
