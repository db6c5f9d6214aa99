package import Differentiation

/// The same values, through which no gradient passes.
package final class DetachOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []

  package init(_ x: Variable, on tape: Tape<Scalar>) {
    inputs = [x]
    outputs = [tape.result(x.shape, isShared: x.isShared)]
  }

  package func forward(_ context: OperationContext<Scalar>) {
    context.output().update(
      from: context.input(0), count: inputs[0].count * (inputs[0].isShared ? 1 : context.samples))
  }

  package func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0), !context.accumulates(into: 0) else { return }
    dx.update(repeating: 0, count: inputs[0].count * (inputs[0].isShared ? 1 : context.samples))
  }
}
