import Differentiation

/// The product of a tensor with a matrix along one axis: `y(o, j, i) = Σ_k u(k, j) x(o, k, i)`.
///
/// Inputs are x of shape (outer, rank, inner) and u (rank, length), both computed from parameters alone; y is (outer, length,
/// inner), reshaped at will. With one inner number it is the product of two matrices, a step of a tensor train; with one
/// outer number it joins the two halves of a sum of rank-one tensors.
final class ModeProductOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  private let outer: Int
  private let inner: Int
  private let rank: Int
  private let length: Int
  /// dy of one outer index with its axes exchanged, so that its rows are contiguous where u's gradient needs them.
  private let exchanged: TapeBuffer

  init(_ x: Variable, outer: Int, times u: Variable, shape: [Int]? = nil, on tape: Tape<Scalar>) {
    (rank, length) = (u.shape[0], u.shape[1...].reduce(1, *))
    precondition(
      x.isShared && u.isShared && x.count % (outer * rank) == 0,
      "ModeProduct: \(x.shape) with \(outer) numbers before an axis of \(rank) for a matrix \(u.shape)")
    self.outer = outer
    inner = x.count / (outer * rank)
    inputs = [x, u]
    outputs = [tape.result(shape ?? [outer, length, inner], isShared: true)]
    exchanged = tape.buffer(inner == 1 ? length * rank : length * inner, .backward)
  }

  func forward(_ context: OperationContext<Scalar>) {
    let (x, u) = (context.input(0), context.input(1))
    var products: MatrixProducts<Scalar>
    if inner == 1 {
      products = MatrixProducts(
        rows: outer, columns: length,
        MatrixProduct(x, row: rank, times: u, rightRow: length, inner: rank), into: context.output(),
        row: length)
    } else {
      products = MatrixProducts(
        rows: length, columns: inner,
        MatrixProduct(
          u, row: 1, column: length, times: x, rightRow: inner, rightBatch: rank * inner, inner: rank),
        into: context.output(), row: inner)
      products.batch = outer
      products.resultBatch = length * inner
    }
    Scalar.networkKernels.multiply(products)
  }

  func backward(_ context: OperationContext<Scalar>) {
    if let dx = context.inputGradient(0) { addTensorGradient(context, dx) }
    if let du = context.inputGradient(1) { addMatrixGradient(context, du) }
  }

  /// dx(o) = u·dy(o).
  private func addTensorGradient(_ context: OperationContext<Scalar>, _ dx: UnsafeMutablePointer<Scalar>) {
    let (dy, u) = (UnsafePointer(context.outputGradient()), context.input(1))
    var products: MatrixProducts<Scalar>
    if inner == 1 {
      let transposed = context.buffer(exchanged)
      Scalar.networkKernels.transpose(rank, length, u, length, transposed, rank)
      products = MatrixProducts(
        rows: outer, columns: rank,
        MatrixProduct(dy, row: length, times: UnsafePointer(transposed), rightRow: rank, inner: length),
        into: dx, row: rank)
    } else {
      products = MatrixProducts(
        rows: rank, columns: inner,
        MatrixProduct(u, row: length, times: dy, rightRow: inner, rightBatch: length * inner, inner: length),
        into: dx, row: inner)
      products.batch = outer
      products.resultBatch = rank * inner
    }
    products.accumulates = context.accumulates(into: 0)
    Scalar.networkKernels.multiply(products)
  }

  /// du = Σ_o x(o)·dy(o)ᵀ.
  private func addMatrixGradient(_ context: OperationContext<Scalar>, _ du: UnsafeMutablePointer<Scalar>) {
    let (dy, x) = (UnsafePointer(context.outputGradient()), context.input(0))
    if inner == 1 {
      var products = MatrixProducts(
        rows: rank, columns: length,
        MatrixProduct(x, row: 1, column: rank, times: dy, rightRow: length, inner: outer), into: du,
        row: length)
      products.accumulates = context.accumulates(into: 1)
      return Scalar.networkKernels.multiply(products)
    }
    let turned = context.buffer(exchanged)
    for index in 0..<outer {
      Scalar.networkKernels.transpose(length, inner, dy + index * length * inner, inner, turned, length)
      var products = MatrixProducts(
        rows: rank, columns: length,
        MatrixProduct(
          x + index * rank * inner, row: inner, times: UnsafePointer(turned), rightRow: length, inner: inner),
        into: du, row: length)
      products.accumulates = index > 0 || context.accumulates(into: 1)
      Scalar.networkKernels.multiply(products)
    }
  }
}
