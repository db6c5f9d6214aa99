/// One mistake in a problem file, at its place.
public struct Diagnostic: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable { case error, warning }

  /// The file, or `--set key` for the value of an override.
  public var file: String
  /// From 1; 0 where the mistake is not at a place of the file (it does not exist, say).
  public var line: Int
  /// From 1, counted in Unicode scalars.
  public var column: Int
  /// How many columns are underlined.
  public var length: Int
  public var severity: Severity
  public var message: String
  /// What to do: `did you mean 'periodic'?`.
  public var hint: String?
  /// The dotted path of the key that the mistake is in.
  public var key: String?
  /// The line of the file that the mistake is in, or of a long line the part around the mistake.
  public var excerpt: String
  /// The column of the line at which the excerpt starts.
  public var excerptColumn: Int

  public init(
    file: String, line: Int = 0, column: Int = 0, length: Int = 1, severity: Severity = .error,
    message: String, hint: String? = nil, key: String? = nil, excerpt: String = "", excerptColumn: Int = 1
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.length = length
    self.severity = severity
    self.message = message
    self.hint = hint
    self.key = key
    self.excerpt = excerpt
    self.excerptColumn = excerptColumn
  }

  init(_ place: Place, severity: Severity = .error, _ message: String, hint: String?, key: String?) {
    let (line, column) = place.source.position(of: place.offset)
    let excerpt = place.source.excerpt(line: line, around: column)
    let underlined = place.source.slice(place.offset, place.offset + min(place.length, 400)).unicodeScalars
    let length = underlined.prefix { !$0.properties.isWhitespace || $0 == " " }.count
    self.init(
      file: place.source.name, line: line, column: column, length: max(length, 1), severity: severity,
      message: message, hint: hint, key: key, excerpt: excerpt.text, excerptColumn: excerpt.column)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The message as compilers print it: place, message, the line, a caret under it, the hint.
  public var description: String {
    guard line > 0 else {
      return "\(file): \(severity): \(message)" + (hint.map { "\n  \($0)" } ?? "")
    }
    var text = "\(file):\(line):\(column): \(severity): \(message)"
    let shown = visibleExcerpt
    if !shown.isEmpty {
      let indent = min(max(column - excerptColumn, 0), shown.unicodeScalars.count)
      let visible = max(1, min(length, shown.unicodeScalars.count - indent))
      text += "\n  \(shown)\n  " + String(repeating: " ", count: indent) + "^"
      text += String(repeating: "~", count: visible - 1)
    }
    if let hint { text += "\n  \(hint)" }
    return text
  }

  /// A tab would move the caret, and a control character could move the cursor of a terminal.
  private var visibleExcerpt: String {
    var visible = String.UnicodeScalarView()
    for scalar in excerpt.unicodeScalars {
      visible.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(visible)
  }
}

/// Why a problem file cannot be read: every mistake in it, in the order of the file.
public struct ProblemFileError: Error, Sendable, Hashable {
  /// At least one error; warnings may stand among them.
  public var diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

extension ProblemFileError: CustomStringConvertible {
  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
