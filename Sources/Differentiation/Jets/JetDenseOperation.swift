/// `y = f((x·W)·s + b)` of jets: W and s act on all channels alike, b on the values only, and f by the chain rule.
///
/// What Taylor-mode differentiation is in the form of one matrix product per layer; see Bettencourt, Johnson, Duvenaud, Taylor-mode
/// automatic differentiation for higher-order derivatives in JAX, 2019, and for the sum of second derivatives Li et al., Forward
/// Laplacian, Nature Machine Intelligence 6 (2024).
package final class JetDenseOperation<Scalar: NetworkScalar>: RowOperation {
  package let inputs: [Variable]
  package let outputs: [Variable]
  package let savedInputs: [Int]
  package let savedOutputs: [Int]
  private let activation: Activation
  private let layout: JetLayout
  /// The places of bias and scale among the inputs.
  private let bias: Int?
  private let scale: Int?
  /// x·W·s + b, but for the values, in whose place stands what the backward pass needs of them.
  private let linear: TapeBuffer?
  /// W·s.
  private let scaled: TapeBuffer?
  private let transposed: TapeBuffer
  /// The gradient of W·s, where there is an s; in the rows of a single point, too.
  private let product: TapeBuffer?

  /// - Parameters:
  ///   - weight: of shape (in, out).
  ///   - bias: of shape (out).
  ///   - scale: one number, or one for each output.
  package init(
    _ x: Jet, weight: Variable, bias: Variable?, scale: Variable? = nil, activation: Activation,
    on tape: Tape<Scalar>
  ) {
    let (inner, width) = (weight.shape[0], weight.shape[1])
    precondition(x.width == inner, "JetDense: \(x.width) numbers where the weight takes \(inner)")
    precondition(activation != .relu, "JetDense: relu has no derivatives that could be followed")
    precondition(
      scale.map { $0.count == 1 || $0.count == width } ?? true,
      "JetDense: a scale for each of \(width) outputs")
    inputs = [x.variable, weight] + (bias.map { [$0] } ?? []) + (scale.map { [$0] } ?? [])
    savedInputs = Array(inputs.indices)
    self.bias = bias.map { _ in 2 }
    self.scale = scale.map { _ in bias == nil ? 2 : 3 }
    outputs = [tape.result([x.shape.channels, x.points, width])]
    self.activation = activation
    layout = JetLayout(x.shape, count: x.points * width)
    linear = activation == .identity ? nil : tape.buffer(outputs[0].count * tape.capacity, .saved)
    savedOutputs = activation == .identity ? [] : [0]
    scaled = scale == nil ? nil : tape.buffer(inner * width, .saved)
    transposed = tape.buffer(inner * width, .backward)
    product = scale == nil ? nil : tape.buffer(inner * width, .backward)
  }

  private var inner: Int { inputs[1].shape[0] }
  private var width: Int { inputs[1].shape[1] }
  private var points: Int { outputs[0].shape[1] }
  private var rows: Int { outputs[0].points }

  /// The matrix that is multiplied by.
  private func weight(_ context: OperationContext<Scalar>) -> UnsafePointer<Scalar> {
    scaled.map { UnsafePointer(context.buffer($0)) } ?? context.input(1)
  }

  package func forward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    if let scaled, let scale {
      scaleColumns(context.input(1), by: context.input(scale), into: context.buffer(scaled))
    }
    for sample in 0..<context.samples {
      let (x, y) = (
        context.input(0) + sample * inputs[0].count, context.output() + sample * outputs[0].count
      )
      let z = linear.map { context.buffer($0) + sample * outputs[0].count } ?? y
      var products = MatrixProducts(
        rows: points, columns: width,
        MatrixProduct(x, row: inner, times: weight(context), rightRow: width, inner: inner),
        into: z, row: width)
      if let bias {
        // The values alone have the bias.
        products.bias = context.input(bias)
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
    let dw = context.inputGradient(1)
    let db = bias.flatMap { context.inputGradient($0) }
    if let db, let bias, !context.accumulates(into: bias) { db.update(repeating: 0, count: width) }
    let sum = product.map { context.buffer($0) } ?? dw
    propagate(context) { sample, x, gradient in
      if let db { kernels.addColumns(points, width, nil, gradient, db) }
      guard let sum, dw != nil else { return }
      var products = MatrixProducts(
        rows: inner, columns: width,
        MatrixProduct(x, row: 1, column: inner, times: gradient, rightRow: width, inner: rows),
        into: sum, row: width)
      products.accumulates = sample > 0 || (product == nil && context.accumulates(into: 1))
      kernels.multiply(products)
    }
    guard let scale, let sum, let dw else { return }
    if !context.accumulates(into: 1) { dw.update(repeating: 0, count: inner * width) }
    let ds = context.inputGradient(scale)
    if let ds, !context.accumulates(into: scale) { ds.update(repeating: 0, count: inputs[scale].count) }
    unscale(sum, context.input(1), context.input(scale), addTo: dw, ds)
  }

  package func backwardRows(_ context: OperationContext<Scalar>, _ target: RowGradients<Scalar>) {
    let kernels = Scalar.networkKernels
    let dw = context.rows(target, ofInput: 1)
    let db = bias.flatMap { context.rows(target, ofInput: $0) }
    let ds = scale.flatMap { context.rows(target, ofInput: $0) }
    propagate(context) { sample, x, gradient in
      let first = sample * points * target.distance
      if let db {
        for point in 0..<points {
          kernels.add(width, gradient + point * width, db + first + point * target.distance)
        }
      }
      guard let dw else { return }
      var outer = OuterRows(
        points: points, channels: rows / points, inner: inner, width: width, distance: target.distance)
      guard let scale, let product else { return kernels.addOuterRows(outer, x, gradient, dw + first) }
      let sum = context.buffer(product)
      outer.channels = rows / points
      for point in 0..<points {
        sum.update(repeating: 0, count: inner * width)
        for channel in 0..<outer.channels {
          let place = channel * points + point
          var one = outer
          (one.points, one.channels) = (1, 1)
          kernels.addOuterRows(one, x + place * inner, gradient + place * width, sum)
        }
        let row = first + point * target.distance
        unscale(sum, context.input(1), context.input(scale), addTo: dw + row, ds.map { $0 + row })
      }
    }
  }

  /// Takes gradients back through the activation and the matrix; between the two `body` sees a sample, its x and its gradient.
  private func propagate(
    _ context: OperationContext<Scalar>,
    _ body: (Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let kernels = Scalar.networkKernels
    let dx = context.inputGradient(0)
    let weightTransposed = context.buffer(transposed)
    if dx != nil { kernels.transpose(inner, width, weight(context), width, weightTransposed, inner) }
    for sample in 0..<context.samples {
      let gradient = context.outputGradient() + sample * outputs[0].count
      if let linear {
        kernels.jetBack(
          activation, layout, context.buffer(linear) + sample * outputs[0].count,
          context.output() + sample * outputs[0].count, gradient)
      }
      body(sample, context.input(0) + sample * inputs[0].count, gradient)
      guard let dx else { continue }
      var products = MatrixProducts(
        rows: rows, columns: inner,
        MatrixProduct(gradient, row: width, times: weightTransposed, rightRow: inner, inner: width),
        into: dx + sample * inputs[0].count, row: inner)
      products.accumulates = context.accumulates(into: 0)
      kernels.multiply(products)
    }
  }

  private func scaleColumns(
    _ weight: UnsafePointer<Scalar>, by scale: UnsafePointer<Scalar>,
    into result: UnsafeMutablePointer<Scalar>
  ) {
    let step = inputs[self.scale!].count == 1 ? 0 : 1
    for row in 0..<inner {
      for column in 0..<width {
        result[row * width + column] = weight[row * width + column] * scale[column * step]
      }
    }
  }

  /// The gradient of W·s to those of W and s.
  private func unscale(
    _ gradient: UnsafePointer<Scalar>, _ weight: UnsafePointer<Scalar>, _ scale: UnsafePointer<Scalar>,
    addTo dw: UnsafeMutablePointer<Scalar>, _ ds: UnsafeMutablePointer<Scalar>?
  ) {
    let step = inputs[self.scale!].count == 1 ? 0 : 1
    for row in 0..<inner {
      for column in 0..<width {
        let place = row * width + column
        dw[place] += gradient[place] * scale[column * step]
        if let ds { ds[column * step] += gradient[place] * weight[place] }
      }
    }
  }
}
