public import Differentiation

/// In training, a network on inputs with noise: it learns to take errors back, its own of earlier steps among them.
///
/// Takes what the network takes, and gives what it gives, with the same parameters under the same names. The noise is normal,
/// independent for every number, and a function of the seed, the tape's step and the number of the sample.
///
/// Source: Sanchez-Gonzalez et al., Learning to simulate complex physics with graph networks, ICML 2020.
public struct NoisyInput: Layer {
  public var deviation: Double
  public var seed: UInt64
  public var network: any Layer

  /// - Parameter deviation: of the noise, in the units of the input.
  public init(deviation: Double, seed: UInt64 = 0, _ network: any Layer) {
    precondition(deviation >= 0, "NoisyInput: the deviation \(deviation) is negative")
    self.deviation = deviation
    self.seed = seed
    self.network = network
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let noise = NoiseOperation(x, deviation: deviation, seed: seed, on: tape)
    tape.record(noise)
    return network(noise.outputs[0], tape)
  }
}
