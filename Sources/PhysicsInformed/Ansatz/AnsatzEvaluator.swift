import Arrays
package import Differentiation

/// The unknowns of an ansatz at any points.
package final class AnsatzEvaluator<Scalar: NetworkScalar> {
  private let ansatz: Ansatz
  private let points: PointSet
  private let constraint: ConstraintProgram?
  private let tape: Tape<Scalar>
  private let input: Variable
  private let result: Jet

  /// - Parameters:
  ///   - names: of the coordinates.
  ///   - store: the parameters; it may be one that has its values already.
  /// - Throws: `CollocationError`.
  package init(
    _ ansatz: Ansatz, names: [String], store: ParameterStore<Scalar>, tile: Int = 256
  ) throws(CollocationError) {
    self.ansatz = ansatz
    points = PointSet(columns: names.count, dimension: names.count, capacity: tile, tile: tile)
    constraint =
      ansatz.constraint.isTrivial
      ? nil
      : try ConstraintProgram(
        ansatz.constraint, .values, names: names, dimension: names.count, capacity: tile)
    tape = Tape(store, capacity: 1, differentiates: false)
    input = tape.input([tile, ansatz.dimension])
    result = ansatz.unknowns(at: input, .values, constraint, on: tape)
    // They belong to the network's file, though no value at a point depends on them.
    _ = ansatz.problemParameters(on: tape)
    tape.finish(results: [result.variable])
  }

  /// The values of all unknowns: of shape (points, unknowns).
  ///
  /// - Parameter coordinates: of shape (points, coordinates).
  package func values(at coordinates: [Double]) -> [Double] {
    let (dimension, width) = (ansatz.dimension, ansatz.unknowns)
    let count = coordinates.count / dimension
    var values = Array(repeating: 0.0, count: count * width)
    for first in stride(from: 0, to: count, by: points.tile) {
      let size = min(points.tile, count - first)
      points.set(
        PointCloud(
          dimension: dimension,
          coordinates: Array(coordinates[first * dimension..<(first + size) * dimension])))
      constraint?.functions.evaluate(at: points)
      let target = tape.values(input)
      for axis in 0..<dimension {
        let column = points.columns[axis].baseAddress
        for point in 0..<points.tile {
          target[point * dimension + axis] = Scalar(ansatz.embedding.normalized(column[point], axis: axis))
        }
      }
      tape.forward(samples: 1)
      let found = tape.values(result.variable)
      for index in 0..<size * width { values[first * width + index] = Double(found[index]) }
    }
    return values
  }
}
