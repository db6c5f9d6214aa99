public import Differentiation
public import Learning

/// The Fourier neural operator: lifting, Fourier layers, projection.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, `outputs`), with the coordinates appended to the input.
///
/// Source: Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021.
public struct FourierNeuralOperator: Layer {
  /// What a layer consists of.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// A spectral and a pointwise path, whose sum goes through the activation; a linear lifting.
    case original
    /// `ModernBlock`, and a lifting with a hidden layer of twice the width.
    case modern
  }
  /// The layer that is repeated; the last one has no activation.
  public var block: SpectralBlock
  public var form: Form
  public var layers: Int
  /// How often each layer is applied in a row, with the same weights.
  public var repeats = 1
  /// Hidden channels of the projection.
  public var projection: Int
  public var outputs: Int
  /// Where the points of each axis stand; periodic where there are fewer.
  public var coordinates: [CoordinateChannels.Placement]
  /// For each axis by which share of its points it is prolonged, with zeros, while it goes through the Fourier layers.
  ///
  /// What makes room for a function that is not periodic. Nothing where there are fewer.
  public var padding: [Double]

  public init(
    modes: [Int], width: Int, layers: Int = 4, projection: Int = 128, outputs: Int = 1,
    activation: Activation = .gelu,
    initial: SpectralBlock.Initial = .positive, coordinates: [CoordinateChannels.Placement] = [],
    padding: [Double] = []
  ) {
    block = SpectralBlock(outputs: width, modes: modes, activation: activation, initial: initial)
    form = .original
    self.layers = layers
    self.projection = projection
    self.outputs = outputs
    self.coordinates = coordinates
    self.padding = padding
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    PaddedOperator(
      coordinates: coordinates, padding: padding, lifting: form == .modern ? 2 * block.outputs : nil,
      width: block.outputs, projection: projection, outputs: outputs, activation: block.activation
    ) { v, tape in
      var v = v
      let count = layers * repeats
      for turn in 0..<count {
        v = tape.scope("blocks.\(turn / repeats)") { record(v, isLast: turn == count - 1, tape) }
      }
      return v
    }.record(x, tape)
  }

  private func record<Scalar: NetworkScalar>(
    _ v: Variable, isLast: Bool, _ tape: Tape<Scalar>
  ) -> Variable {
    switch form {
    case .original:
      var layer = block
      if isLast { layer.activation = .identity }
      return layer(v, tape)
    case .modern:
      var layer = ModernBlock(block)
      layer.isLast = isLast
      return layer(v, tape)
    }
  }
}
