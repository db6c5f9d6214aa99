import Yams

/// What libyaml says of a text that is not YAML, in our words where they are clearer.
extension YAMLReader {
  func diagnostic(for error: YamlError) -> Diagnostic {
    func at(_ mark: Mark, _ problem: String, _ context: YamlError.Context?) -> Diagnostic {
      let isDepth = problem.contains("nesting level")
      let context = isDepth ? nil : context
      let problem = isDepth ? "the file is too deeply nested" : problem
      let place = Place(
        source: source, offset: source.offset(line: mark.line, column: mark.column), length: 1)
      let explanation = context.map { " (\($0.text), which began in line \($0.mark.line))" } ?? ""
      return Diagnostic(place, problem + explanation, hint: Self.hint(for: problem), key: nil)
    }
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      return at(mark, problem, context)
    case .composer(_, let problem, let mark, _):
      if problem.contains("another document") { return at(mark, "a second document begins here", nil) }
      return at(mark, problem, nil)
    case .duplicatedKeysInMapping(let names, let context):
      let name = shortened(names.first ?? "", to: 40)
      return at(context.mark, "key '\(name)' is given twice", nil)
    case .reader(let problem, let offset, _, let yaml):
      let index = offset.flatMap { yaml.index(yaml.startIndex, offsetBy: $0, limitedBy: yaml.endIndex) }
      let bytes = index.map { yaml.utf8.distance(from: yaml.startIndex, to: $0) } ?? 0
      return Diagnostic(
        Place(source: source, offset: min(bytes, source.bytes.count), length: 1), problem, hint: nil, key: nil
      )
    case .memory:
      return Diagnostic(file: source.name, message: "the file is too deeply nested")
    default:
      return Diagnostic(file: source.name, message: "this is not YAML: \(error)")
    }
  }

  private static func hint(for problem: String) -> String? {
    if problem.contains("mapping values are not allowed") {
      return "a text with ': ' in it needs quotes; a key needs the same indentation as its neighbours"
    }
    if problem.contains("cannot start any token") {
      return "a text that begins with a special character needs quotes; indent with spaces, not tabs"
    }
    if problem.contains("<document start>") {
      return "the file ended before this; is a text only partly in quotes?"
    }
    if problem.contains("undefined alias") { return "a text that begins with '*' needs quotes" }
    if problem.contains("expected ',' or") { return "a bracket is not closed, or a text needs quotes" }
    if problem.contains("expected <block end>") || problem.contains("could not find expected ':'") {
      return "check the indentation, and the space after ':'"
    }
    return nil
  }
}
