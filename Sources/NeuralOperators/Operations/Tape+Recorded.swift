import Differentiation

extension Tape {
  /// Records an operation with one output, and gives that.
  func recorded(_ operation: some Operation<Scalar>) -> Variable {
    record(operation)
    return operation.outputs[0]
  }
}
