import Arrays
package import Equations
import Exchange
import Geometry

/// Someone else's solution in a NetCDF file: on a tensor grid, or at scattered points where each coordinate is a variable of
/// the same dimension.
struct ReferenceFile {
  let file: String
  let accuracy: Double?
  /// One list per axis of the problem: the coordinates of a grid, or those of the points.
  let coordinates: [[Double]]
  /// Whether the coordinates are those of single points.
  let isScattered: Bool
  /// Empty for a steady problem.
  let times: [Double]
  let variables: [(unknown: Int, values: NDArray<Double>)]

  /// What comparing at one time gave.
  struct Sums {
    /// Σ (own − reference)² and Σ reference² over the points that were compared.
    var difference = 0.0
    var size = 0.0
    /// Points whose value is not known, because they lie outside of a mesh.
    var missed = 0
  }

  /// - Parameters:
  ///   - unknowns: the scalar unknowns whose values are known, with their numbers.
  ///   - recordTimes: when there will be something to compare; at all times if `nil`.
  /// - Throws: `SimulationError.unsupported` if the file cannot be read or does not fit, or no record falls on a time of it.
  init(
    _ problem: Problem, _ reference: Reference, unknowns: [(number: Int, name: String)],
    options: SimulationOptions, recordTimes: RecordTimes?
  ) throws {
    do {
      try self.init(
        reading: reference, of: problem, unknowns: unknowns, options: options, recordTimes: recordTimes)
    } catch let error as ExchangeError {
      let hint = error.hint.map { "; \($0)" } ?? ""
      throw SimulationError.unsupported(
        "the reference file '\(reference.file)': \(error.reason)\(hint)", about: .section("reference"))
    }
  }

  private init(
    reading reference: Reference, of problem: Problem, unknowns: [(number: Int, name: String)],
    options: SimulationOptions, recordTimes: RecordTimes?
  ) throws {
    file = reference.file
    accuracy = reference.accuracy
    let path = reference.path(from: options.referenceFolder)
    let source = try NetCDF.open(path, isolation: options.isolation)
    let axes = problem.domain.axes.map(\.name)
    coordinates = try axes.map { try source.read($0).elements }
    isScattered = source.schema.variable(axes[0]).map { $0.dimensions != [axes[0]] } ?? false
    // Without a list of variables, the unknowns that the file has under their own names are compared.
    let names = unknowns.compactMap { known in
      (reference.variables.isEmpty
        ? (source.schema.variable(known.name) == nil ? nil : known.name) : reference.variables[known.name])
        .map { (number: known.number, variable: $0) }
    }
    guard let some = names.first else {
      throw ExchangeError(
        path: path, kind: .noSuchName, reason: "no variable of the file belongs to an unknown",
        hint: "name them, for example reference: {file: \(reference.file), variables: {u: solution}}")
    }
    let places = isScattered ? [coordinates[0].count] : coordinates.map(\.count)
    let hasTime = try source.shape(of: some.variable).count == places.count + 1
    times = hasTime ? try source.read("t").elements : []
    var found: [(Int, NDArray<Double>)] = []
    for (number, variable) in names {
      let values = try source.read(variable)
      let expected = (hasTime ? [times.count] : []) + places
      guard values.shape == expected else {
        throw ExchangeError(
          path: path, kind: .mismatch,
          reason: "variable '\(variable)' has shape \(values.shape); its axes make \(expected)")
      }
      found.append((number, values))
    }
    variables = found
    // A reference between the records would be passed over in silence.
    if hasTime, let recordTimes {
      let records = (0..<recordTimes.count).map { recordTimes.time(of: $0) }
      let common = times.filter { time in records.contains { abs($0 - time) <= 1e-9 * max(1, abs(time)) } }
      guard !common.isEmpty else {
        throw SimulationError.unsupported(
          "no record falls on a time of \(reference.file); choose output.every accordingly",
          about: .section("reference"))
      }
    }
  }

  /// The number of points that the file has values at.
  var pointCount: Int { isScattered ? coordinates[0].count : coordinates.reduce(1) { $0 * $1.count } }

  /// All points, an array of shape (count, dimension), in the order of the file's values.
  var points: NDArray<Double> {
    let (coordinates, dimension) = (coordinates, coordinates.count)
    if isScattered {
      return NDArray(shape: [pointCount, dimension]) { coordinates[$0 % dimension][$0 / dimension] }
    }
    let counts = coordinates.map(\.count)
    return NDArray(shape: [pointCount, dimension]) { flat in
      let axis = flat % dimension
      return coordinates[axis][flat / dimension / counts[(axis + 1)...].reduce(1, *) % counts[axis]]
    }
  }

  /// Compares values with those of a time; `nil` where the file has no such time.
  ///
  /// - Parameter values: an unknown's values at all points of the file; NaN where there is none.
  func sums(at time: Double, values: (Int) throws -> NDArray<Double>) rethrows -> Sums? {
    var offset = 0
    if !times.isEmpty {
      guard let index = times.firstIndex(where: { abs($0 - time) <= 1e-9 * max(1, abs(time)) }) else {
        return nil
      }
      offset = index * pointCount
    }
    var sums = Sums()
    for (unknown, reference) in variables {
      let own = try values(unknown)
      var missed = 0
      reference.withUnsafeBuffer { expected in
        own.withUnsafeBuffer { own in
          for i in own.indices {
            guard !own[i].isNaN else {
              missed += 1
              continue
            }
            let d = own[i] - expected[offset + i]
            sums.difference += d * d
            sums.size += expected[offset + i] * expected[offset + i]
          }
        }
      }
      sums.missed = max(sums.missed, missed)
    }
    return sums
  }
}

extension Reference {
  /// Relative paths begin at the folder of the problem file.
  package func path(from folder: String?) -> String {
    guard let folder, !file.hasPrefix("/") else { return file }
    return folder + "/" + file
  }
}
