public import Differentiation
public import Learning

/// A Fourier layer with a perceptron behind it: `u = f(N(F⁻¹ R F x) + x·W + b)`, then `y = f(N(P(u) + g∘x))`.
///
/// Takes (n₁, …, n_d, c) to the same shape. P is a perceptron on the channels of every point with `expansion`·c hidden ones, g a factor
/// for each channel, N a normalisation where there is one. Parameters: those of the spectral block in `first`, `perceptron`, and
/// `gate` (c), ones at first.
///
/// Source: the block with activations after the sums of the library neuraloperator, 2.0.
public struct ModernBlock: Layer {
  /// The spectral path and the skip around it; its outputs are the channels that it takes.
  public var spectral: SpectralBlock
  /// Hidden channels of the perceptron over the width.
  public var expansion: Double
  /// Whether it ends a network, and so has no activation but that within the perceptron.
  public var isLast = false

  /// - Precondition: `expansion` is positive.
  public init(_ spectral: SpectralBlock, expansion: Double = 0.5) {
    precondition(expansion > 0, "ModernBlock: a perceptron of \(expansion) times the width")
    self.spectral = spectral
    self.expansion = expansion
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    precondition(
      x.channels == spectral.outputs && spectral.points == nil,
      "ModernBlock: the gate leads from \(x.channels) channels to \(spectral.outputs)")
    var first = spectral
    if isLast { first.activation = .identity }
    first.normalizesSpectralPath = spectral.normalization != nil
    let u = tape.scope("first") { first(x, tape) }
    let hidden = max(1, Int((expansion * Double(x.channels)).rounded()))
    let p = tape.scope("perceptron") {
      Perceptron(hidden: hidden, outputs: x.channels, activation: spectral.activation)(u, tape)
    }
    let gate = tape.parameter(
      "gate", [x.channels], role: .vector, initial: Initializer.ones.fill(_:slot:seed:))
    let activation = isLast ? .identity : spectral.activation
    let isDone = spectral.normalization == nil && spectral.activationSampling == 1
    var y = tape.recorded(
      SoftGateOperation(p, x, gate: gate, activation: isDone ? activation : .identity, on: tape))
    guard !isDone else { return y }
    if let normalization = spectral.normalization { y = tape.scope("norm") { normalization(y, tape) } }
    return BandLimitedActivation(
      activation, sampling: spectral.activationSampling, bases: spectral.bases)(y, tape)
  }
}
