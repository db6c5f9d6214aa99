import Equations

extension ProblemReading {
  /// What is measured of the unknowns: columns of a file, or formulas.
  func readMeasurements() {
    guard let node = root["data"], node.entries != nil else { return }
    if let synthetic = node["synthetic"] {
      if synthetic.entries != nil { readSynthetic(synthetic) }
      for other in node.entries ?? [] where ["columns", "noise"].contains(other.key) {
        findings.error(
          other.place, "'\(other.key)' is said of a file, and the data are synthetic",
          hint: other.key == "noise" ? "give it under 'synthetic'" : nil, key: "data.\(other.key)")
      }
      return
    }
    guard let file = node["file"] else {
      return findings.missing(
        node.place, "'data' has neither 'file' nor 'synthetic'",
        hint: "for example: {file: sensors.csv, columns: {x: x, t: t, u: u}}", key: "data")
    }
    guard let path = file.text, !path.isEmpty, !path.utf8.contains(0) else {
      return findings.error(file.place, "'file' must name a file", key: "data.file")
    }
    guard let columns = node["columns"] else {
      return findings.missing(
        node.place, "key 'columns' is missing in 'data'",
        hint: "it says what the columns of the file are, such as columns: {x: x, t: t, u: u}", key: "data")
    }
    readFile(path, columns, noise: node["noise"].flatMap { numbers.value($0, key: "noise") } ?? 0)
  }

  private func readFile(_ path: String, _ columns: SourceNode, noise: Double) {
    let coordinates = axisNames + (scopes.hasTime ? ["t"] : [])
    var found: [String: String] = [:]
    var quantities: [(column: String, definition: Definition)] = []
    for entry in columns.entries ?? [] {
      let text = entry.value.text?.trimmed ?? ""
      if coordinates.contains(text) {
        if let other = found.updateValue(entry.key, forKey: text) {
          findings.error(
            entry.place, "'\(shortened(other, to: 40))' is the coordinate '\(text)' already",
            key: "data.columns")
        }
      } else if let quantity = quantity(text, entry.value) {
        quantities.append((entry.key, quantity))
      }
    }
    let missing = coordinates.filter { found[$0] == nil }
    guard missing.isEmpty else {
      return findings.missing(
        columns.place, "no column has the coordinate '\(missing[0])'",
        hint: "every point needs \(coordinates.joined(separator: ", "))", key: "data.columns")
    }
    guard !quantities.isEmpty else {
      // What could not be read has been reported.
      guard columns.entries?.count == coordinates.count else { return }
      return findings.missing(
        columns.place, "no column is something that was measured",
        hint: "for example: \(problem.unknowns.first?.name ?? "u"): \(problem.unknowns.first?.name ?? "u")",
        key: "data.columns")
    }
    problem.data.append(
      MeasuredData(
        quantities: quantities.map(\.definition),
        source: .file(
          path, coordinates: coordinates.compactMap { found[$0] }, quantities: quantities.map(\.column)),
        noise: noise))
  }

  /// An expression of unknowns, as something that is measured.
  private func quantity(_ text: String, _ node: SourceNode) -> Definition? {
    guard let value = expression(node, scopes.equations, "a measured quantity") else { return nil }
    return Definition(name: text, expression: value)
  }

  private func readSynthetic(_ node: SourceNode) {
    var (quantities, formulas): ([Definition], [Expression]) = ([], [])
    for entry in node["of"]?.entries ?? [] {
      let name = SourceNode(content: .scalar(entry.key, .plain), place: entry.place)
      guard let quantity = quantity(entry.key.trimmed, name),
        let formula = expression(
          entry.value, scopes.given, "the formula of '\(shortened(entry.key, to: 40))'")
      else { continue }
      quantities.append(quantity)
      formulas.append(formula)
    }
    func number(_ key: String) -> Double? { node[key].flatMap { numbers.value($0, key: key) } }
    guard let count = number("points").flatMap({ Int(exactly: $0) }) else { return }
    guard !quantities.isEmpty else {
      guard let of = node["of"], of.entries?.isEmpty == true else { return }
      return findings.error(
        of.place, "'of' says nothing of what is measured", hint: "for example: {u: sin(pi*x)}", key: "data.of"
      )
    }
    problem.data.append(
      MeasuredData(
        quantities: quantities,
        source: .formulas(formulas, points: count, seed: number("seed").flatMap { UInt64(exactly: $0) } ?? 0),
        noise: number("noise") ?? 0))
  }
}
