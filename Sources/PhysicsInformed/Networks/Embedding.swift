import Arrays
import Differentiation
import Glibc
import Learning

/// What a network reads of a point: its coordinates between −1 and 1, waves along periodic axes, random waves.
public struct Embedding: Sendable, Hashable {
  /// A coordinate of the domain.
  public struct Coordinate: Sendable, Hashable {
    public var lower: Double
    public var upper: Double
    /// Whether functions are to be periodic along it.
    public var isPeriodic: Bool

    public init(lower: Double, upper: Double, isPeriodic: Bool) {
      self.lower = lower
      self.upper = upper
      self.isPeriodic = isPeriodic
    }
  }
  public var coordinates: [Coordinate]
  /// Waves along a periodic axis: of 1 … so many periods.
  public var harmonics = 1
  /// Random waves of all that is read (Tancik et al., NeurIPS 2020): cosines and sines of so many directions; none if 0.
  public var randomWaves = 0
  /// The standard deviation of their wavenumbers.
  public var randomScale = 1.0
  /// Where they come from.
  public var seed: UInt64 = 0

  public init(coordinates: [Coordinate]) { self.coordinates = coordinates }

  /// A coordinate as the tape reads it.
  @inline(__always)
  func normalized(_ value: Double, axis: Int) -> Double {
    let coordinate = coordinates[axis]
    return (2 * value - coordinate.lower - coordinate.upper) / (coordinate.upper - coordinate.lower)
  }

  /// A shape whose directions are in units of the coordinates in units of what the tape reads.
  func normalized(_ shape: JetShape) -> JetShape {
    JetShape(
      lines: shape.lines.map { line in
        .init(
          zip(line.direction, coordinates).map { 2 * $0 / ($1.upper - $1.lower) }, order: line.order)
      }, summed: shape.summed)
  }

  /// The features of normalised points.
  func callAsFunction<Scalar: NetworkScalar>(_ points: Jet, on tape: Tape<Scalar>) -> Jet {
    let waves = periodicWaves
    var jet = points
    if !waves.isEmpty {
      let straight = coordinates.indices.filter { !coordinates[$0].isPeriodic }
      var parts = [layer(points, waves, .sine, on: tape)]
      if !straight.isEmpty {
        let rows = straight.map { axis in
          (direction: coordinates.indices.map { $0 == axis ? 1.0 : 0 }, phase: 0.0)
        }
        parts.insert(layer(points, rows, .identity, on: tape), at: 0)
      }
      jet = joined(parts, on: tape)
    }
    guard randomWaves > 0 else { return jet }
    return layer(jet, randomDirections(jet.width), .sine, on: tape)
  }

  /// cos kπx and sin kπx of normalised x, as sines with a phase.
  private var periodicWaves: [(direction: [Double], phase: Double)] {
    var waves: [(direction: [Double], phase: Double)] = []
    for axis in coordinates.indices where coordinates[axis].isPeriodic {
      for harmonic in 1...max(harmonics, 1) {
        let direction = coordinates.indices.map { $0 == axis ? Double(harmonic) * .pi : 0 }
        waves += [(direction, .pi / 2), (direction, 0)]
      }
    }
    return waves
  }

  private func randomDirections(_ width: Int) -> [(direction: [Double], phase: Double)] {
    let stream = RandomStream(seed: seed, purpose: "random Fourier features")
    var waves: [(direction: [Double], phase: Double)] = []
    for wave in 0..<randomWaves {
      let direction = (0..<width).map { randomScale * stream.normals(at: UInt64(wave * width + $0)).x }
      waves += [(direction, .pi / 2), (direction, 0)]
    }
    return waves
  }

  /// A layer that is not trained.
  private func layer<Scalar: NetworkScalar>(
    _ x: Jet, _ rows: [(direction: [Double], phase: Double)], _ activation: Activation, on tape: Tape<Scalar>
  ) -> Jet {
    let matrix = (0..<x.width).flatMap { input in rows.map { Scalar($0.direction[input]) } }
    let weight = ConstantOperation(matrix, shape: [x.width, rows.count], on: tape)
    tape.record(weight)
    let bias = ConstantOperation(rows.map { Scalar($0.phase) }, shape: [rows.count], on: tape)
    tape.record(bias)
    let operation = JetDenseOperation(
      x, weight: weight.outputs[0], bias: bias.outputs[0], activation: activation, on: tape)
    tape.record(operation)
    return Jet(operation.outputs[0], x.shape)
  }

  private func joined<Scalar: NetworkScalar>(_ parts: [Jet], on tape: Tape<Scalar>) -> Jet {
    guard parts.count > 1 else { return parts[0] }
    let operation = ConcatenateOperation(parts.map(\.variable), on: tape)
    tape.record(operation)
    return Jet(operation.outputs[0], parts[0].shape)
  }
}
