import Arrays
package import Equations
import Exchange
import Geometry
import Glibc
import Spectral

/// Compares records with an exact solution or with a reference file as they are made.
package struct Comparisons {
  /// Σ difference² and Σ reference², over all records so far.
  private var difference = 0.0
  private var size = 0.0
  private var count = 0
  private let source: Source

  private enum Source {
    case none
    case exact(ExactComparison)
    case reference(ReferenceComparison)
  }

  package init(
    _ problem: Problem, options: SimulationOptions, output: OutputFields, times: RecordTimes
  ) throws {
    if !problem.exact.isEmpty {
      source = .exact(try ExactComparison(problem, output: output))
    } else if let reference = problem.reference {
      source = .reference(
        try ReferenceComparison(
          problem, reference, options: options, output: output, times: times))
    } else {
      source = .none
    }
  }

  /// - Throws: `SimulationError.unsupported` if the file to compare with is not there.
  package static func checkReference(_ problem: Problem, _ options: SimulationOptions) throws(SimulationError)
  {
    guard problem.exact.isEmpty, let reference = problem.reference else { return }
    guard access(reference.path(from: options.referenceFolder), R_OK) == 0 else {
      throw .unsupported(
        "the reference file '\(reference.file)' \(errno == ENOENT ? "does not exist" : "cannot be read")",
        about: .section("reference"))
    }
  }

  package mutating func add(_ record: Record, state: StateVector, time: Double) throws {
    let sums: (difference: Double, size: Double)? =
      switch source {
      case .none: nil
      case .exact(let exact): try exact.sums(record)
      case .reference(let reference): try reference.sums(state, time: time)
      }
    guard let sums else { return }
    difference += sums.difference
    size += sums.size
    count += 1
  }

  package var sums: [Double] { [difference, size, Double(count)] }

  package mutating func restore(_ sums: [Double]) {
    guard sums.count == 3 else { return }
    (difference, size, count) = (sums[0], sums[1], Int(sums[2]))
  }

  /// The relative L2 error so far; `nil` where nothing was compared.
  package var estimate: ErrorEstimate? {
    guard count > 0 else { return nil }
    let error = (difference / max(size, 1e-300)).squareRoot()
    switch source {
    case .none: return nil
    case .exact:
      return ErrorEstimate(
        relativeL2: error, against: .exact, referenceAccuracy: nil,
        remark: "over \(count) record\(count == 1 ? "" : "s"), against the exact solution of the problem file"
      )
    case .reference(let reference):
      return ErrorEstimate(
        relativeL2: error, against: .reference, referenceAccuracy: reference.accuracy,
        remark: "over \(count) times of \(reference.file)")
    }
  }
}

/// The exact solution on the output grid.
private struct ExactComparison {
  private let functions: GridFunctions
  private let grid: [(field: Int, expression: Expression)]
  private let weights: Int

  init(_ problem: Problem, output: OutputFields) throws {
    var found: [(Int, Expression)] = []
    for exact in problem.exact {
      guard let unknown = problem.unknowns.first(where: { $0.name == exact.name }) else { continue }
      let names: [String] =
        switch unknown.kind {
        case .real: [unknown.name]
        case .complex: [unknown.name + "_re", unknown.name + "_im"]
        case .vector: problem.domain.axes.map { "\(unknown.name)_\($0.name)" }
        }
      for (name, part) in zip(names, try output.components(exact.expression, unknown)) {
        if let field = output.layout.fields.firstIndex(where: { $0.name == name }) {
          found.append((field, part))
        }
      }
    }
    grid = found
    weights = found.count
    functions = GridFunctions(axes: output.layout.axes.map { ($0.name, $0.coordinates) })
  }

