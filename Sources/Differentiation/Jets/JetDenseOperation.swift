/// `y = f(x·W + b)` of jets: W acts on all channels alike, b on the values only, and f by the chain rule.
///
/// What Taylor-mode differentiation is in the form of one matrix product per layer; see Bettencourt, Johnson, Duvenaud, Taylor-mode
/// automatic differentiation for higher-order derivatives in JAX, 2019, and for the sum of second derivatives Li et al., Forward
/// Laplacian, Nature Machine Intelligence 6 (2024).
package final class JetDenseOperation<Scalar: NetworkScalar>: Operation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs = [0, 1]
  package let savedOutputs: [Int]
  private let activation: Activation
  private let layout: JetLayout
  /// x·W + b, but for the values, in whose place stands what the backward pass needs of them.
  private let linear: TapeBuffer?
  private let transposed: TapeBuffer

  /// - Parameters:
  ///   - weight: of shape (in, out).
  ///   - bias: of shape (out).
  package init(_ x: Jet, weight: Variable, bias: Variable?, activation: Activation, on tape: Tape<Scalar>) {
    let (inner, width) = (weight.shape[0], weight.shape[1])
    precondition(x.width == inner, "JetDense: \(x.width) numbers where the weight takes \(inner)")
    precondition(activation != .relu, "JetDense: relu has no derivatives that could be followed")
    inputs = [x.variable, weight] + (bias.map { [$0] } ?? [])
    outputs = [tape.result([x.shape.channels, x.points, width])]
    self.activation = activation
    layout = JetLayout(x.shape, count: x.points * width)
    linear = activation == .identity ? nil : tape.buffer(outputs[0].count * tape.capacity, .saved)
    savedOutputs = activation == .identity ? [] : [0]
    transposed = tape.buffer(inner * width, .backward)
  }

  private var points: Int { outputs[0].shape[1] }
  private var rows: Int { outputs[0].points }

  package func forward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (inner, width) = (inputs[1].shape[0], inputs[1].shape[1])
    for sample in 0..<context.samples {
      let (x, y) = (
        context.input(0) + sample * inputs[0].count, context.output() + sample * outputs[0].count
      )
      let z = linear.map { context.buffer($0) + sample * outputs[0].count } ?? y
      var products = MatrixProducts(
        rows: points, columns: width,
        MatrixProduct(x, row: inner, times: context.input(1), rightRow: width, inner: inner),
        into: z, row: width)
      if inputs.count > 2 {
        // The values alone have the bias.
        products.bias = context.input(2)
        kernels.multiply(products)
        products.bias = nil
        products.first.left += points * inner
        products.result += points * width
        products.rows = rows - points
      } else {
        products.rows = rows
      }
      if products.rows > 0 { kernels.multiply(products) }
      if linear != nil { kernels.jetForward(activation, layout, z, y) }
    }
  }

  package func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (inner, width) = (inputs[1].shape[0], inputs[1].shape[1])
    let (dx, dw) = (context.inputGradient(0), context.inputGradient(1))
    let db = inputs.count > 2 ? context.inputGradient(2) : nil
    if let db, !context.accumulates(into: 2) { db.update(repeating: 0, count: width) }
    let weightTransposed = context.buffer(transposed)
    if dx != nil { kernels.transpose(inner, width, context.input(1), width, weightTransposed, inner) }
    for sample in 0..<context.samples {
      let x = context.input(0) + sample * inputs[0].count
      let gradient = context.outputGradient() + sample * outputs[0].count
      if let linear {
        kernels.jetBack(
          activation, layout, context.buffer(linear) + sample * outputs[0].count,
          context.output() + sample * outputs[0].count, gradient)
      }
      if let db { kernels.addColumns(points, width, nil, gradient, db) }
      if let dw {
        var products = MatrixProducts(
          rows: inner, columns: width,
          MatrixProduct(x, row: 1, column: inner, times: gradient, rightRow: width, inner: rows),
          into: dw, row: width)
        products.accumulates = sample > 0 || context.accumulates(into: 1)
        kernels.multiply(products)
      }
      if let dx {
        var products = MatrixProducts(
          rows: rows, columns: inner,
          MatrixProduct(gradient, row: width, times: weightTransposed, rightRow: inner, inner: width),
          into: dx + sample * inputs[0].count, row: inner)
        products.accumulates = context.accumulates(into: 0)
        kernels.multiply(products)
      }
    }
  }
}
