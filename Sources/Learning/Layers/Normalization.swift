public import Differentiation

/// Shifts and scales numbers to mean 0 and variance 1, then by a trained gain and shift per channel.
///
/// ```
/// y = gain·(x − mean)/√(variance + epsilon) + shift
/// ```
/// The variance is that of the population. Takes (axes…, c) to (axes…, c). Parameters: `gain` (c), ones at first, and `shift` (c),
/// zeros. For a batch also the states `mean` and `variance` (c).
public struct Normalization: Layer, Codable, Hashable {
  /// What mean and variance are taken over.
  public enum Scope: Sendable, Hashable, Codable {
    /// The channels of every point (Ba, Kiros, Hinton 2016).
    case layer
    /// The points of a sample, for every channel (Ulyanov, Vedaldi, Lempitsky 2016).
    case instance
    /// The points of a sample and the channels of a group, of which there are so many (Wu, He 2018).
    case groups(Int)
    /// The points of the samples that are run together, for every channel (Ioffe, Szegedy 2015).
    ///
    /// In training the samples are those of a chunk that fit into the memory of a pass, which no number of threads changes (as in
    /// Hoffer, Hubara, Soudry 2017). Else running means of the passes' mean and unbiased variance are used, which
    /// `ParameterStore.updateStates` moves after every step.
    case batch
  }
  public var scope: Scope
  public var epsilon: Double

  public init(_ scope: Scope, epsilon: Double = 1e-5) {
    precondition(epsilon > 0, "Normalization: epsilon \(epsilon) must be positive")
    self.scope = scope
    self.epsilon = epsilon
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let channels = [x.channels]
    let (zeros, ones) = (Initializer.constant(0), Initializer.constant(1))
    let gain = tape.parameter("gain", channels, role: .vector, initial: ones.fill(_:slot:seed:))
    let shift = tape.parameter("shift", channels, role: .vector, initial: zeros.fill(_:slot:seed:))
    func record(_ operation: some Operation<Scalar>) -> Variable {
      tape.record(operation)
      return operation.outputs[0]
    }
    switch scope {
    case .layer:
      return record(PointNormalizationOperation(x, gain: gain, shift: shift, epsilon: epsilon, on: tape))
    case .instance:
      return record(
        GroupNormalizationOperation(
          x, gain: gain, shift: shift, groups: x.channels, epsilon: epsilon, on: tape))
    case .groups(let count):
      return record(
        GroupNormalizationOperation(x, gain: gain, shift: shift, groups: count, epsilon: epsilon, on: tape))
    case .batch:
      let mean = tape.state("mean", channels, initial: zeros.fill(_:slot:seed:))
      let variance = tape.state("variance", channels, initial: ones.fill(_:slot:seed:))
      return record(
        BatchNormalizationOperation(
          x, gain: gain, shift: shift, mean: mean, variance: variance, epsilon: epsilon, on: tape))
    }
  }
}
