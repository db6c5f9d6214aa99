import CNetCDF

/// Asks an open file, or a group of it, for its schema.
///
/// Runs inside `NetCDFLibrary.exclusively`.
struct NetCDFInquiry {
  let handle: Int32
  let path: String
  let limit: Int
  /// What stands before the names of a group: nothing for the root, else the group and a slash.
  private var prefix = ""

  init(handle: Int32, path: String, limit: Int) {
    self.handle = handle
    self.path = path
    self.limit = limit
  }

  private func check(_ status: Int32) throws(ExchangeError) {
    try NetCDFLibrary.check(status, path: path, doing: "read")
  }

  /// The schema of the root, with the dimensions and variables of its groups under names such as `t0_fields/density`.
  func schema() throws(ExchangeError) -> NetCDFSchema {
    var schema = NetCDFSchema()
    var names: [Int32: String] = [:]
    try add(to: &schema, &names, depth: 0)
    return schema
  }

  /// - Parameters:
  ///   - names: of all dimensions so far, which groups share with what they lie in.
  ///   - depth: of the group below the root.
  private func add(
    to schema: inout NetCDFSchema, _ names: inout [Int32: String], depth: Int
  ) throws(ExchangeError) {
    var dimensionCount: Int32 = 0
    var variableCount: Int32 = 0
    var attributeCount: Int32 = 0
    try check(nc_inq(handle, &dimensionCount, &variableCount, &attributeCount, nil))
    let unlimited = try unlimitedDimensions()
    for id in try dimensionIdentifiers(dimensionCount) {
      var length = 0
      let name = prefix + (try text { nc_inq_dim(handle, id, $0, &length) })
      names[id] = name
      guard length >= 0 else { throw .corrupted(path, "dimension '\(name)' has an impossible length") }
      schema.dimensions.append(
        unlimited.contains(id)
          ? .unlimited(name: name, records: length) : NetCDFDimension(name: name, length: length))
    }
    if prefix.isEmpty { schema.attributes = try attributes(of: NC_GLOBAL, count: attributeCount) }
    for id in 0..<max(variableCount, 0) {
      schema.variables.append(try variable(id, names))
    }
    for group in try groups() {
      // Groups of HDF5 may contain each other.
      guard depth < Self.deepestGroup else { throw .corrupted(path, "its groups lie too deep in each other") }
      try group.add(to: &schema, &names, depth: depth + 1)
    }
  }

  private static let deepestGroup = 32

  private func groups() throws(ExchangeError) -> [NetCDFInquiry] {
    var count: Int32 = 0
    try check(nc_inq_grps(handle, &count, nil))
    guard count > 0 else { return [] }
    guard count <= 65_536 else { throw .corrupted(path, "it has \(count) groups") }
    var handles = [Int32](repeating: -1, count: Int(count))
    try check(nc_inq_grps(handle, &count, &handles))
    var groups: [NetCDFInquiry] = []
    for handle in handles {
      var group = NetCDFInquiry(handle: handle, path: path, limit: limit)
      group.prefix = prefix + (try text { nc_inq_grpname(handle, $0) }) + "/"
      groups.append(group)
    }
    return groups
  }

  private func unlimitedDimensions() throws(ExchangeError) -> Set<Int32> {
    var count: Int32 = 0
    guard nc_inq_unlimdims(handle, &count, nil) == NC_NOERR, count > 0, count <= 65_536 else { return [] }
    var ids = [Int32](repeating: -1, count: Int(count))
    try check(nc_inq_unlimdims(handle, &count, &ids))
    return Set(ids)
  }

  private func dimensionIdentifiers(_ count: Int32) throws(ExchangeError) -> [Int32] {
    guard count > 0 else { return [] }
    guard count <= 65_536 else { throw .corrupted(path, "it has \(count) dimensions") }
    var found: Int32 = 0
    var ids = [Int32](repeating: -1, count: Int(count))
    try check(nc_inq_dimids(handle, &found, &ids, 0))
    return ids
  }

  private func variable(_ id: Int32, _ names: [Int32: String]) throws(ExchangeError) -> NetCDFVariable {
    var type: nc_type = 0
    var rank: Int32 = 0
    var attributeCount: Int32 = 0
    let name = prefix + (try text { nc_inq_var(handle, id, $0, &type, &rank, nil, &attributeCount) })
    guard rank >= 0, rank <= 1024 else { throw .corrupted(path, "'\(name)' has \(rank) dimensions") }
    var axes = [Int32](repeating: -1, count: Int(max(rank, 1)))
    try check(nc_inq_vardimid(handle, id, &axes))
    var dimensions: [String] = []
    for axis in axes.prefix(Int(rank)) {
      guard let dimension = names[axis] else { throw .corrupted(path, "'\(name)' has an unknown dimension") }
      dimensions.append(dimension)
    }
    return NetCDFVariable(
      name: name, dimensions: dimensions, type: NetCDFType(code: type),
      attributes: try attributes(of: id, count: attributeCount))
  }

  private func attributes(of variable: Int32, count: Int32) throws(ExchangeError) -> [NetCDFAttribute] {
    var result: [NetCDFAttribute] = []
    for index in 0..<max(count, 0) {
      let name = try text { nc_inq_attname(handle, variable, index, $0) }
      var type: nc_type = 0
      var length = 0
      try check(nc_inq_att(handle, variable, name, &type, &length))
      let kind = NetCDFType(code: type)
      let size = kind == .character ? 1 : 8
      guard let bytes = MemoryLimit.bytes(shape: [length], elementSize: size) else {
        throw .corrupted(path, "attribute '\(name)' has an impossible length")
      }
      guard bytes <= limit else { throw .tooLarge(path: path, bytes: bytes, limit: limit) }
      if let value = try value(variable, name, kind, type, length) {
        result.append(NetCDFAttribute(name, value))
      }
    }
    return result
  }

  /// The value of an attribute, `nil` for user-defined types.
  private func value(
    _ variable: Int32, _ name: String, _ type: NetCDFType, _ code: nc_type, _ length: Int
  ) throws(ExchangeError) -> NetCDFValue? {
    switch type {
    case .character:
      var bytes = [CChar](repeating: 0, count: length)
      try check(nc_get_att_text(handle, variable, name, &bytes))
      return .text(String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    case .double, .float, .uint64:
      var values = [Double](repeating: 0, count: length)
      try check(nc_get_att_double(handle, variable, name, &values))
      return .doubles(values)
    case .other:
      guard code == NC_STRING, length > 0 else { return nil }
      var strings = [UnsafeMutablePointer<CChar>?](repeating: nil, count: length)
      try check(nc_get_att_string(handle, variable, name, &strings))
      defer { nc_free_string(length, &strings) }
      return .text(strings.map { $0.map { String(cString: $0) } ?? "" }.joined(separator: "\n"))
    default:
      var values = [CLongLong](repeating: 0, count: length)
      try check(nc_get_att_longlong(handle, variable, name, &values))
      return .integers(values.map { Int64($0) })
    }
  }

  /// A name that the library copies into a buffer of ours.
  private func text(_ fill: (UnsafeMutablePointer<CChar>) -> Int32) throws(ExchangeError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
    let status = buffer.withUnsafeMutableBufferPointer { fill($0.baseAddress!) }
    try check(status)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
