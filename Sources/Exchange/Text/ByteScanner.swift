import Glibc

/// The lines of a text file as bytes, a block at a time, so that a large file takes no more memory than what is made
/// of it.
struct ByteScanner: ~Copyable {
  let path: String
  /// Bytes of the whole file.
  let size: Int
  /// The number of the line that `nextLine` returned last, from 1.
  private(set) var lineNumber = 0

  private let file: InputFile?
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// What is in the buffer and not yet handed out.
  private var position = 0
  private var end = 0
  /// Bytes of the file that have been read into the buffer.
  private var consumed = 0

  /// A scanner of a file.
  init(_ file: InputFile, blockSize: Int = 1 << 20) {
    self.file = file
    path = file.path
    size = file.size
    capacity = max(1, min(blockSize, size))
    buffer = .allocate(capacity: capacity)
  }

  /// A scanner of bytes in memory, which errors call `path`.
  init(_ bytes: [UInt8], path: String) {
    file = nil
    self.path = path
    size = bytes.count
    capacity = max(1, size)
    buffer = .allocate(capacity: capacity)
    bytes.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { buffer.update(from: first, count: source.count) }
    }
    (end, consumed) = (size, size)
  }

  deinit { buffer.deallocate() }

  /// Bytes that no line has been made of yet.
  var remaining: Int { size - consumed + end - position }

  /// The next line without its end, valid until the next call; `nil` after the last.
  ///
  /// A line may be as long as the file: the buffer grows with it.
  mutating func nextLine() throws(ExchangeError) -> TextLine? {
    var searched = position
    while true {
      if let newline = firstNewline(from: searched) {
        let line = TextLine(start: buffer + position, end: buffer + newline)
        position = newline + 1
        lineNumber += 1
        return line
      }
      guard consumed < size else { break }
      searched = end - position
      try fill()
      searched += position
    }
    guard position < end else { return nil }
    let line = TextLine(start: buffer + position, end: buffer + end)
    position = end
    lineNumber += 1
    return line
  }

  private func firstNewline(from start: Int) -> Int? {
    guard start < end, let found = memchr(buffer + start, 0x0A, end - start) else { return nil }
    return found.assumingMemoryBound(to: UInt8.self) - UnsafeMutablePointer(buffer)
  }

  /// Moves what is left to the front and reads on.
  private mutating func fill() throws(ExchangeError) {
    guard let file else { return }
    let left = end - position
    if left == capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: min(2 * capacity, size))
      larger.update(from: buffer + position, count: left)
      buffer.deallocate()
      (buffer, capacity) = (larger, min(2 * capacity, size))
    } else {
      memmove(buffer, buffer + position, left)
    }
    let count = min(capacity - left, size - consumed)
    try file.read(into: UnsafeMutableRawBufferPointer(start: buffer + left, count: count), at: consumed)
    (position, end) = (0, left + count)
    consumed += count
  }

  /// An error in the line that was returned last.
  func failure(_ reason: String, hint: String? = nil) -> ExchangeError {
    ExchangeError(path: path, kind: .corrupted, reason: reason, line: max(lineNumber, 1), hint: hint)
  }

  /// Something in the line returned last that is sound but not read.
  func unsupported(_ reason: String, hint: String? = nil) -> ExchangeError {
    ExchangeError(path: path, kind: .unsupportedFormat, reason: reason, line: max(lineNumber, 1), hint: hint)
  }
}
