import Arrays
package import Equations
import Exchange
import Geometry

/// What is known of a solution, as values at points of space–time.
package struct ReferenceValues: Sendable {
  /// Coordinates of space, then the time if there is one, point after point.
  package var coordinates: [Double]
  /// By the number of the scalar unknown, a value for every point.
  package var values: [Int: [Double]]
  /// The relative L2 distance of the values from the truth, where that is known.
  package var accuracy: Double?
  /// What the values come from, for people.
  package var source: String

  package init(coordinates: [Double], values: [Int: [Double]], accuracy: Double?, source: String) {
    self.coordinates = coordinates
    self.values = values
    self.accuracy = accuracy
    self.source = source
  }

  /// The values of a file of others, at all its points and times.
  ///
  /// - Parameter unknowns: names of the scalar unknowns.
  /// - Throws: `SimulationError.unsupported` if the file cannot be read or does not fit.
  package init(
    reading reference: Reference, of problem: Problem, unknowns: [String], options: SimulationOptions
  ) throws {
    let file = try ReferenceFile(
      problem, reference, unknowns: unknowns.enumerated().map { ($0.offset, $0.element) }, options: options,
      recordTimes: nil)
    let (points, dimension) = (file.points, problem.domain.dimension)
    let span = problem.domain.time
    let kept = file.times.indices.filter { index in
      span.map { $0.lowerBound - 1e-9 <= file.times[index] && file.times[index] <= $0.upperBound + 1e-9 }
        ?? true
    }
    var coordinates: [Double] = []
    for index in file.times.isEmpty ? [0] : kept {
      for point in 0..<file.pointCount {
        for axis in 0..<dimension { coordinates.append(points[flat: point * dimension + axis]) }
        if span != nil { coordinates.append(file.times.isEmpty ? span!.upperBound : file.times[index]) }
      }
    }
    var values: [Int: [Double]] = [:]
    for (unknown, array) in file.variables {
      let all = array.elements
      values[unknown] =
        file.times.isEmpty
        ? all : kept.flatMap { all[$0 * file.pointCount..<($0 + 1) * file.pointCount] }
    }
    self.init(
      coordinates: coordinates, values: values, accuracy: file.accuracy, source: reference.file)
  }

  /// The records of a solution that is on a grid or on a mesh.
  ///
  /// - Parameter unknowns: names of the scalar unknowns; those that were not recorded are left out.
  package init(_ solution: Solution, unknowns: [String], source: String) {
    let layout = solution.layout
    var places: [[Double]] = []
    if let mesh = layout.mesh {
      let width = mesh.nodes.shape[1]
      places = (0..<mesh.nodes.shape[0]).map { node in (0..<width).map { mesh.nodes[flat: node * width + $0] }
      }
    } else {
      places = [[]]
      for axis in layout.axes { places = places.flatMap { place in axis.coordinates.map { place + [$0] } } }
    }
    var coordinates: [Double] = []
    var values: [Int: [Double]] = [:]
    for record in solution.records {
      for place in places { coordinates += place + (layout.hasTime ? [record.time] : []) }
      for (number, name) in unknowns.enumerated() {
        guard let field = layout.fields.firstIndex(where: { $0.name == name }) else { continue }
        values[number, default: []] += record.fields[field].elements
      }
    }
    self.init(
      coordinates: coordinates, values: values, accuracy: solution.error?.relativeL2, source: source)
  }

  /// Numbers of a point.
  package func dimension(of problem: Problem) -> Int {
    problem.domain.dimension + (problem.domain.time == nil ? 0 : 1)
  }

  /// The relative L2 error of other values at the same points, over all unknowns that are known, and of each.
  ///
  /// - Parameters:
  ///   - found: of shape (points, unknowns).
  ///   - names: of the unknowns.
  package func errors(of found: [Double], names: [String]) -> (
    total: Double, each: [(name: String, error: Double)]
  ) {
    let width = names.count
    var (difference, size) = (0.0, 0.0)
    var each: [(name: String, error: Double)] = []
    for (unknown, reference) in values.sorted(by: { $0.key < $1.key }) {
      var (own, scale) = (0.0, 0.0)
      for point in reference.indices where !reference[point].isNaN {
        let distance = found[point * width + unknown] - reference[point]
        own += distance * distance
        scale += reference[point] * reference[point]
      }
      each.append((names[unknown], (own / max(scale, 1e-300)).squareRoot()))
      difference += own
      size += scale
    }
    return ((difference / max(size, 1e-300)).squareRoot(), each)
  }
}
