import Arrays
public import Differentiation
import Glibc

/// How the parameters of a slot get their first values.
///
/// Numbers come from a `RandomStream` of the seed and the slot's name, at the position of each element: neither the order in which
/// slots are filled nor threads matter, and `Float` has `Double`'s values, rounded.
public enum Initializer: Sendable, Hashable {
  case constant(Double)
  /// Uniform on ± limit.
  case uniform(limit: Double)
  case normal(standardDeviation: Double)
  /// Uniform on ± gain √(6 / (inputs + outputs)): Glorot, Bengio, AISTATS 2010, eq. 16.
  case xavierUniform(gain: Double)
  /// Normal of standard deviation gain √(2 / (inputs + outputs)): ibid., eq. 12.
  case xavierNormal(gain: Double)
  /// Uniform on ± gain √(3 / inputs): He et al., ICCV 2015, eq. 10 and 14; √2 is the gain of ReLU.
  case kaimingUniform(gain: Double)
  /// Normal of standard deviation gain / √inputs: ibid.
  case kaimingNormal(gain: Double)
  /// Uniform on ± 1/√inputs: what PyTorch's linear layers and convolutions begin with, weights and biases alike.
  ///
  /// The inputs of a bias are those of the layer, which its slot does not tell.
  case linear(inputs: Int)
  /// A matrix with orthonormal rows or columns, whichever are fewer, times the gain: Saxe et al., ICLR 2014.
  case orthogonal(gain: Double)
  /// Real and imaginary parts uniform on [0, 1) / (inputs · outputs): the original Fourier neural operator, Li et al., ICLR 2021.
  case spectralUniform
  /// Complex normal numbers of standard deviation √(2 / (inputs + outputs)), parts of 1/√2 of that each: the package
  /// neuraloperator.
  case spectralNormal

  public static let zeros = constant(0)
  public static let ones = constant(1)

  /// Writes the first values of a slot.
  ///
  /// - Parameters:
  ///   - values: `slot.count` numbers.
  ///   - seed: of the whole network.
  public func fill<Scalar: LearningScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, slot: ParameterSlot, seed: UInt64
  ) {
    precondition(
      values.count == slot.count,
      "Initializer: \(values.count) numbers are not the \(slot.count) of '\(slot.name)'")
    let stream = RandomStream(seed: seed, purpose: slot.name)
    let (inputs, outputs) = slot.fans
    let ends = Double(inputs + outputs)
    func uniform(_ low: Double, _ high: Double) {
      Self.fillPairs(values) { position in
        let pair = stream.uniforms(at: position)
        return SIMD2(low + (high - low) * pair.x, low + (high - low) * pair.y)
      }
    }
    func normal(_ deviation: Double) {
      Self.fillPairs(values) { deviation * stream.normals(at: $0) }
    }
    switch self {
    case .constant(let value): values.update(repeating: Scalar(value))
    case .uniform(let limit): uniform(-limit, limit)
    case .normal(let deviation): normal(deviation)
    case .xavierUniform(let gain): uniform(-gain * sqrt(6 / ends), gain * sqrt(6 / ends))
    case .xavierNormal(let gain): normal(gain * sqrt(2 / ends))
    case .kaimingUniform(let gain): uniform(-gain * sqrt(3 / Double(inputs)), gain * sqrt(3 / Double(inputs)))
    case .kaimingNormal(let gain): normal(gain / sqrt(Double(inputs)))
    case .linear(let inputs): uniform(-1 / sqrt(Double(inputs)), 1 / sqrt(Double(inputs)))
    case .orthogonal(let gain): fillOrthogonal(values, slot: slot, stream: stream, gain: gain)
    case .spectralUniform: uniform(0, 1 / (Double(inputs) * Double(outputs)))
    case .spectralNormal: normal(sqrt(1 / ends))
    }
  }

  private static func fillPairs<Scalar: LearningScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ pair: (UInt64) -> SIMD2<Double>
  ) {
    for index in stride(from: 0, to: values.count, by: 2) {
      let numbers = pair(UInt64(index / 2))
      values[index] = Scalar(numbers.x)
      if index + 1 < values.count { values[index + 1] = Scalar(numbers.y) }
    }
  }
}

extension ParameterSlot {
  /// The inputs and outputs of the products that it is used in.
  ///
  /// Of a spectral slot those of one mode; of a tensor its last two axes.
  var fans: (inputs: Int, outputs: Int) {
    switch (role, shape.count) {
    case (.spectral, 4): (shape[2], shape[3])
    case (_, 0): (1, 1)
    case (_, 1): (shape[0], shape[0])
    default: (shape[shape.count - 2], shape[shape.count - 1])
    }
  }
}
