public import Arrays
import CNetCDF
import Glibc

/// Writes a NetCDF file in the classic 64-bit layout (CDF-5), record by record.
///
/// After `sync()` a killed process leaves a file with all records appended so far. Any failure, such
/// as a full disk, is kept: later calls and `close()` throw it again. One writer per file; calls from
/// several threads follow one another.
public final class NetCDFWriter: @unchecked Sendable {
  public let path: String
  /// The layout.
  ///
  /// The length of the unlimited dimension is the one at opening; see `recordCount`.
  public let schema: NetCDFSchema
  // Touched only inside `NetCDFLibrary.exclusively`.
  private var handle: Int32
  private var identifiers: [String: Int32] = [:]
  private var records: Int
  /// Records that have reached the file whole.
  private var syncedRecords: Int
  private var failure: ExchangeError?
  private var isClosed = false
  private var lock: FileLock?

  /// Creates a file, replacing an existing one, with `Conventions = "CF-1.10"` as its first attribute.
  ///
  /// Variables without the unlimited dimension hold fill values until they are written.
  public init(path: String, schema: NetCDFSchema) throws(ExchangeError) {
    try checkPath(path)
    try Self.checkReplaceable(path)
    ignoreFileSizeSignal()
    lock = try Self.lock(path)
    var schema = schema
    if schema.attribute("Conventions") == nil {
      schema.attributes.insert(NetCDFAttribute("Conventions", .text("CF-1.10")), at: 0)
    }
    let complete = schema
    self.path = path
    self.schema = complete
    records = 0
    syncedRecords = 0
    (handle, identifiers) = try NetCDFLibrary.exclusively { () throws(ExchangeError) in
      try NetCDFDefinition.create(path: path, schema: complete)
    }
    if lock == nil { lock = try Self.lock(path) }
  }

  /// Opens a classic file to append to it, after cutting off the records from `keptRecords` on.
  ///
  /// Throws if the file is damaged or has fewer records.
  public init(reopening path: String, keptRecords: Int) throws(ExchangeError) {
    precondition(keptRecords >= 0, "NetCDFWriter: keptRecords \(keptRecords) must not be negative")
    ignoreFileSizeSignal()
    lock = try Self.lock(path)
    try RecordTruncation.truncate(path: path, toRecords: keptRecords)
    self.path = path
    records = keptRecords
    syncedRecords = keptRecords
    let opened = try NetCDFLibrary.exclusively { () throws(ExchangeError) in
      try NetCDFDefinition.reopen(path: path)
    }
    handle = opened.handle
    identifiers = opened.identifiers
    schema = opened.schema
  }

  deinit { try? close() }

  private static func lock(_ path: String) throws(ExchangeError) -> FileLock? {
    try FileLock(
      path, reason: "another run is writing this file", hint: "wait for its end, or give another -o")
  }

  /// The number of complete records.
  public var recordCount: Int {
    (try? NetCDFLibrary.exclusively { () throws(ExchangeError) in records }) ?? 0
  }

  /// Appends one record: a value for every variable along the unlimited dimension, by name.
  ///
  /// Each array has the shape of its variable without the first axis; a number has shape `[]`.
  public func append(_ record: [String: NDArray<Double>]) throws(ExchangeError) {
    let variables = schema.variables.filter(isRecordVariable)
    for variable in variables {
      guard let values = record[variable.name] else {
        throw .mismatch(path, "the record has no value for '\(variable.name)'")
      }
      let shape = Array(schema.shape(of: variable).dropFirst())
      guard values.shape == shape else {
        throw .mismatch(path, "a record of '\(variable.name)' has shape \(shape), not \(values.shape)")
      }
    }
    if let extra = record.keys.sorted().first(where: { name in !variables.contains { $0.name == name } }) {
      throw ExchangeError(
        path: path, kind: .noSuchName, reason: "no variable '\(extra)' has records in this file")
    }
    try writing { () throws(ExchangeError) in
      for variable in variables {
        let shape = Array(schema.shape(of: variable).dropFirst())
        try record[variable.name]!.withUnsafeBuffer { values in
          put(.double(values), variable, [records] + shape.map { _ in 0 }, [1] + shape)
        }.get()
      }
      if !variables.isEmpty { records += 1 }
    }
  }

  /// Writes a whole variable without records, or overwrites all records of one that has them.
  public func write(_ values: NDArray<Double>, to name: String) throws(ExchangeError) {
    let start = values.shape.map { _ in 0 }
    try values.withUnsafeBuffer { buffer in
      do throws(ExchangeError) {
        return Result<Void, ExchangeError>.success(
          try write(buffer, to: name, start: start, count: values.shape))
      } catch { return .failure(error) }
    }.get()
  }

  /// Writes a block of a variable: `count` elements per axis from `start` on, row-major.
  ///
  /// Records must exist already: only `append` adds them, so that none is left half defined.
  public func write(
    _ values: UnsafeBufferPointer<Double>, to name: String, start: [Int], count: [Int]
  ) throws(ExchangeError) {
    try write(.double(values), to: name, start, count)
  }

  /// Writes a block of a variable from numbers in single precision.
  public func write(
    _ values: UnsafeBufferPointer<Float>, to name: String, start: [Int], count: [Int]
  ) throws(ExchangeError) {
    try write(.float(values), to: name, start, count)
  }

  /// Writes a block of a variable from integers.
  public func write(
    _ values: UnsafeBufferPointer<Int64>, to name: String, start: [Int], count: [Int]
  ) throws(ExchangeError) {
    try write(.int64(values), to: name, start, count)
  }

