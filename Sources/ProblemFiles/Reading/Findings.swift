/// The mistakes found so far: one for each place, in the order of the file.
final class Findings {
  private struct Finding {
    var rank: Int
    var offset: Int
    var diagnostic: Diagnostic
  }
  private var findings: [Finding] = []
  private var places: Set<[Int]> = []
  /// More than this are not shown: a file that wrong is not a problem file.
  static let limit = 100
  /// How many were not even kept.
  private var dropped = 0
  /// Whether looking for more mistakes is of no use.
  var isFull: Bool { findings.count >= 2 * Self.limit }

  func error(
    _ place: Place, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil,
    key: String? = nil
  ) {
    guard places.insert([place.source.rank, place.offset]).inserted else { return }
    guard !isFull else { return dropped += 1 }
    add(place, Diagnostic(place, message(), hint: hint(), key: key))
  }

  /// Something that is not there, said at the start of what lacks it; several may be missing there.
  func missing(_ place: Place, _ message: String, hint: String? = nil, key: String? = nil) {
    add(place, Diagnostic(place, message, hint: hint, key: key))
  }

  func warning(_ place: Place, _ message: String, hint: String? = nil, key: String? = nil) {
    add(place, Diagnostic(place, severity: .warning, message, hint: hint, key: key))
  }

  /// Takes over what reading the YAML of one text found.
  func adopt(_ diagnostics: [Diagnostic], of source: SourceText) {
    for diagnostic in diagnostics {
      let offset = source.offset(line: diagnostic.line, column: diagnostic.column)
      places.insert([source.rank, offset])
      findings.append(Finding(rank: source.rank, offset: offset, diagnostic: diagnostic))
    }
  }

  private func add(_ place: Place, _ diagnostic: Diagnostic) {
    findings.append(Finding(rank: place.source.rank, offset: place.offset, diagnostic: diagnostic))
  }

  var hasErrors: Bool { findings.contains { $0.diagnostic.severity == .error } }

  /// Whether anything wrong may keep the equations from being understood.
  var hasErrorsInStatement: Bool {
    let harmless: Set<Substring> = [
      "problem", "title", "notes", "units", "reference", "discretization", "solver", "output", "recipes",
    ]
    return findings.contains { finding in
      guard finding.diagnostic.severity == .error else { return false }
      guard let section = finding.diagnostic.key?.split(separator: ".").first else { return true }
      return !harmless.contains(section)
    }
  }

  /// Everything found, by place.
  var sorted: [Diagnostic] {
    let all = findings.enumerated().sorted {
      ($0.element.rank, $0.element.offset, $0.offset) < ($1.element.rank, $1.element.offset, $1.offset)
    }.map(\.element.diagnostic)
    let hidden = all.count - Self.limit + dropped
    guard hidden > 0, let last = all.last else { return all }
    return all.prefix(Self.limit) + [
      Diagnostic(file: last.file, message: "\(hidden) more mistakes are not shown")
    ]
  }
}
