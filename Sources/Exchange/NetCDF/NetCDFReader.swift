public import Arrays
import CNetCDF

/// Reads a NetCDF file in this process.
///
/// Headers of classic files are checked first by `ClassicHeader`. Files of other formats (NetCDF-4,
/// HDF5) are refused unless asked for: their library can crash on hostile input, see `IsolatedReader`.
public final class NetCDFReader: NetCDFSource, @unchecked Sendable {
  public let path: String
  public let schema: NetCDFSchema
  public let memoryLimit: Int
  private let handle: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - memoryLimit: The largest block that `read` returns, in bytes.
  ///   - acceptsForeignFormats: Whether NetCDF-4 and HDF5 files are opened too, by the C library in this process.
  public init(
    path: String, memoryLimit: Int = MemoryLimit.standard, acceptsForeignFormats: Bool = false
  ) throws(ExchangeError) {
    let file = try InputFile(path)
    let magic = try file.read(count: min(4, file.size), at: 0)
    var recordCount: Int?
    if magic.starts(with: Array("CDF".utf8)) {
      recordCount = try ClassicHeader(file).recordCount
    } else if magic != [0x89, 0x48, 0x44, 0x46] {
      throw .unsupported(path, "it is not a NetCDF file")
    } else if !acceptsForeignFormats {
      throw .unsupported(
        path, "it is NetCDF-4 or HDF5, which is read by a separate process",
        hint: "convert it with 'nccopy -k cdf5'")
    }
    self.path = path
    self.memoryLimit = memoryLimit
    (handle, schema) = try NetCDFLibrary.exclusively { () throws(ExchangeError) in
      var handle: Int32 = -1
      let status = nc_open(NetCDFLibrary.plainPath(path), NC_NOWRITE, &handle)
      try NetCDFLibrary.check(status, path: path, doing: "open")
      do throws(ExchangeError) {
        var schema = try NetCDFInquiry(handle: handle, path: path, limit: memoryLimit).schema()
        // Not more than there are, whatever the library counts.
        if let recordCount {
          for index in schema.dimensions.indices where schema.dimensions[index].isUnlimited {
            schema.dimensions[index].length = min(schema.dimensions[index].length, recordCount)
          }
        }
        return (handle, schema)
      } catch {
        nc_close(handle)
        throw error
      }
    }
  }

  deinit {
    let handle = handle
    _ = try? NetCDFLibrary.exclusively { () throws(ExchangeError) in nc_close(handle) }
  }

  public func read(_ name: String, start: [Int], count: [Int]) throws(ExchangeError) -> NDArray<Double> {
    try checkReadable(name, start, count)
    return try block(name, count, NDArray<Double>(shape: count)) { group, id, values in
      if try variable(name).type == .character {
        var bytes = [CChar](repeating: 0, count: values.count)
        let status = nc_get_vara_text(group, id, start, count, &bytes)
        for (index, byte) in bytes.enumerated() { values[index] = Double(UInt8(bitPattern: byte)) }
        return status
      }
      return nc_get_vara_double(group, id, start, count, values.baseAddress)
    }
  }

  public func readIntegers(
    _ name: String, start: [Int], count: [Int]
  ) throws(ExchangeError) -> NDArray<Int64> {
    try checkReadable(name, start, count)
    switch try variable(name).type {
    case .double, .float, .character, .other:
      throw .mismatch(path, "'\(name)' does not hold integers")
    default: break
    }
    return try block(name, count, NDArray<Int64>(shape: count)) { group, id, values in
      values.withMemoryRebound(to: CLongLong.self) {
        nc_get_vara_longlong(group, id, start, count, $0.baseAddress)
      }
    }
  }

  private func block<Element>(
    _ name: String, _ count: [Int], _ empty: NDArray<Element>,
    _ get: (_ group: Int32, _ variable: Int32, UnsafeMutableBufferPointer<Element>) throws -> Int32
  ) throws(ExchangeError) -> NDArray<Element> {
    guard empty.count > 0 else { return empty }
    return try NetCDFLibrary.exclusively { () throws(ExchangeError) in
      // A name with slashes is that of a variable in a group.
      let parts = name.split(separator: "/")
      var (group, id) = (handle, Int32(-1))
      for part in parts.dropLast() {
        try NetCDFLibrary.check(nc_inq_grp_ncid(group, String(part), &group), path: path, doing: "read")
      }
      try NetCDFLibrary.check(nc_inq_varid(group, String(parts.last ?? ""), &id), path: path, doing: "read")
      var result = empty
      let status = (try? result.withUnsafeMutableBuffer { try get(group, id, $0) }) ?? NC_ENOTVAR
      try NetCDFLibrary.check(status, path: path, doing: "read")
      return result
    }
  }
}
