import CNetCDF
import Glibc

/// Puts a schema into a file and gets one out.
///
/// Everything here runs inside `NetCDFLibrary.exclusively`.
enum NetCDFDefinition {
  static func create(
    path: String, schema: NetCDFSchema
  ) throws(ExchangeError) -> (handle: Int32, identifiers: [String: Int32]) {
    var handle: Int32 = -1
    let status = nc_create(NetCDFLibrary.plainPath(path), NC_CLOBBER | NC_64BIT_DATA, &handle)
    try NetCDFLibrary.check(status, path: path, doing: "create")
    do throws(ExchangeError) {
      let identifiers = try define(schema, handle, path: path)
      try NetCDFLibrary.check(nc_enddef(handle), path: path, doing: "write")
      // Fixed variables have their fill values by now; records are always written whole.
      var oldMode: Int32 = 0
      try NetCDFLibrary.check(nc_set_fill(handle, NC_NOFILL, &oldMode), path: path, doing: "write")
      try NetCDFLibrary.check(nc_sync(handle), path: path, doing: "write")
      return (handle, identifiers)
    } catch {
      nc_close(handle)
      unlink(path)
      throw error
    }
  }

  private static func define(
    _ schema: NetCDFSchema, _ handle: Int32, path: String
  ) throws(ExchangeError) -> [String: Int32] {
    var dimensions: [String: Int32] = [:]
    for dimension in schema.dimensions {
      guard dimension.isUnlimited || dimension.length > 0 else {
        throw .mismatch(path, "dimension '\(dimension.name)' has length \(dimension.length)")
      }
      var id: Int32 = -1
      let length = dimension.isUnlimited ? Int(NC_UNLIMITED) : dimension.length
      try check(nc_def_dim(handle, dimension.name, length, &id), path, "dimension", dimension.name)
      dimensions[dimension.name] = id
    }
    for attribute in schema.attributes { try put(attribute, handle, NC_GLOBAL, path: path) }
    var identifiers: [String: Int32] = [:]
    for variable in schema.variables {
      guard let code = variable.type.writtenCode else {
        throw .mismatch(path, "variables of type \(variable.type.rawValue) are not written")
      }
      var axes: [Int32] = []
      for name in variable.dimensions {
        guard let axis = dimensions[name] else {
          throw .mismatch(path, "variable '\(variable.name)' has an unknown dimension '\(name)'")
        }
        axes.append(axis)
      }
      let shape = schema.shape(of: variable).filter { $0 > 0 }
      guard MemoryLimit.bytes(shape: shape, elementSize: variable.type.size) != nil else {
        throw ExchangeError(
          path: path, kind: .tooLarge, reason: "variable '\(variable.name)' is larger than any file")
      }
      var id: Int32 = -1
      let status = nc_def_var(handle, variable.name, code, Int32(axes.count), axes, &id)
      try check(status, path, "variable", variable.name)
      identifiers[variable.name] = id
      for attribute in variable.attributes { try put(attribute, handle, id, path: path) }
    }
    return identifiers
  }

  private static func check(
    _ status: Int32, _ path: String, _ what: String, _ name: String
  ) throws(ExchangeError) {
    guard status < 0 else { return try NetCDFLibrary.check(status, path: path, doing: "write") }
    let words = String(cString: nc_strerror(status))
    throw .mismatch(path, "NetCDF refuses the \(what) '\(name)': \(words)")
  }

  static func put(
    _ attribute: NetCDFAttribute, _ handle: Int32, _ variable: Int32, path: String
  ) throws(ExchangeError) {
    let status: Int32
    switch attribute.value {
    case .text(let text):
      status = nc_put_att_text(handle, variable, attribute.name, text.utf8.count, text)
    case .doubles(let values):
      status = nc_put_att_double(handle, variable, attribute.name, NC_DOUBLE, values.count, values)
    case .integers(let values):
      status = nc_put_att_longlong(
        handle, variable, attribute.name, NC_INT64, values.count, values.map { CLongLong($0) })
    }
    if status == NC_ENOTINDEFINE {
      throw .mismatch(path, "the attribute '\(attribute.name)' is new or longer than the one in the file")
    }
    try check(status, path, "attribute", attribute.name)
  }

  static func reopen(
    path: String
  ) throws(ExchangeError) -> (handle: Int32, identifiers: [String: Int32], schema: NetCDFSchema) {
    var handle: Int32 = -1
    let status = nc_open(NetCDFLibrary.plainPath(path), NC_WRITE, &handle)
    try NetCDFLibrary.check(status, path: path, doing: "open")
    do throws(ExchangeError) {
      var oldMode: Int32 = 0
      try NetCDFLibrary.check(nc_set_fill(handle, NC_NOFILL, &oldMode), path: path, doing: "write")
      let schema = try NetCDFInquiry(handle: handle, path: path, limit: MemoryLimit.standard).schema()
      var identifiers: [String: Int32] = [:]
      for (index, variable) in schema.variables.enumerated() { identifiers[variable.name] = Int32(index) }
      return (handle, identifiers, schema)
    } catch {
      nc_close(handle)
      throw error
    }
  }
}
