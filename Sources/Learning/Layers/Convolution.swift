public import Differentiation

/// A convolution along one to three axes: `y = f(Σ_k x(s·i + k − p)·W(k) + b)`.
///
/// Takes (n₁, …, n_d, in) to (⌈n₁/s₁⌉, …, `outputs`); without padding to ⌊(n − k)/s⌋ + 1 points per axis. A window of k points begins
/// p = ⌊(k − 1)/2⌋ before its point, so that odd ones are centred. Parameters: `weight` (k₁, …, k_d, in, out) and `bias`, drawn
/// uniformly from ±1/√(k₁ ⋯ k_d·in).
public struct Convolution: Layer, Codable, Hashable {
  public var outputs: Int
  /// Points of the window per axis; one number stands for all axes.
  public var kernel: [Int]
  /// Points between windows per axis; one number stands for all axes.
  public var stride: [Int]
  public var padding: Padding
  public var activation: Activation
  public var hasBias: Bool

  public init(
    outputs: Int, kernel: [Int] = [3], stride: [Int] = [1], padding: Padding = .zeros,
    activation: Activation = .identity,
    hasBias: Bool = true
  ) {
    precondition(
      outputs >= 1 && !kernel.isEmpty && !stride.isEmpty && (kernel + stride).allSatisfy { $0 >= 1 },
      "Convolution: \(outputs) outputs with kernel \(kernel) and stride \(stride)")
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.activation = activation
    self.hasBias = hasBias
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let dimension = x.shape.count - 1
    let window = perAxis(kernel, dimension, "Convolution")
    let initial = Initializer.linear(inputs: window.reduce(x.channels, *))
    let weight = tape.parameter(
      "weight", window + [x.channels, outputs], role: .tensor, initial: initial.fill(_:slot:seed:))
    let bias =
      hasBias ? tape.parameter("bias", [outputs], role: .vector, initial: initial.fill(_:slot:seed:)) : nil
    let operation = ConvolutionOperation(
      x, weight: weight, bias: bias, stride: perAxis(stride, dimension, "Convolution"), padding: padding,
      activation: activation, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}

/// One number for each of some axes, from as many or from one.
func perAxis(_ numbers: [Int], _ dimension: Int, _ owner: String) -> [Int] {
  precondition(
    numbers.count == 1 || numbers.count == dimension, "\(owner): \(numbers) for \(dimension) axes")
  return numbers.count == 1 ? Array(repeating: numbers[0], count: dimension) : numbers
}
