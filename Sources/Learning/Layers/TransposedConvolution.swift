public import Differentiation

/// The adjoint of a `Convolution` with the same window, stride and padding, with a bias and an activation of its own.
///
/// Takes (n₁, …, n_d, in) to (n₁·s₁, …, `outputs`); without padding to (n − 1)·s + k points per axis. Parameters: `weight`
/// (k₁, …, k_d, out, in) and `bias`, drawn uniformly from ±1/√(in·Π⌈k/s⌉), which is what reaches a point.
public struct TransposedConvolution: Layer, Codable, Hashable {
  public var outputs: Int
  /// Points of the window per axis; one number stands for all axes.
  public var kernel: [Int]
  /// Points between windows per axis; one number stands for all axes.
  public var stride: [Int]
  public var padding: Padding
  public var activation: Activation
  public var hasBias: Bool

  public init(
    outputs: Int, kernel: [Int] = [4], stride: [Int] = [2], padding: Padding = .zeros,
    activation: Activation = .identity,
    hasBias: Bool = true
  ) {
    precondition(
      outputs >= 1 && !kernel.isEmpty && !stride.isEmpty && (kernel + stride).allSatisfy { $0 >= 1 },
      "TransposedConvolution: \(outputs) outputs with kernel \(kernel) and stride \(stride)")
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.activation = activation
    self.hasBias = hasBias
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let dimension = x.shape.count - 1
    let window = perAxis(kernel, dimension, "TransposedConvolution")
    let steps = perAxis(stride, dimension, "TransposedConvolution")
    let reach = zip(window, steps).reduce(x.channels) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    let initial = Initializer.linear(inputs: reach)
    let weight = tape.parameter(
      "weight", window + [outputs, x.channels], role: .tensor, initial: initial.fill(_:slot:seed:))
    let bias =
      hasBias ? tape.parameter("bias", [outputs], role: .vector, initial: initial.fill(_:slot:seed:)) : nil
    let operation = TransposedConvolutionOperation(
      x, weight: weight, bias: bias, stride: steps, padding: padding, activation: activation, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
