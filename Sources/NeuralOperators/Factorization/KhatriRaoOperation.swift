import Differentiation

/// The product of two matrices row by row, `y(r, (i, j)) = a(r, i) b(r, j)`: the Khatri–Rao product of their transposes.
///
/// Inputs are a of shape (rank, p) and b (rank, q), both computed from parameters alone; y is (rank, p·q).
final class KhatriRaoOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  private let rank: Int
  private let first: Int
  private let second: Int

  init(_ a: Variable, _ b: Variable, on tape: Tape<Scalar>) {
    (rank, first, second) = (a.shape[0], a.shape[1], b.shape[1])
    precondition(
      a.isShared && b.isShared && b.shape[0] == rank, "KhatriRao: \(a.shape) and \(b.shape) need as many rows"
    )
    inputs = [a, b]
    outputs = [tape.result([rank, first * second], isShared: true)]
  }

  func forward(_ context: OperationContext<Scalar>) {
    var products = MatrixProducts(
      rows: first, columns: second,
      MatrixProduct(
        context.input(0), row: 1, batch: first, times: context.input(1), rightRow: second, rightBatch: second,
        inner: 1), into: context.output(), row: second)
    products.batch = rank
    products.resultBatch = first * second
    Scalar.networkKernels.multiply(products)
  }

  func backward(_ context: OperationContext<Scalar>) {
    let dy = UnsafePointer(context.outputGradient())
    if let da = context.inputGradient(0) {
      var products = MatrixProducts(
        rows: first, columns: 1,
        MatrixProduct(
          dy, row: second, batch: first * second, times: context.input(1), rightRow: 1, rightBatch: second,
          inner: second), into: da, row: 1)
      products.batch = rank
      products.resultBatch = first
      products.accumulates = context.accumulates(into: 0)
      Scalar.networkKernels.multiply(products)
    }
    if let db = context.inputGradient(1) {
      var products = MatrixProducts(
        rows: 1, columns: second,
        MatrixProduct(
          context.input(0), row: first, batch: first, times: dy, rightRow: second,
          rightBatch: first * second, inner: first), into: db, row: second)
      products.batch = rank
      products.resultBatch = second
      products.accumulates = context.accumulates(into: 1)
      Scalar.networkKernels.multiply(products)
    }
  }
}