  /// Replaces a global attribute that exists, by a value that is not longer.
  ///
  /// The header cannot grow without moving all data; reserve a number or a long enough text instead.
  public func update(_ attribute: NetCDFAttribute) throws(ExchangeError) {
    try writing { () throws(ExchangeError) in
      try NetCDFDefinition.put(attribute, handle, NC_GLOBAL, path: path)
    }
  }

  /// Hands everything to the operating system: what is in the file now survives the process.
  public func sync() throws(ExchangeError) {
    try writing { () throws(ExchangeError) in
      try NetCDFLibrary.check(nc_sync(handle), path: path, doing: "write")
      syncedRecords = records
    }
  }

  /// Flushes to the disk, closes and checks the result.
  ///
  /// Throws whatever went wrong since the opening.
  ///
  /// A second call does nothing.
  public func close() throws(ExchangeError) {
    let isFirst = try NetCDFLibrary.exclusively { () throws(ExchangeError) in
      guard !isClosed else { return false }
      isClosed = true
      defer { lock = nil }
      let synced = nc_sync(handle)
      // The library forgets errors of its last flush, hence the separate call before it.
      let closed = nc_close(handle)
      if let failure {
        // The library may have counted a record that the disk did not take.
        try? RecordTruncation.restore(path: path, records: syncedRecords)
        throw failure
      }
      try NetCDFLibrary.check(synced, path: path, doing: "write")
      try NetCDFLibrary.check(closed, path: path, doing: "close")
      return true
    }
    guard isFirst else { return }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "open") }
    let flushed = fsync(descriptor)
    let code = errno
    Glibc.close(descriptor)
    guard flushed == 0 else { throw .system(code, path: path, doing: "write") }
    let header = try ClassicHeader(path: path)
    guard header.recordCount == records || !schema.variables.contains(where: isRecordVariable) else {
      throw .corrupted(path, "\(records) records were written, and \(header.recordCount) arrived")
    }
  }

  private func isRecordVariable(_ variable: NetCDFVariable) -> Bool {
    variable.dimensions.first.flatMap { schema.dimension($0) }?.isUnlimited ?? false
  }

  private func write(
    _ values: NetCDFBuffer, to name: String, _ start: [Int], _ count: [Int]
  ) throws(ExchangeError) {
    guard let variable = schema.variable(name) else {
      throw ExchangeError(path: path, kind: .noSuchName, reason: "there is no variable '\(name)'")
    }
    try writing { () throws(ExchangeError) in
      var shape = schema.shape(of: variable)
      if isRecordVariable(variable) { shape[0] = records }
      try checkBlock(path: path, name: name, shape: shape, start: start, count: count)
      guard MemoryLimit.bytes(shape: count, elementSize: 1) == values.count else {
        throw .mismatch(path, "\(values.count) values do not fill a block of \(count) of '\(name)'")
      }
      guard values.count > 0 else { return }
      try put(values, variable, start, count).get()
    }
  }

  private func put(
    _ values: NetCDFBuffer, _ variable: NetCDFVariable, _ start: [Int], _ count: [Int]
  ) -> Result<Void, ExchangeError> {
    do throws(ExchangeError) {
      try values.put(
        handle, identifiers[variable.name] ?? -1, variable.type, start, count, path: path, name: variable.name
      )
      return .success(())
    } catch { return .failure(error) }
  }

  /// Runs a writing step.
  ///
  /// What the disk refuses once is refused for good; a caller's mistake is not kept.
  private func writing(_ body: () throws(ExchangeError) -> Void) throws(ExchangeError) {
    try NetCDFLibrary.exclusively { () throws(ExchangeError) in
      if let failure { throw failure }
      guard !isClosed else { throw ExchangeError(path: path, kind: .closed, reason: "it is closed already") }
      do throws(ExchangeError) { try body() } catch {
        if error.kind != .mismatch { failure = error }
        throw error
      }
    }
  }

  /// The library truncates and, on failure, deletes what stands at the path: only a file may stand there.
  private static func checkReplaceable(_ path: String) throws(ExchangeError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard isFolder(parentFolder(of: path)) else { throw .system(ENOENT, path: path, doing: "create") }
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      // A slip such as `-o problem.yaml` must not cost the file.
      guard status.st_size > 0, let file = try? InputFile(path),
        let magic = try? file.read(count: min(4, file.size), at: 0),
        !magic.starts(with: Array("CDF".utf8)), !magic.starts(with: [0x89] + Array("HDF".utf8))
      else { return }
      throw ExchangeError(
        path: path, kind: .notPermitted, reason: "it exists and is no NetCDF file; it is not overwritten")
    case S_IFDIR: throw .system(EISDIR, path: path, doing: "write")
    default:
      throw ExchangeError(
        path: path, kind: .notARegularFile,
        reason: "it is a device or a pipe, and NetCDF needs a regular file")
    }
  }
}

/// Throws unless `count` elements from `start` on lie inside `shape`.
func checkBlock(
  path: String, name: String, shape: [Int], start: [Int], count: [Int]
) throws(ExchangeError) {
  guard start.count == shape.count, count.count == shape.count else {
    throw .mismatch(path, "'\(name)' has \(shape.count) axes, and the block has \(count.count)")
  }
  for (axis, length) in shape.enumerated() {
    guard start[axis] >= 0, count[axis] >= 0, start[axis] <= length, count[axis] <= length - start[axis]
    else {
      throw .mismatch(
        path,
        "\(count[axis]) elements from \(start[axis]) on are outside axis \(axis) of '\(name)', shape \(shape)"
      )
    }
  }
}
