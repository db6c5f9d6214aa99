import Arrays
public import Exchange

/// Writes records to a NetCDF file as they are made: one record variable per field, coordinates, provenance.
public final class NetCDFSink: RecordSink {
  private let writer: NetCDFWriter
  private let layout: RecordLayout

  /// Creates the file.
  public init(path: String, layout: RecordLayout, title: String, provenance: Provenance) throws {
    self.layout = layout
    writer = try NetCDFWriter(
      path: path, schema: try Self.schema(layout, title: title, attributes: provenance.attributes, path: path)
    )
    for axis in layout.axes {
      try writer.write(NDArray(shape: [axis.coordinates.count], axis.coordinates), to: axis.name)
    }
    try layout.mesh?.write(to: writer)
    try writer.sync()
  }

  /// Opens the file of an interrupted run and drops the records that its checkpoint does not know.
  public init(resuming path: String, layout: RecordLayout, keptRecords: Int) throws {
    self.layout = layout
    writer = try NetCDFWriter(reopening: path, keptRecords: keptRecords)
  }

  public func append(_ record: Record, index: Int) throws {
    if layout.hasTime {
      var values = ["t": NDArray(shape: [], [record.time])]
      for (field, array) in zip(layout.fields, record.fields) { values[field.name] = array }
      for (quantity, value) in zip(layout.quantities, record.quantities) {
        values[quantity.name] = NDArray(shape: [], [value])
      }
      try writer.append(values)
    } else {
      for (field, array) in zip(layout.fields, record.fields) { try writer.write(array, to: field.name) }
      for (quantity, value) in zip(layout.quantities, record.quantities) {
        try writer.write(NDArray(shape: [], [value]), to: quantity.name)
      }
    }
    try writer.sync()
  }

  /// Notes the wall time and closes the file.
  ///
  /// - Throws: `ExchangeError` for whatever went wrong since the file was opened.
  public func finish(wallSeconds: Double) throws {
    try writer.update(NetCDFAttribute(Provenance.wallSecondsAttribute, .doubles([wallSeconds])))
    try writer.close()
  }

  private static func schema(
    _ layout: RecordLayout, title: String, attributes: [NetCDFAttribute], path: String
  ) throws(ExchangeError) -> NetCDFSchema {
    var dimensions = layout.axes.map { NetCDFDimension(name: $0.name, length: $0.coordinates.count) }
    var variables = zip(layout.axes, ["X", "Y", "Z"]).map { axis, letter in
      NetCDFVariable.coordinate(
        name: axis.name, units: axis.unit ?? "1", longName: axis.name, axis: letter)
    }
    let time = layout.hasTime ? ["t"] : []
    if layout.hasTime {
      dimensions.insert(.unlimited(name: "t"), at: 0)
      variables.insert(
        .coordinate(name: "t", units: layout.timeUnit ?? "1", longName: "time", axis: "T"), at: 0)
    }
    for field in layout.fields {
      if let mesh = layout.mesh {
        variables.append(
          mesh.nodeVariable(
            name: field.name, isRecord: layout.hasTime, time: "t", units: field.unit ?? "1",
            longName: field.longName))
        continue
      }
      variables.append(
        .field(
          name: field.name, dimensions: time + layout.axes.map(\.name), units: field.unit ?? "1",
          longName: field.longName))
    }
    for quantity in layout.quantities {
      variables.append(
        .field(
          name: quantity.name, dimensions: time, units: quantity.unit ?? "1", longName: quantity.longName))
    }
    var schema = NetCDFSchema(
      dimensions: dimensions, variables: variables,
      attributes: [NetCDFAttribute("title", .text(title))] + attributes)
    try layout.mesh?.define(in: &schema, path: path)
    return schema
  }
}
