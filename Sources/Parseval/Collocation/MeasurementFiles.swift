import Equations
import Exchange
import Geometry
import ProblemFiles

extension ProblemFile {
  /// The form with points and values in the place of the files that they stand in.
  ///
  /// - Parameter folder: what paths are relative to.
  /// - Throws: `ProblemFileError` or, with the line of a table, `ExchangeError` for what is wrong with a file.
  func readingMeasurements(
    of form: PointwiseForm, relativeTo folder: String?, isolation: NetCDF.Isolation
  ) throws -> PointwiseForm {
    var form = form
    for number in form.data.indices {
      guard case .file(let path, let coordinates, let quantities) = form.data[number].source else { continue }
      let place = path.hasPrefix("/") || folder == nil ? path : "\(folder ?? "")/\(path)"
      let table = try measurements(place, named: path, columns: coordinates + quantities, isolation)
      if let trouble = table.trouble(in: form.domain, coordinates: form.coordinates) {
        throw mistake(["data", "file"], "'\(path)': \(trouble)")
      }
      form.data[number].source = table.source(coordinates: coordinates.count)
    }
    return form
  }

  private func measurements(
    _ place: String, named path: String, columns: [String], _ isolation: NetCDF.Isolation
  ) throws -> MeasurementTable {
    do throws(ExchangeError) {
      return try MeasurementTable(place, columns: columns, isolation: isolation)
    } catch {
      // A line of a table is a better place than the name of its file.
      if error.line != nil { throw error }
      let key = error.kind == .noSuchName ? "columns" : "file"
      throw mistake(["data", key], "'\(path)': \(error.reason)", hint: error.hint)
    }
  }

  /// A mistake at a key of the file.
  private func mistake(_ path: [String], _ message: String, hint: String? = nil) -> ProblemFileError {
    ProblemFileError(diagnostics: [
      diagnostic(EquationError(.section(path.joined(separator: ".")), message, hint: hint))
    ])
  }
}

/// Columns of numbers of one length, from a text file or a NetCDF file.
private struct MeasurementTable {
  let names: [String]
  let columns: [[Double]]

  /// - Throws: `ExchangeError` for a file that cannot be read, or has no such columns.
  init(_ path: String, columns names: [String], isolation: NetCDF.Isolation) throws(ExchangeError) {
    self.names = names
    let isNetCDF = [".nc", ".nc4", ".h5", ".cdf"].contains { path.lowercased().hasSuffix($0) }
    columns = isNetCDF ? try Self.variables(path, names, isolation) : try Self.table(path, names)
    guard let count = columns.first?.count, count > 0 else {
      throw ExchangeError(path: path, kind: .mismatch, reason: "it has no rows")
    }
    guard let other = columns.firstIndex(where: { $0.count != count }) else { return }
    throw ExchangeError(
      path: path, kind: .mismatch,
      reason: "'\(names[other])' has \(columns[other].count) values, and '\(names[0])' has \(count)")
  }

  private static func variables(
    _ path: String, _ names: [String], _ isolation: NetCDF.Isolation
  ) throws(ExchangeError) -> [[Double]] {
    let file = try NetCDF.open(path, isolation: isolation)
    return try names.map { name throws(ExchangeError) in
      let shape = try file.shape(of: name)
      guard shape.count == 1 else {
        throw ExchangeError(
          path: path, kind: .mismatch, reason: "'\(name)' has \(shape.count) dimensions, and data have one")
      }
      return try file.read(name).elements
    }
  }

  private static func table(_ path: String, _ names: [String]) throws(ExchangeError) -> [[Double]] {
    let table = try NumericTable(path: path)
    return try names.map { name throws(ExchangeError) in
      guard let column = table.column(name) else {
        throw ExchangeError(
          path: path, kind: .noSuchName, reason: "there is no column '\(name)'",
          hint: table.names.isEmpty
            ? "its first line must name the columns" : "it has \(table.names.joined(separator: ", "))")
      }
      return column
    }
  }

  /// What is wrong with the numbers, if anything.
  func trouble(in domain: Domain, coordinates: [String]) -> String? {
    for (name, column) in zip(names, columns) {
      if let row = column.firstIndex(where: { !$0.isFinite }) {
        return "value \(row + 1) of '\(name)' is not finite"
      }
    }
    let space = domain.dimension
    var bounds = domain.axes.map { $0.lower...$0.upper }
    if let time = domain.time { bounds.append(time) }
    for (axis, range) in bounds.enumerated() {
      let slack = 1e-6 * (range.upperBound - range.lowerBound)
      let row = columns[axis].firstIndex { $0 < range.lowerBound - slack || $0 > range.upperBound + slack }
      guard let row else { continue }
      return
        "value \(row + 1) of '\(names[axis])' is outside of the domain: \(coordinates[axis]) = \(columns[axis][row]) is not "
        + "from \(range.lowerBound) to \(range.upperBound)"
    }
    guard let shape = domain.geometry else { return nil }
    let size = domain.axes.map(\.length).max() ?? 1
    for row in columns[0].indices {
      let point = (0..<space).map { columns[$0][row] }
      guard shape.signedDistance(to: point) > 1e-6 * size else { continue }
      return "point \(row + 1), at \(point.map { "\($0)" }.joined(separator: ", ")), is outside of the domain"
    }
    return nil
  }

  /// - Parameter coordinates: how many of the columns are coordinates.
  func source(coordinates: Int) -> MeasuredData.Source {
    let points = columns[0].indices.flatMap { row in columns[..<coordinates].map { $0[row] } }
    return .values(points: points, values: Array(columns[coordinates...]))
  }
}
