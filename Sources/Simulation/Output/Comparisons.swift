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
    case reference(ReferenceFile, OutputFields)
  }

  package init(
    _ problem: Problem, options: SimulationOptions, output: OutputFields, times: RecordTimes
  ) throws {
    if !problem.exact.isEmpty {
      source = .exact(try ExactComparison(problem, output: output))
    } else if let reference = problem.reference {
      let unknowns = output.unknownNumbers.map { (number: $0, name: output.unknownName($0)) }
      source = .reference(
        try ReferenceFile(
          problem, reference, unknowns: unknowns, options: options, recordTimes: times), output)
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
      case .reference(let reference, let output):
        try reference.sums(at: time) { unknown in
          reference.isScattered
            ? try output.values(
              ofUnknown: unknown, state: state, time: time, atPoints: reference.coordinates)
            : try output.values(
              ofUnknown: unknown, state: state, time: time, onTensorGrid: reference.coordinates)
          // A spectral solution has a value everywhere, or has broken down.
        }.map { ($0.missed > 0 ? .nan : $0.difference, $0.size) }
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
    case .reference(let reference, _):
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
