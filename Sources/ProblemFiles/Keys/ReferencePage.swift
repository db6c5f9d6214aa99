extension ProblemFileReader {
  /// The reference of all keys as Markdown, generated from the tables.
  public var referencePage: String {
    var text = "# Keys of problem files\n"
    for table in tables {
      text += "\n## \(table.title)\n\n| key | value | default | meaning | example |\n|---|---|---|---|---|\n"
      for key in table.keys { text += row(key) }
      for (path, names) in table.names.sorted(by: { $0.key < $1.key }) where !names.isEmpty {
        text += "\n### Names for `\(path)`\n\n| name | meaning |\n|---|---|\n"
        for name in names { text += "| `\(name.name)` | \(cell(name.text)) |\n" }
      }
    }
    return text
  }

  private func row(_ key: Key) -> String {
    var value = StructureCheck.words(key.types)
    if let range = key.range { value += ", \(range)" }
    if let unit = key.unit { value += " (\(unit))" }
    let standard = key.isRequired ? "required" : key.defaultValue ?? ""
    let meaning = key.text
    let example = key.example.isEmpty ? "" : "`\(cell(key.example))`"
    return "| `\(key.path)` | \(cell(value)) | \(cell(standard)) | \(cell(meaning)) | \(example) |\n"
  }

  private func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
