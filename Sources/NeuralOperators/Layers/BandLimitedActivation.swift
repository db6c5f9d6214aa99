public import Differentiation
public import Learning

/// An activation that makes no frequencies that the grid cannot hold: on a finer grid, and cut off there.
///
/// Takes (n₁, …, n_d, c) to the same shape. The finer grid has `sampling` times as many points per axis; what the activation makes of
/// frequencies below k reaches it up to `sampling`·k unharmed, and decays beyond. Without parameters.
///
/// Source: Raonić et al., Convolutional neural operators for robust and accurate learning of PDEs, NeurIPS 2023; Karras et al.,
/// Alias-free generative adversarial networks, NeurIPS 2021.
public struct BandLimitedActivation: Layer {
  public var activation: Activation
  public var sampling: Int
  /// What each axis is expanded in; `fourier` where there are fewer.
  ///
  /// Sine axes are resampled by cosines.
  public var bases: [AxisBasis]

  /// - Precondition: `sampling` is at least 1.
  public init(_ activation: Activation, sampling: Int = 2, bases: [AxisBasis] = []) {
    precondition(sampling >= 1, "BandLimitedActivation: a \(sampling) times finer grid")
    self.activation = activation
    self.sampling = sampling
    self.bases = bases
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    if activation == .identity { return x }
    if sampling == 1 { return tape.recorded(JoinOperation([x], activation: activation, on: tape)) }
    return tape.recorded(
      BandLimitedActivationOperation(x, activation: activation, sampling: sampling, bases: bases, on: tape))
  }
}
