import Arrays
import Equations
import Exchange
import Geometry

/// Someone else's solution in a NetCDF file: on a tensor grid, or at scattered points with one dimension `point`.
struct ScatteredReference {
  let file: String
  let accuracy: Double?
  private let points: NDArray<Double>
  private let times: [Double]
  private let variables: [(unknown: Int, values: NDArray<Double>)]

  /// - Throws: `ExchangeError`; `SimulationError.unsupported` if the file has none of the unknowns.
  init(_ problem: Problem, _ reference: Reference, form: FluxForm, options: SimulationOptions) throws {
    file = reference.file
    accuracy = reference.accuracy
    let path = reference.path(from: options.referenceFolder)
    let source = try NetCDF.open(path, isolation: options.isolation)
    let axes = problem.domain.axes.map(\.name)
    let coordinates = try axes.map { try source.read($0).elements }
    let isScattered = source.schema.variable(axes[0]).map { $0.dimensions != [axes[0]] } ?? false
    let dimension = axes.count
    if isScattered {
      points = NDArray(shape: [coordinates[0].count, dimension]) {
        coordinates[$0 % dimension][$0 / dimension]
      }
    } else {
      let counts = coordinates.map(\.count)
      points = NDArray(shape: [counts.reduce(1, *), dimension]) { flat in
        let axis = flat % dimension
        let inner = counts[(axis + 1)...].reduce(1, *)
        return coordinates[axis][flat / dimension / inner % counts[axis]]
      }
    }
    let names = form.unknowns.indices.map { (number: $0, name: form.unknowns[$0].name) }
    var found: [(Int, NDArray<Double>)] = []
    for (number, name) in names {
      let chosen =
        reference.variables.isEmpty
        ? (source.schema.variable(name) == nil ? nil : name) : reference.variables[name]
      guard let variable = chosen else { continue }
      found.append((number, try source.read(variable)))
    }
    guard let first = found.first else {
      throw ExchangeError(
        path: path, kind: .noSuchName, reason: "no variable of the file belongs to an unknown",
        hint: "name them, for example reference: {file: \(reference.file), variables: {u: solution}}")
    }
    times = first.1.count > points.shape[0] ? try source.read("t").elements : []
    for (_, values) in found where values.count != points.shape[0] * max(1, times.count) {
      throw ExchangeError(
        path: path, kind: .mismatch,
        reason: "a variable has \(values.count) numbers for \(points.shape[0]) points")
    }
    variables = found
  }

  var pointCount: Int { points.shape[0] }
  var remark: String { "" }

  /// Σ difference² and Σ reference² over the points; `nil` where the file has no such time.
  func sums(
    at time: Double, values: (Int, NDArray<Double>) -> [Double]
  ) -> (difference: Double, size: Double)? {
    var offset = 0
    if !times.isEmpty {
      guard let index = times.firstIndex(where: { abs($0 - time) <= 1e-9 * max(1, abs(time)) }) else {
        return nil
      }
      offset = index * pointCount
    }
    var (difference, size) = (0.0, 0.0)
    for (unknown, reference) in variables {
      let own = values(unknown, points)
      for i in own.indices where own[i].isFinite {
        let expected = reference[flat: offset + i]
        difference += (own[i] - expected) * (own[i] - expected)
        size += expected * expected
      }
    }
    return (difference, size)
  }
}
