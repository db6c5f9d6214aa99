import Glibc

/// A regular file open for reading.
final class InputFile {
  let path: String
  /// Bytes, when it was opened.
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws(ExchangeError) {
    try checkPath(path)
    // Without O_NONBLOCK a named pipe would wait for a writer for ever.
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "open") }
    self.path = path
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      size = 0
      throw .system(code, path: path, doing: "read")
    }
    size = Int(status.st_size)
    let type = status.st_mode & S_IFMT
    guard type == S_IFREG else {
      let reason = type == S_IFDIR ? "it is a folder, not a file" : "it is not a regular file"
      throw ExchangeError(path: path, kind: .notARegularFile, reason: reason)
    }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Fills `bytes` from `offset` on.
  func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(ExchangeError) {
    var done = 0
    while done < bytes.count {
      let got = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
      if got < 0 {
        if errno == EINTR { continue }
        throw .system(errno, path: path, doing: "read")
      }
      guard got > 0 else {
        throw ExchangeError(path: path, kind: .corrupted, reason: "the file ends too early")
      }
      done += got
    }
  }

  /// `count` bytes from `offset` on; the caller has checked `count` against the size.
  func read(count: Int, at offset: Int) throws(ExchangeError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // Typed errors do not pass through `withUnsafeMutableBytes`.
    let result: Result<Void, ExchangeError> = bytes.withUnsafeMutableBytes { buffer in
      do throws(ExchangeError) { return .success(try read(into: buffer, at: offset)) } catch {
        return .failure(error)
      }
    }
    try result.get()
    return bytes
  }

  /// The whole file, if it is not above `limit` bytes.
  func readAll(limit: Int) throws(ExchangeError) -> [UInt8] {
    guard size <= limit else { throw .tooLarge(path: path, bytes: size, limit: limit) }
    return try read(count: size, at: 0)
  }
}

extension ExchangeError {
  static func tooLarge(path: String, bytes: Int, limit: Int) -> ExchangeError {
    ExchangeError(
      path: path, kind: .tooLarge,
      reason: "it needs \(MemoryLimit.text(bytes)), and at most \(MemoryLimit.text(limit)) are allowed")
  }

  static func corrupted(_ path: String, _ reason: String) -> ExchangeError {
    ExchangeError(path: path, kind: .corrupted, reason: reason)
  }

  static func unsupported(_ path: String, _ reason: String, hint: String? = nil) -> ExchangeError {
    ExchangeError(path: path, kind: .unsupportedFormat, reason: reason, hint: hint)
  }

  static func mismatch(_ path: String, _ reason: String) -> ExchangeError {
    ExchangeError(path: path, kind: .mismatch, reason: reason)
  }
}
