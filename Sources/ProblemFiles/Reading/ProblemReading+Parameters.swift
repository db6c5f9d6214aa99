import Equations

extension ProblemReading {
  /// Parameters are read from the top: each may use those above it.
  func readParameters() {
    for entry in entries("parameters") {
      guard declare(entry.key, "the parameter", at: entry.place) else { continue }
      scopes.parameters.insert(entry.key)
      places.definitions[entry.key] = entry.place
      guard let parameter = parameter(entry) else { continue }
      if parameter.isUnknown {
        // No number of the file can depend on it.
        scopes.sought.insert(entry.key)
      } else {
        numbers.bindings[entry.key] = parameter.value
      }
      problem.parameters.append(parameter)
    }
  }

  private func parameter(_ entry: SourceNode.Entry) -> Parameter? {
    let unit = entry.value["unit"]?.text
    if entry.value["unknown"]?.boolean == true { return unknownParameter(entry, unit) }
    if let guess = entry.value.entries?.first(where: { $0.key == "initial" }) {
      findings.error(
        guess.place, "'\(entry.key)' is known, and needs no first guess",
        hint: "add unknown: true if it is to be found from data",
        key: "parameters.\(entry.key).initial")
    }
    if let node = entry.value.entries == nil ? entry.value : entry.value["value"] {
      guard node.text != nil, !node.isNull, let value = numbers.value(node, key: entry.key) else {
        return nil
      }
      if let normal = entry.value.entries?.first(where: { $0.key == "normal" }) {
        findings.error(
          normal.place, "'value' and 'normal' exclude each other", key: "parameters.\(entry.key).normal")
      }
      if let input = entry.value.entries?.first(where: { $0.key == "input" }), input.value.boolean == true {
        findings.error(
          input.place, "'\(entry.key)' is the same number in all samples, and cannot be an input",
          hint: "give it a distribution, such as uniform: [0.5, 2]", key: "parameters.\(entry.key).input")
      }
      return Parameter(name: entry.key, value: value, unit: unit)
    }
    guard let distribution = distribution(entry) else { return nil }
    return Parameter(
      name: entry.key, distribution: distribution, isInput: entry.value["input"]?.boolean ?? false,
      unit: unit)
  }

  /// A parameter that is to be found from data.
  private func unknownParameter(_ entry: SourceNode.Entry, _ unit: String?) -> Parameter? {
    let key = "parameters.\(entry.key)"
    for other in entry.value.entries ?? [] where ["value", "uniform", "normal", "input"].contains(other.key) {
      findings.error(
        other.place, "'\(entry.key)' is unknown, and '\(other.key)' says something of its values",
        hint: "its first guess is given under 'initial'", key: "\(key).\(other.key)")
      return nil
    }
    guard let guess = entry.value["initial"] else {
      findings.missing(
        entry.place, "key 'initial' is missing in '\(key)'",
        hint: "for example: \(entry.key): {unknown: true, initial: 1}",
        key: key)
      return nil
    }
    return numbers.value(guess, key: "initial").map {
      Parameter(name: entry.key, unknownFrom: $0, unit: unit)
    }
  }

  private func distribution(_ entry: SourceNode.Entry) -> ParameterDistribution? {
    let key = "parameters.\(entry.key)"
    guard
      let (name, node) = ["uniform", "normal"].lazy.compactMap({ name in
        entry.value[name].map { (name, $0) }
      }).first
    else {
      findings.missing(
        entry.place, "key 'value' is missing in '\(key)'",
        hint: "for example: \(entry.key): 0.01, or \(entry.key): {uniform: [0.5, 2]}", key: key)
      return nil
    }
    // What has another number of elements is reported with the table's words.
    guard let elements = node.elements, elements.count == 2 else { return nil }
    let ends = elements.compactMap { numbers.value($0, key: name) }
    guard ends.count == 2 else { return nil }
    if name == "uniform" {
      guard ends[0] < ends[1], (ends[1] - ends[0]).isFinite else {
        findings.error(
          node.place,
          "'uniform' must begin before it ends, not at \(plain(ends[0])) before \(plain(ends[1]))",
          key: "\(key).uniform")
        return nil
      }
      return .uniform(from: ends[0], to: ends[1])
    }
    guard ends[1] > 0 else {
      findings.error(
        elements[1].place, "the standard deviation must be above 0, not \(plain(ends[1]))",
        key: "\(key).normal")
      return nil
    }
    return .normal(mean: ends[0], deviation: ends[1])
  }
}
