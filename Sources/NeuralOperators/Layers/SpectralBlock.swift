public import Differentiation
public import Learning

/// A Fourier layer: `y = f(F⁻¹ R F x + x·W + b)`, where R mixes the channels of every kept mode.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, `outputs`). Frequencies −m … m − 1 of the leading axes and 0 … m − 1 of the last are kept, as
/// `modes` says per axis. Parameters: `spectral` (modes, 2, in, outputs), `weight` (in, outputs), `bias`. On a grid that does not
/// reach all of the frequencies the others are dropped.
///
/// Source: Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021.
public struct SpectralBlock: Layer {
  /// How the matrices of the modes are drawn.
  public enum Initial: String, Sendable, Hashable, Codable {
    /// Real and imaginary parts uniform from 0 to 1/(in·out), as in the first scripts of the method.
    case positive
    /// Complex normal numbers of standard deviation √(2/(in + out)), as in the library neuraloperator.
    case normal
  }
  public var outputs: Int
  public var modes: [Int]
  public var activation: Activation
  /// Whether there are W and b.
  public var hasPointwisePath: Bool
  public var initial: Initial

  public init(
    outputs: Int, modes: [Int], activation: Activation = .gelu, hasPointwisePath: Bool = true,
    initial: Initial = .positive
  ) {
    precondition(
      outputs >= 1 && !modes.isEmpty && modes.allSatisfy { $0 >= 1 },
      "SpectralBlock: \(outputs) outputs with modes \(modes)")
    self.outputs = outputs
    self.modes = modes
    self.activation = activation
    self.hasPointwisePath = hasPointwisePath
    self.initial = initial
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let channels = x.channels
    let count = modes.dropLast().reduce(1) { $0 * 2 * $1 } * modes[modes.count - 1]
    let initializer: Initializer = initial == .positive ? .spectralUniform : .spectralNormal
    let spectral = tape.parameter(
      "spectral", [count, 2, channels, outputs], role: .spectral, initial: initializer.fill(_:slot:seed:))
    let dense = hasPointwisePath ? tape.denseParameters(inputs: channels, outputs: outputs) : nil
    let operation = SpectralBlockOperation(
      x, weight: spectral, modes: modes, pointwise: dense.map { ($0.weight, $0.bias!) },
      activation: activation,
      on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
