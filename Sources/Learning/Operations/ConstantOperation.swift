package import Differentiation

/// Numbers that are fixed when the tape is recorded, such as the coordinates of the points.
package final class ConstantOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable] = []
  package let outputs: [Variable]
  private let values: [Scalar]

  package init(_ values: [Scalar], shape: [Int], on tape: Tape<Scalar>) {
    outputs = [tape.result(shape, isShared: true)]
    precondition(values.count == outputs[0].count, "Constant: \(values.count) numbers do not fill \(shape)")
    self.values = values
  }

  package func forward(_ context: OperationContext<Scalar>) {
    values.withUnsafeBufferPointer { context.output().update(from: $0.baseAddress!, count: $0.count) }
  }

  package func backward(_ context: OperationContext<Scalar>) {}
}
