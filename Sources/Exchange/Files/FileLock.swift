import Glibc

/// The right to write a file, or into a folder, which one at a time has, in this process or in another.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the right to what is at `path`; `nil` where there is nothing yet.
  ///
  /// - Parameters:
  ///   - reason: what is said if another one has it.
  ///   - hint: what to do then.
  /// - Throws: `ExchangeError` where another one has it, or where it cannot be opened.
  package init?(_ path: String, reason: String, hint: String? = nil) throws(ExchangeError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "open") }
    // File systems without locks are used without.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(descriptor)
      throw ExchangeError(path: path, kind: .notPermitted, reason: reason, hint: hint)
    }
  }

  deinit { close(descriptor) }
}