  func sums(_ record: Record) throws -> (difference: Double, size: Double)? {
    guard !grid.isEmpty else { return nil }
    var (difference, size) = (0.0, 0.0)
    for (field, expression) in grid {
      let exact = try functions.values(of: expression, time: record.time)
      record.fields[field].withUnsafeBuffer { values in
        for i in values.indices {
          let d = values[i] - exact.baseAddress[i]
          difference += d * d
          size += exact.baseAddress[i] * exact.baseAddress[i]
        }
      }
    }
    return (difference, size)
  }
}

/// A NetCDF file of someone else's solution, on a tensor grid or at scattered points.
private struct ReferenceComparison {
  let file: String
  let accuracy: Double?
  private let times: [Double]
  /// The coordinates of the file along the problem's axes.
  private let coordinates: [[Double]]
  /// Whether the coordinates are those of single points.
  private let isScattered: Bool
  private let variables: [(unknown: Int, values: NDArray<Double>)]
  private let output: OutputFields
  private let hasTime: Bool

  init(
    _ problem: Problem, _ reference: Reference, options: SimulationOptions, output: OutputFields,
    times recordTimes: RecordTimes
  ) throws {
    file = reference.file
    accuracy = reference.accuracy
    self.output = output
    let path = reference.path(from: options.referenceFolder)
    let source = try NetCDF.open(path, isolation: options.isolation)
    let axes = problem.domain.axes.map(\.name)
    coordinates = try axes.map { try source.read($0).elements }
    isScattered = source.schema.variable(axes[0]).map { $0.dimensions != [axes[0]] } ?? false
    // Without a list of variables, the unknowns that the file has under their own names are compared.
    let names = output.unknownNumbers.map { (number: $0, name: output.unknownName($0)) }.compactMap { known in
      (reference.variables.isEmpty
        ? (source.schema.variable(known.name) == nil ? nil : known.name) : reference.variables[known.name])
        .map { (number: known.number, variable: $0) }
    }
    guard let some = names.first else {
      throw ExchangeError(
        path: path, kind: .noSuchName, reason: "no variable of the file belongs to an unknown",
        hint: "name them, for example reference: {file: \(reference.file), variables: {u: solution}}")
    }
    let first = try source.shape(of: some.variable)
    let rank = isScattered ? 1 : axes.count
    hasTime = first.count == rank + 1
    let places = isScattered ? [coordinates[0].count] : coordinates.map(\.count)
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
    if hasTime {
      let records = (0..<recordTimes.count).map { recordTimes.time(of: $0) }
      let common = times.filter { time in records.contains { abs($0 - time) <= 1e-9 * max(1, abs(time)) } }
      guard !common.isEmpty else {
        throw SimulationError.unsupported(
          "no record falls on a time of \(reference.file); choose output.every accordingly",
          about: .section("reference"))
      }
    }
  }

  func sums(_ state: StateVector, time: Double) throws -> (difference: Double, size: Double)? {
    var offset = 0
    let length = isScattered ? coordinates[0].count : coordinates.reduce(1) { $0 * $1.count }
    if hasTime {
      guard let index = times.firstIndex(where: { abs($0 - time) <= 1e-9 * max(1, abs(time)) }) else {
        return nil
      }
      offset = index * length
    }
    var (difference, size) = (0.0, 0.0)
    for (unknown, reference) in variables {
      let values =
        isScattered
        ? try output.values(ofUnknown: unknown, state: state, time: time, atPoints: coordinates)
        : try output.values(ofUnknown: unknown, state: state, time: time, onTensorGrid: coordinates)
      reference.withUnsafeBuffer { expected in
        values.withUnsafeBuffer { own in
          for i in own.indices {
            let d = own[i] - expected[offset + i]
            difference += d * d
            size += expected[offset + i] * expected[offset + i]
          }
        }
      }
    }
    return (difference, size)
  }
}

extension Reference {
  /// Relative paths begin at the folder of the problem file.
  func path(from folder: String?) -> String {
    guard let folder, !file.hasPrefix("/") else { return file }
    return folder + "/" + file
  }
}
