package import Differentiation

/// `y = x₁ + x₂`, of equal shapes.
package final class AddOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int] = []

  package init(_ first: Variable, _ second: Variable, on tape: Tape<Scalar>) {
    precondition(first.shape == second.shape, "Add: shapes \(first.shape) and \(second.shape) must be equal")
    inputs = [first, second]
    outputs = [tape.result(first.shape, isShared: first.isShared && second.isShared)]
  }

  private func count(_ context: OperationContext<Scalar>) -> Int {
    outputs[0].count * (outputs[0].isShared ? 1 : context.samples)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let total = count(context)
    context.output().update(from: context.input(0), count: total)
    Scalar.networkKernels.add(total, context.input(1), context.output())
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let total = count(context)
    for number in 0..<2 {
      guard let gradient = context.inputGradient(number) else { continue }
      if context.accumulates(into: number) {
        Scalar.networkKernels.add(total, context.outputGradient(), gradient)
      } else {
        gradient.update(from: context.outputGradient(), count: total)
      }
    }
  }
}
