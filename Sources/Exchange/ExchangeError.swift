/// What went wrong with a file: where, what kind of trouble, and the reason in plain words.
public struct ExchangeError: Error, Hashable, Sendable, Codable {
  /// The kind of trouble, for programs that act on it.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// The file, or the folder it should stand in, does not exist.
    case notFound
    /// The system does not allow the access.
    case notPermitted
    /// A folder, a device or a pipe stands where a regular file is needed.
    case notARegularFile
    /// The disk, the quota or the file-size limit is exhausted.
    case diskFull
    /// The file is in another format than expected, or in a part of it that is not supported.
    case unsupportedFormat
    /// The file contradicts itself: cut off, or its checksum differs.
    case corrupted
    /// The content needs more memory than allowed.
    case tooLarge
    /// A variable, attribute or dimension that the file does not have.
    case noSuchName
    /// Names, shapes or types do not fit together.
    case mismatch
    /// The child process that reads foreign files crashed or answered nonsense.
    case readerCrashed
    /// The child process that reads foreign files took too long.
    case readerTimedOut
    /// The file has been closed already.
    case closed
    /// Any other refusal of the operating system or of a format's library.
    case system
  }
  public var path: String
  public var kind: Kind
  /// A sentence without capital and full stop, such as `the disk is full`.
  public var reason: String
  /// The line of a text file, from 1.
  public var line: Int?
  /// What to do, where that can be said.
  public var hint: String?

  public init(path: String, kind: Kind, reason: String, line: Int? = nil, hint: String? = nil) {
    self.path = path
    self.kind = kind
    self.reason = reason
    self.line = line
    self.hint = hint
  }
}

extension ExchangeError: CustomStringConvertible {
  /// `path:line: reason (hint)`.
  public var description: String {
    let place = line.map { "\(path):\($0)" } ?? path
    return "\(place): \(reason)" + (hint.map { " (\($0))" } ?? "")
  }
}
