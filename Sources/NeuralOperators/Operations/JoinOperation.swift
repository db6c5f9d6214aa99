import Differentiation

/// `y = f(a₁ + a₂ + … + x·W + b)`: where the paths of a layer meet.
///
/// Inputs are the addends, all of the shape of y, and where there is a pointwise path x, W of shape (in, out) and b. With a single
/// addend and no pointwise path it is an activation.
final class JoinOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int]
  private let addends: Int
  private let hasPath: Bool
  private let activation: Activation
  private let derivative: TapeBuffer?
  private let transposed: TapeBuffer?

  init(
    _ addends: [Variable], path: (x: Variable, weight: Variable, bias: Variable)? = nil,
    activation: Activation,
    on tape: Tape<Scalar>
  ) {
    let shape = addends.first?.shape ?? path.map { $0.x.shape.dropLast() + [$0.weight.shape[1]] } ?? []
    precondition(
      !shape.isEmpty && addends.allSatisfy { $0.shape == shape && !$0.isShared }
        && path.map { $0.x.shape.dropLast() + [$0.weight.shape[1]] == shape } ?? true,
      "Join: \(addends.map(\.shape)) and \(path.map { "\($0.x.shape)·\($0.weight.shape)" } ?? "nothing")")
    self.addends = addends.count
    hasPath = path != nil
    inputs = addends + (path.map { [$0.x, $0.weight, $0.bias] } ?? [])
    savedInputs = path == nil ? [] : [addends.count, addends.count + 1]
    let y = tape.result(Array(shape))
    outputs = [y]
    self.activation = activation
    derivative = activation == .identity ? nil : tape.buffer(y.count * tape.capacity, .saved)
    transposed = path.map { tape.buffer($0.weight.count, .backward) }
  }

  func forward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (y, width) = (context.output(), outputs[0].channels)
    let count = context.samples * outputs[0].count
    for number in 0..<addends {
      if number == 0 {
        y.update(from: context.input(0), count: count)
      } else {
        kernels.add(count, context.input(number), y)
      }
    }
    var slope: UnsafeMutablePointer<Scalar>?
    if let derivative, context.savesForBackward { slope = context.buffer(derivative) }
    guard hasPath else { return kernels.activate(activation, count, y, slope) }
    let channels = inputs[addends].channels
    var products = MatrixProducts(
      rows: context.samples * outputs[0].points, columns: width,
      MatrixProduct(
        context.input(addends), row: channels, times: context.input(addends + 1), rightRow: width,
        inner: channels), into: y, row: width)
    products.bias = context.input(addends + 2)
    products.accumulates = addends > 0
    products.activation = activation
    products.derivative = slope
    kernels.multiply(products)
  }

  func backward(_ context: OperationContext<Scalar>) {
    let kernels = Scalar.networkKernels
    let (dy, count) = (context.outputGradient(), context.samples * outputs[0].count)
    let biasGradient = hasPath ? context.inputGradient(addends + 2) : nil
    if let biasGradient, !context.accumulates(into: addends + 2) {
      biasGradient.update(repeating: 0, count: outputs[0].channels)
    }
    kernels.addBiasGradient(
      rows: count / outputs[0].channels, width: outputs[0].channels,
      derivative: derivative.map { UnsafePointer(context.buffer($0)) }, dy, into: biasGradient)
    for number in 0..<addends {
      guard let gradient = context.inputGradient(number) else { continue }
      if context.accumulates(into: number) {
        kernels.add(count, dy, gradient)
      } else {
        gradient.update(from: dy, count: count)
      }
    }
    if hasPath { addPathGradients(context, UnsafePointer(dy)) }
  }

  private func addPathGradients(_ context: OperationContext<Scalar>, _ dy: UnsafePointer<Scalar>) {
    let kernels = Scalar.networkKernels
    let (channels, width) = (inputs[addends].channels, outputs[0].channels)
    let rows = context.samples * outputs[0].points
    if let gradient = context.inputGradient(addends + 1) {
      // A few rows at a time, so that both stay in the first cache.
      for start in stride(from: 0, to: rows, by: 128) {
        var products = MatrixProducts(
          rows: channels, columns: width,
          MatrixProduct(
            context.input(addends) + start * channels, row: 1, column: channels, times: dy + start * width,
            rightRow: width, inner: min(128, rows - start)), into: gradient, row: width)
        products.accumulates = start > 0 || context.accumulates(into: addends + 1)
        kernels.multiply(products)
      }
    }
    guard let dx = context.inputGradient(addends), let transposed else { return }
    let weightTransposed = context.buffer(transposed)
    kernels.transpose(channels, width, context.input(addends + 1), width, weightTransposed, channels)
    var products = MatrixProducts(
      rows: rows, columns: channels,
      MatrixProduct(dy, row: width, times: UnsafePointer(weightTransposed), rightRow: channels, inner: width),
      into: dx, row: channels)
    products.accumulates = context.accumulates(into: addends)
    kernels.multiply(products)
  }
}
