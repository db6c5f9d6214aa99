public import Differentiation
public import Learning

/// The U-shaped neural operator: Fourier layers that lead to coarser grids and back, with skips between layers of the same size.
///
/// Takes (n₁, …, n_d, in) to (n₁, …, n_d, `outputs`), with the coordinates appended to the input. Layer i of L takes to what came before
/// the channels of layer L − 1 − i, if that is an earlier one, on its grid. Grids are those of the scales multiplied up to the layer,
/// rounded; going from one to another is band-limited, so that the network acts alike on every grid.
///
/// Source: Rahman, Ross, Azizzadenesheli, U-NO: U-shaped neural operators, TMLR 2023.
public struct UShapedOperator: Layer {
  /// One layer of the U.
  public struct Level: Sendable, Hashable, Codable {
    public var width: Int
    public var modes: [Int]
    /// Points per axis over those of the layer before.
    public var scaling: Double

    public init(width: Int, modes: [Int], scaling: Double) {
      self.width = width
      self.modes = modes
      self.scaling = scaling
    }
  }
  /// What the layers have in common; its outputs and modes are those of the levels.
  public var block: SpectralBlock
  public var levels: [Level]
  /// Channels that the input is lifted to.
  public var width: Int
  /// Hidden channels of the projection.
  public var projection: Int
  public var outputs: Int
  /// See `FourierNeuralOperator`.
  public var coordinates: [CoordinateChannels.Placement]
  /// See `FourierNeuralOperator`.
  public var padding: [Double]

  /// - Precondition: there are levels, and their scalings multiply to 1.
  public init(
    levels: [Level], width: Int, projection: Int = 128, outputs: Int = 1, activation: Activation = .gelu,
    initial: SpectralBlock.Initial = .normal, coordinates: [CoordinateChannels.Placement] = [],
    padding: [Double] = []
  ) {
    precondition(
      !levels.isEmpty && abs(levels.reduce(1) { $0 * $1.scaling } - 1) < 1e-9,
      "UShapedOperator: the scalings \(levels.map(\.scaling)) must lead back to the first grid")
    block = SpectralBlock(
      outputs: levels[0].width, modes: levels[0].modes, activation: activation, initial: initial)
    self.levels = levels
    self.width = width
    self.projection = projection
    self.outputs = outputs
    self.coordinates = coordinates
    self.padding = padding
  }

  public func callAsFunction<Scalar: NetworkScalar>(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    PaddedOperator(
      coordinates: coordinates, padding: padding, lifting: nil, width: width, projection: projection,
      outputs: outputs, activation: block.activation, layers: recordLevels
    ).record(x, tape)
  }

  /// The levels alone, on channels that are lifted already.
  package func recordLevels<Scalar: NetworkScalar>(_ lifted: Variable, _ tape: Tape<Scalar>) -> Variable {
    let grid = Array(lifted.shape.dropLast())
    var scale = 1.0
    var results: [Variable] = []
    for (number, level) in levels.enumerated() {
      var v = results.last ?? lifted
      let partner = levels.count - 1 - number
      if partner < number { v = joined(v, results[partner], tape) }
      scale *= level.scaling
      var layer = block
      layer.outputs = level.width
      layer.modes = level.modes
      layer.points = grid.map { max(2, Int((scale * Double($0)).rounded())) }
      if number == levels.count - 1 {
        layer.activation = .identity
        layer.points = grid
      }
      results.append(tape.scope("blocks.\(number)") { layer(v, tape) })
    }
    return results[results.count - 1]
  }

  /// The channels of both on the grid of the first.
  private func joined<Scalar: NetworkScalar>(_ v: Variable, _ skip: Variable, _ tape: Tape<Scalar>)
    -> Variable
  {
    let grid = Array(v.shape.dropLast())
    let there =
      skip.shape.dropLast() == v.shape.dropLast()
      ? skip : tape.recorded(ResampleOperation(skip, to: grid, bases: block.bases, on: tape))
    return tape.recorded(ConcatenateOperation([v, there], on: tape))
  }
}
