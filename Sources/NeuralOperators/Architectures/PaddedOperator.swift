import Differentiation
import Learning

/// What operators on a grid have around their layers: coordinates, lifting, room for axes that are not periodic, projection.
struct PaddedOperator<Scalar: NetworkScalar> {
  var coordinates: [CoordinateChannels.Placement]
  /// See `FourierNeuralOperator.padding`.
  var padding: [Double]
  /// Hidden channels of the lifting; `nil` for a linear one.
  var lifting: Int?
  var width: Int
  var projection: Int
  var outputs: Int
  var activation: Activation
  /// The layers between lifting and projection.
  var layers: (Variable, Tape<Scalar>) -> Variable

  func record(_ x: Variable, _ tape: Tape<Scalar>) -> Variable {
    let grid = Array(x.shape.dropLast())
    let padded = grid.indices.map { axis in
      grid[axis] + (axis < padding.count ? Int((padding[axis] * Double(grid[axis])).rounded()) : 0)
    }
    var v = CoordinateChannels(coordinates)(x, tape)
    v = tape.scope("lifting") {
      if let lifting {
        Perceptron(hidden: lifting, outputs: width, activation: activation)(v, tape)
      } else {
        Dense(outputs: width)(v, tape)
      }
    }
    if padded != grid { v = window(v, padded, tape) }
    v = layers(v, tape)
    if padded != grid { v = window(v, grid, tape) }
    return tape.scope("projection") {
      Perceptron(hidden: projection, outputs: outputs, activation: activation)(v, tape)
    }
  }

  private func window(_ x: Variable, _ grid: [Int], _ tape: Tape<Scalar>) -> Variable {
    let operation = GridWindowOperation(x, to: grid, on: tape)
    tape.record(operation)
    return operation.outputs[0]
  }
}
