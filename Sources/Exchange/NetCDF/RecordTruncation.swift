import Glibc

/// Cuts records off the end of a classic file, so that a resumed run leaves no stale ones behind.
enum RecordTruncation {
  /// Makes a file of our own readable whose header counts more records than the file holds.
  static func restore(path: String, records: Int) throws(ExchangeError) {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "write") }
    var magic: [UInt8] = [0, 0, 0, 0]
    let isOurs = pread(descriptor, &magic, 4, 0) == 4 && magic == [0x43, 0x44, 0x46, 5]
    let isWritten = isOurs && write(count: records, width: 8, to: descriptor)
    close(descriptor)
    if isWritten { try truncate(path: path, toRecords: records) }
  }

  private static func write(count: Int, width: Int, to descriptor: Int32) -> Bool {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: count >> (8 * (width - 1 - $0))) }
    return pwrite(descriptor, bytes, width, 4) == width
  }

  static func truncate(path: String, toRecords kept: Int) throws(ExchangeError) {
    let header = try ClassicHeader(path: path)
    guard kept <= header.recordCount else {
      throw .mismatch(path, "it has \(header.recordCount) records, and \(kept) were to be kept")
    }
    let recordStart = header.variables.filter(\.isRecord).map(\.begin).min()
    guard let recordStart else { return }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "write") }
    defer { close(descriptor) }
    if kept < header.statedRecordCount {
      // The count first: killed between the two steps, the file merely has bytes too many.
      let width = header.version == 5 ? 8 : 4
      guard write(count: kept, width: width, to: descriptor) else {
        throw .system(errno, path: path, doing: "write")
      }
    }
    let fixedEnd = header.variables.filter { !$0.isRecord }.map { $0.begin + $0.size }.max() ?? 0
    let end = max(recordStart + kept * header.recordSize, fixedEnd, header.headerSize)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno, path: path, doing: "read") }
    guard Int(status.st_size) > end else { return }
    guard ftruncate(descriptor, end) == 0 else { throw .system(errno, path: path, doing: "write") }
  }
}
