import CNetCDF

/// Numbers on their way into a file, in one of the types callers have.
enum NetCDFBuffer {
  case double(UnsafeBufferPointer<Double>)
  case float(UnsafeBufferPointer<Float>)
  case int64(UnsafeBufferPointer<Int64>)

  var count: Int {
    switch self {
    case .double(let values): values.count
    case .float(let values): values.count
    case .int64(let values): values.count
    }
  }

  /// Writes a block, converting to the variable's type where it differs.
  ///
  /// The conversion is ours: the library refuses infinities on the way to single precision.
  func put(
    _ handle: Int32, _ id: Int32, _ type: NetCDFType, _ start: [Int], _ count: [Int], path: String,
    name: String
  ) throws(ExchangeError) {
    let status: Int32
    switch (type, self) {
    case (.double, .double(let values)):
      status = nc_put_vara_double(handle, id, start, count, values.baseAddress)
    case (.double, .float(let values)):
      status = nc_put_vara_double(handle, id, start, count, values.map { Double($0) })
    case (.double, .int64(let values)):
      status = nc_put_vara_double(handle, id, start, count, values.map { Double($0) })
    case (.float, .float(let values)):
      status = nc_put_vara_float(handle, id, start, count, values.baseAddress)
    case (.float, .double(let values)):
      status = nc_put_vara_float(handle, id, start, count, values.map { Float($0) })
    case (.float, .int64(let values)):
      status = nc_put_vara_float(handle, id, start, count, values.map { Float($0) })
    default:
      status = try putIntegers(handle, id, type, start, count, path: path, name: name)
    }
    try NetCDFLibrary.check(status, path: path, doing: "write")
  }

  private func putIntegers(
    _ handle: Int32, _ id: Int32, _ type: NetCDFType, _ start: [Int], _ count: [Int], path: String,
    name: String
  ) throws(ExchangeError) -> Int32 {
    if type == .int64, case .int64(let values) = self {
      return nc_put_vara_longlong(
        handle, id, start, count, UnsafePointer<CLongLong>(OpaquePointer(values.baseAddress)))
    }
    let integers: [Int64]? =
      switch self {
      case .double(let values): Self.exactly(values) { Int64(exactly: $0) }
      case .float(let values): Self.exactly(values) { Int64(exactly: $0) }
      case .int64(let values): Array(values)
      }
    guard let integers else {
      throw .mismatch(path, "a value for the integer variable '\(name)' is not an integer")
    }
    if type == .int64 {
      return nc_put_vara_longlong(handle, id, start, count, integers.map { CLongLong($0) })
    }
    guard type == .int32 else { throw .mismatch(path, "variables of type \(type.rawValue) are not written") }
    guard let narrow = (integers.withUnsafeBufferPointer { Self.exactly($0) { Int32(exactly: $0) } }) else {
      throw .mismatch(path, "a value for the 32-bit variable '\(name)' is too large")
    }
    return nc_put_vara_int(handle, id, start, count, narrow)
  }

  private static func exactly<From, To>(
    _ values: UnsafeBufferPointer<From>, _ convert: (From) -> To?
  ) -> [To]? {
    var result: [To] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let converted = convert(value) else { return nil }
      result.append(converted)
    }
    return result
  }
}
