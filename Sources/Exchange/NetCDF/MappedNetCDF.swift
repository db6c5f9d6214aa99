import Glibc

/// A classic NetCDF file mapped into memory: what is read comes from the system's cache, however large the file is.
///
/// Offsets are those of `ClassicHeader`, which has held them against the length of the file. A file that another
/// process cuts off while it is read ends this one, as for every mapped file. Safe to read from several threads at a time.
public final class MappedNetCDF: Sendable {
  public let path: String
  public let schema: NetCDFSchema
  private let header: ClassicHeader
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Throws: `ExchangeError` for files that are no classic NetCDF or contradict themselves.
  public init(path: String) throws(ExchangeError) {
    let header = try ClassicHeader(path: path)
    schema = try NetCDFReader(path: path).schema
    self.path = path
    self.header = header
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "open") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno, path: path, doing: "read") }
    let size = Int(status.st_size)
    // It may have become shorter since its header was looked at.
    guard size >= header.requiredFileSize else {
      throw .corrupted(path, "it was cut off while it was opened")
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED
    else {
      throw .system(errno, path: path, doing: "read")
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  /// The number of records.
  public var recordCount: Int { header.recordCount }

  /// Copies numbers that lie next to each other in one record of a variable.
  ///
  /// - Parameters:
  ///   - name: a variable of floats or doubles along the unlimited dimension.
  ///   - record: the number of the record.
  ///   - offset: the first number, counted row-major in the record.
  ///   - count: how many.
  ///   - target: where they go, in native byte order and converted to the type of the target.
  /// - Throws: `ExchangeError` for a variable that is not there or of another type.
  public func read<Scalar: BinaryFloatingPoint>(
    _ name: String, record: Int, offset: Int, count: Int, into target: UnsafeMutablePointer<Scalar>
  ) throws(ExchangeError) {
    guard let index = schema.variables.firstIndex(where: { $0.name == name }),
      let variable = header.variables.first(where: { $0.name == name })
    else { throw ExchangeError(path: path, kind: .noSuchName, reason: "there is no variable '\(name)'") }
    let type = schema.variables[index].type
    guard variable.isRecord, type == .float || type == .double else {
      throw .mismatch(path, "'\(name)' has no records of floats or doubles")
    }
    let width = type == .float ? 4 : 8
    precondition(
      record >= 0 && record < header.recordCount && offset >= 0 && count >= 0
        && offset <= variable.size / width - count,
      "MappedNetCDF: \(count) numbers from \(offset) on are not in record \(record) of '\(name)'")
    let start = variable.begin + record * header.recordSize + offset * width
    let source = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count * width])
    // The two usual types apart, so that their loops are not generic.
    switch (type, target) {
    case (.float, let target as UnsafeMutablePointer<Float>):
      for i in 0..<count { target[i] = Self.float(source, i) }
    case (.float, let target as UnsafeMutablePointer<Double>):
      for i in 0..<count { target[i] = Double(Self.float(source, i)) }
    case (.double, let target as UnsafeMutablePointer<Double>):
      for i in 0..<count { target[i] = Self.double(source, i) }
    case (.double, let target as UnsafeMutablePointer<Float>):
      for i in 0..<count { target[i] = Float(Self.double(source, i)) }
    default:
      for i in 0..<count {
        target[i] = type == .float ? Scalar(Self.float(source, i)) : Scalar(Self.double(source, i))
      }
    }
  }

  private static func float(_ source: UnsafeRawBufferPointer, _ index: Int) -> Float {
    Float(bitPattern: UInt32(bigEndian: source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
  }

  private static func double(_ source: UnsafeRawBufferPointer, _ index: Int) -> Double {
    Double(bitPattern: UInt64(bigEndian: source.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
  }
}
