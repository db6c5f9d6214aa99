import Arrays
public import Exchange
import Geometry
public import Plotting
import ProblemFiles

/// An output file, or a file of others on a tensor grid or a UGRID mesh, read for pictures and for other formats.
public struct SolutionFile: Sendable {
  public let source: any NetCDFSource
  /// The title for people.
  public let title: String
  /// Where the file comes from; `nil` for a file of others.
  public let provenance: Provenance?
  /// The times of the records; empty for a steady field.
  public let times: [Double]
  /// Every variable that is no coordinate and no table of a mesh.
  public let fields: [NetCDFVariable]
  /// The names of the fields with a value at every node of the file's mesh.
  let meshFields: Set<String>
  /// The dimension of time, if there is one.
  let timeName: String?
  private let axes: [String: PlotAxis]

  /// Opens a file.
  ///
  /// - Throws: `ExchangeError`.
  public init(path: String, isolation: NetCDF.Isolation = .inProcess) throws(ExchangeError) {
    let source = try NetCDF.open(path, isolation: isolation)
    let schema = source.schema
    self.source = source
    let provenance = try? Provenance(schema: schema, path: path)
    self.provenance = provenance
    title = schema.attribute("title")?.text ?? path.split(separator: "/").last.map(String.init) ?? path
    let meshFields = Set(UGRIDMesh.nodeFields(of: source))
    self.meshFields = meshFields
    let others = Set(schema.dimensions.map(\.name)).union(UGRIDMesh.tables(of: source))
    fields = schema.variables.filter { variable in
      guard variable.type != .character, variable.type != .other else { return false }
      return meshFields.contains(variable.name)
        || !others.contains(variable.name) && variable.attribute("mesh") == nil
    }
    timeName =
      schema.dimensions.first { dimension in
        dimension.isUnlimited || ["t", "time"].contains(dimension.name)
          || schema.variable(dimension.name)?.attribute("axis")?.text == "T"
      }?.name
    times = try timeName.map { name throws(ExchangeError) in try coordinates(name, source) } ?? []

    // Whether an axis is periodic, and where it ends, only the problem says.
    let problem = provenance.flatMap { try? ProblemFileReader.standard.read(text: $0.problem, file: path) }
    var axes: [String: PlotAxis] = [:]
    let drawn = Set(fields.filter { !meshFields.contains($0.name) }.flatMap(\.dimensions))
    for dimension in schema.dimensions where dimension.name != timeName && drawn.contains(dimension.name) {
      let known = problem?.problem.domain.axes.first { $0.name == dimension.name }
      axes[dimension.name] = PlotAxis(
        name: dimension.name, unit: unit(schema.variable(dimension.name)),
        coordinates: try coordinates(dimension.name, source), interval: known.map { $0.lower...$0.upper },
        isPeriodic: known?.isPeriodic ?? false)
    }
    self.axes = axes
  }

  /// The field called `name` at all times, or at the recorded time nearest to `time`.
  ///
  /// - Throws: `ExchangeError` if there is no such field, or `time` is outside the records.
  public func series(_ name: String, at time: Double? = nil) throws(ExchangeError) -> FieldSeries {
    try series(name, at: time, on: meshFields.contains(name) ? try plotMesh() : nil)
  }

  /// The same for a mesh that has been read already; `nil` for a field on a tensor grid.
  func series(
    _ name: String, at time: Double?, on mesh: PlotMesh?
  ) throws(ExchangeError) -> FieldSeries {
    let variable = try field(name)
    let source = source
    let isRecord = timeName != nil && variable.dimensions.first == timeName
    var records: [Int] = []
    if isRecord {
      guard !times.isEmpty else {
        throw ExchangeError(path: source.path, kind: .mismatch, reason: "the file has no records yet")
      }
      if let time { records = [try record(nearest: time)] } else { records = Array(times.indices) }
    }
    let snapshot: @Sendable (Int) throws -> NDArray<Double> = { [records] index in
      isRecord ? try source.read(name, record: records[index]) : try source.read(name)
    }
    let recorded = records.map { times[$0] }
    let (valueUnit, timeUnit) = (
      unit(variable), isRecord ? unit(timeName.flatMap { source.schema.variable($0) }) : nil
    )
    var series: FieldSeries
    if let mesh {
      series = FieldSeries(
        name: name, unit: valueUnit, times: recorded, timeUnit: timeUnit, mesh: mesh, snapshot: snapshot)
    } else {
      series = FieldSeries(
        name: name, unit: valueUnit, times: recorded, timeUnit: timeUnit,
        axes: variable.dimensions.dropFirst(isRecord ? 1 : 0).compactMap { axes[$0] }, snapshot: snapshot)
    }
    if isRecord, let timeName { series.timeName = timeName }
    return series
  }

  private func field(_ name: String) throws(ExchangeError) -> NetCDFVariable {
    for field in fields where field.name == name { return field }
    if let place = source.schema.variable(name)?.attribute("location")?.text, place != "node" {
      throw ExchangeError(
        path: source.path, kind: .unsupportedFormat,
        reason: "'\(name)' has its values on each \(place) of the mesh, and only values at nodes are read")
    }
    throw ExchangeError(
      path: source.path, kind: .noSuchName, reason: "there is no field '\(name)'",
      hint: "it has \(fields.map(\.name).joined(separator: ", "))")
  }

  /// The number of the record nearest to a time.
  private func record(nearest time: Double) throws(ExchangeError) -> Int {
    let (first, last) = (times.min() ?? 0, times.max() ?? 0)
    let slack = 1e-9 * max(abs(first), abs(last), 1)
    guard time >= first - slack, time <= last + slack else {
      throw ExchangeError(
        path: source.path, kind: .noSuchName,
        reason: "there is no record at time \(time): they go from \(first) to \(last)")
    }
    return times.indices.min { abs(times[$0] - time) < abs(times[$1] - time) } ?? 0
  }

  /// The usual picture of some fields; of all fields over space if none is named.
  ///
  /// - Throws: `ExchangeError`, `PlotError`.
  public func figure(of names: [String] = [], at time: Double? = nil, animated: Bool = false) throws -> Figure
  {
    var chosen = names
    if chosen.isEmpty {
      let spatial = fields.filter { $0.dimensions.contains { $0 != timeName } }
      chosen = (spatial.isEmpty ? fields : spatial).map(\.name)
    }
    // Its outline and sections are found once.
    let mesh = chosen.contains(where: meshFields.contains) ? try plotMesh() : nil
    let series = try chosen.map { try self.series($0, at: time, on: meshFields.contains($0) ? mesh : nil) }
    return try Figure.of(series, title: title, animated: animated)
  }
}

/// The unit in an attribute; `1` means none.
func unit(_ variable: NetCDFVariable?) -> String? {
  guard let text = variable?.attribute("units")?.text, text != "1", !text.isEmpty else { return nil }
  return text
}

private func coordinates(_ name: String, _ source: any NetCDFSource) throws(ExchangeError) -> [Double] {
  let length = source.schema.dimension(name)?.length ?? 0
  guard source.schema.variable(name)?.dimensions == [name] else { return (0..<length).map(Double.init) }
  let values = try source.read(name)
  return (0..<values.count).map { values[flat: $0] }
}
