import Glibc

/// Writes whole files so that a reader sees either the old content or the new one, never a part.
///
/// The bytes go to a temporary name in the same folder, are flushed to the disk, and the name is
/// changed last. A link is followed; a device or a pipe (`/dev/stdout`) is written to directly.
public enum AtomicFile {
  /// Writes bytes.
  public static func write(_ bytes: some Collection<UInt8>, to path: String) throws(ExchangeError) {
    try write(to: path) { file throws(ExchangeError) in try file.write(bytes) }
  }

  /// Writes text as UTF-8.
  public static func write(_ text: String, to path: String) throws(ExchangeError) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes what `body` hands to the file it is given, piece by piece.
  ///
  /// If `body` throws, the old content stays and no temporary file is left.
  public static func write(
    to path: String, _ body: (OutputFile) throws(ExchangeError) -> Void
  ) throws(ExchangeError) {
    try checkPath(path)
    ignoreFileSizeSignal()
    let target = resolvingLinks(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    let type = status.st_mode & S_IFMT
    guard !exists || type != S_IFDIR else { throw .system(EISDIR, path: path, doing: "write") }
    if exists && type != S_IFREG {
      let file = try OutputFile(target, flags: O_WRONLY, mode: 0, reportedAs: path)
      try body(file)
      return try file.finish(flushingToDisk: false)
    }

    let temporary = temporaryName(beside: target)
    let file = try OutputFile(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o666, reportedAs: path)
    do throws(ExchangeError) {
      try body(file)
      if exists { file.setPermissions(status.st_mode & 0o7777) }
      try file.finish(flushingToDisk: true)
      guard rename(temporary, target) == 0 else { throw .system(errno, path: path, doing: "write") }
    } catch {
      unlink(temporary)
      throw error
    }
    flushFolder(parentFolder(of: target))
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Short, so that it fits wherever the final name fits.
  private static func temporaryName(beside path: String) -> String {
    let tag = String(UInt64.random(in: 0 ... .max), radix: 36)
    return "\(parentFolder(of: path))/.tmp-\(tag)"
  }

  /// Makes the new name durable.
  ///
  /// A file system that cannot is not an error: the file is complete.
  private static func flushFolder(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// A file being written by `AtomicFile`.
public final class OutputFile {
  private let path: String
  private var descriptor: Int32

  init(_ name: String, flags: Int32, mode: mode_t, reportedAs path: String) throws(ExchangeError) {
    self.path = path
    descriptor = open(name, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "write") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends bytes.
  public func write(_ bytes: some Collection<UInt8>) throws(ExchangeError) {
    let written: Result<Void, ExchangeError>? = bytes.withContiguousStorageIfAvailable {
      writing(UnsafeRawBufferPointer($0))
    }
    if let written { return try written.get() }
    try Array(bytes).withUnsafeBytes { writing($0) }.get()
  }

  /// Appends the elements as they lie in memory.
  public func write<Element: BitwiseCopyable>(
    elements: UnsafeBufferPointer<Element>
  ) throws(ExchangeError) {
    try writing(UnsafeRawBufferPointer(elements)).get()
  }

  private func writing(_ bytes: UnsafeRawBufferPointer) -> Result<Void, ExchangeError> {
    var done = 0
    while done < bytes.count {
      let written = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0 {
        if errno == EINTR { continue }
        return .failure(.system(errno, path: path, doing: "write"))
      }
      done += written
    }
    return .success(())
  }

  func setPermissions(_ mode: mode_t) { fchmod(descriptor, mode) }

  /// Flushes and closes: errors that the system kept back come out here.
  func finish(flushingToDisk: Bool) throws(ExchangeError) {
    let flushed = flushingToDisk ? fsync(descriptor) : 0
    let flushCode = errno
    let closed = close(descriptor)
    let closeCode = errno
    descriptor = -1
    guard flushed == 0 else { throw .system(flushCode, path: path, doing: "write") }
    guard closed == 0 else { throw .system(closeCode, path: path, doing: "write") }
  }
}
