public import Differentiation
public import Learning

/// The factorised Fourier neural operator: one-dimensional Fourier layers along each axis, summed, then a perceptron, then a skip.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, `outputs`). The spectral weights are O(Σ mₐ) instead of O(Π mₐ).
///
/// Source: Tran, Mathews, Xie, Ong, Factorized Fourier neural operators, ICLR 2023.
public struct FactorizedOperator: Layer {
  public var modes: [Int]
  public var width: Int
  public var layers: Int
  /// How often each layer is applied in a row, with the same weights.
  public var repeats = 1
  /// Hidden channels of the perceptron of each layer over `width`.
  public var expansion: Int
  public var projection: Int
  public var outputs: Int
  public var activation: Activation
  public var coordinates: [CoordinateChannels.Placement]
  public var padding: [Double]

  public init(
    modes: [Int], width: Int, layers: Int = 4, expansion: Int = 2, projection: Int = 128, outputs: Int = 1,
    activation: Activation = .gelu, coordinates: [CoordinateChannels.Placement] = [], padding: [Double] = []
  ) {
    self.modes = modes
    self.width = width
    self.layers = layers
    self.expansion = expansion
    self.projection = projection
    self.outputs = outputs
    self.activation = activation
    self.coordinates = coordinates
    self.padding = padding
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    PaddedOperator(
      coordinates: coordinates, padding: padding, lifting: nil, width: width, projection: projection,
      outputs: outputs,
      activation: activation
    ) { v, tape in
      var v = v
      for turn in 0..<layers * repeats {
        v = tape.scope("blocks.\(turn / repeats)") { block(v, tape) }
      }
      return v
    }.record(x, tape)
  }

  private func block<Scalar: NetworkScalar>(_ v: Variable, _ tape: Tape<Scalar>) -> Variable {
    let initial = Initializer.spectralNormal
    let weights = modes.indices.map { axis in
      tape.parameter(
        "spectral.\(axis)", [modes[axis], 2, width, width], role: .spectral,
        initial: initial.fill(_:slot:seed:))
    }
    let spectral = FactorizedSpectralOperation(v, weights: weights, modes: modes, on: tape)
    tape.record(spectral)
    let y = Perceptron(hidden: expansion * width, outputs: width, activation: activation)(
      spectral.outputs[0], tape)
    let sum = AddOperation(v, y, on: tape)
    tape.record(sum)
    return sum.outputs[0]
  }
}
