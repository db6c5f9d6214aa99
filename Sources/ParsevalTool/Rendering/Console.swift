#if canImport(Glibc)
  import Glibc
#endif

/// Where text for people goes: to standard output, or beside a JSON document to standard error.
struct Console: Sendable {
  var isJSON: Bool
  var isQuiet: Bool

  /// Prints what belongs to the result.
  func show(_ text: String) {
    if isJSON { Self.note(text) } else { print(text) }
  }

  /// Prints what can be left out.
  func say(_ text: String) {
    if !isQuiet { show(text) }
  }

  /// Prints the JSON document, if one is wanted.
  func document(_ json: @autoclosure () -> JSON) {
    if isJSON { print(json().text) }
  }

  /// Prints to standard error.
  static func note(_ text: String) { write(text + "\n") }

  /// Writes to standard error, unbuffered; what cannot be written is nobody's loss.
  static func write(_ text: String) {
    fflush(nil)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
