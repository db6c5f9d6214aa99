import Arrays

/// A function of points with its derivatives: an array of shape (channels of the jet, points, width) on a tape.
///
/// A sample of such a tape is a tile of points, so that a layer is one product of matrices whose rows are all channels of all
/// points.
public struct Jet: Sendable, Hashable {
  public let variable: Variable
  public let shape: JetShape

  package init(_ variable: Variable, _ shape: JetShape) {
    precondition(
      variable.shape.count == 3 && variable.shape[0] == shape.channels,
      "Jet: an array of shape \(variable.shape) for \(shape.channels) channels")
    self.variable = variable
    self.shape = shape
  }

  /// Points of a tile.
  public var points: Int { variable.shape[1] }
  /// Numbers of the function at a point.
  public var width: Int { variable.shape[2] }

  /// The jet of the coordinates of points.
  ///
  /// - Parameter points: of shape (points, dimensions).
  public static func coordinates<Scalar: NetworkScalar>(
    of points: Variable, _ shape: JetShape, on tape: Tape<Scalar>
  ) -> Jet {
    let operation = JetSeedOperation(points, shape, on: tape)
    tape.record(operation)
    return Jet(operation.outputs[0], shape)
  }
}

/// The coordinates of points: their first derivatives along a line are its direction, all others are zero.
final class JetSeedOperation<Scalar: NetworkScalar>: Operation {
  let inputs: [Variable]
  let outputs: [Variable]
  let savedInputs: [Int] = []
  /// What stands in all channels but the first, per channel and dimension; the same for all points.
  private let constants: AlignedStorage<Scalar>

  init(_ points: Variable, _ shape: JetShape, on tape: Tape<Scalar>) {
    let dimensions = points.channels
    precondition(
      points.shape.count == 2 && shape.lines.allSatisfy { $0.direction.count == dimensions },
      "Jet: lines of \(shape.lines.map(\.direction.count)) dimensions through points of shape \(points.shape)"
    )
    inputs = [points]
    outputs = [tape.result([shape.channels] + points.shape)]
    constants = AlignedStorage(count: max(shape.channels - 1, 1) * dimensions)
    for (number, line) in shape.lines.enumerated() {
      let place = (shape.channel(line: number, order: 1) - 1) * dimensions
      for axis in 0..<dimensions { constants.baseAddress[place + axis] = Scalar(line.direction[axis]) }
    }
  }

  func forward(_ context: OperationContext<Scalar>) {
    let (count, dimensions) = (inputs[0].count, inputs[0].channels)
    for sample in 0..<context.samples {
      let y = context.output() + sample * outputs[0].count
      y.update(from: context.input(0) + sample * count, count: count)
      for channel in 1..<outputs[0].shape[0] {
        let constant = constants.baseAddress + (channel - 1) * dimensions
        for point in 0..<count / dimensions {
          (y + channel * count + point * dimensions).update(from: constant, count: dimensions)
        }
      }
    }
  }

  func backward(_ context: OperationContext<Scalar>) {
    guard let dx = context.inputGradient(0) else { return }
    let count = inputs[0].count
    for sample in 0..<context.samples {
      let (source, target) = (context.outputGradient() + sample * outputs[0].count, dx + sample * count)
      if context.accumulates(into: 0) {
        Scalar.networkKernels.add(count, source, target)
      } else {
        target.update(from: source, count: count)
      }
    }
  }
}
