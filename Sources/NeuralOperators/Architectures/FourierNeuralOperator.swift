public import Differentiation
public import Learning

/// The Fourier neural operator: lifting, Fourier layers, projection.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, `outputs`), with the coordinates appended to the input.
///
/// Source: Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021.
public struct FourierNeuralOperator: Layer {
  public var modes: [Int]
  public var width: Int
  public var layers: Int
  /// Hidden channels of the projection.
  public var projection: Int
  public var outputs: Int
  public var activation: Activation
  public var initial: SpectralBlock.Initial
  /// Where the points of each axis stand; periodic where there are fewer.
  public var coordinates: [CoordinateChannels.Placement]
  /// For each axis by which share of its points it is prolonged, with zeros, while it goes through the Fourier layers: what makes
  /// room for a function that is not periodic. Nothing where there are fewer.
  public var padding: [Double]

  public init(
    modes: [Int], width: Int, layers: Int = 4, projection: Int = 128, outputs: Int = 1,
    activation: Activation = .gelu,
    initial: SpectralBlock.Initial = .positive, coordinates: [CoordinateChannels.Placement] = [],
    padding: [Double] = []
  ) {
    self.modes = modes
    self.width = width
    self.layers = layers
    self.projection = projection
    self.outputs = outputs
    self.activation = activation
    self.initial = initial
    self.coordinates = coordinates
    self.padding = padding
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    PaddedOperator(
      coordinates: coordinates, padding: padding, width: width, projection: projection, outputs: outputs,
      activation: activation
    ) { v, tape in
      var v = v
      for layer in 0..<layers {
        let block = SpectralBlock(
          outputs: width, modes: modes, activation: layer < layers - 1 ? activation : .identity,
          initial: initial)
        v = tape.scope("blocks.\(layer)") { block(v, tape) }
      }
      return v
    }.record(x, tape)
  }
}
