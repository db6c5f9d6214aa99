import Equations

/// Puts `--set key=value` into the nodes of a file, before they are read.
struct Overrides {
  let tree: KeyTree
  let findings: Findings

  func apply(_ overrides: [String], to root: SourceNode) -> SourceNode {
    var root = root
    for (index, text) in overrides.enumerated() {
      if let changed = apply(text, rank: index + 1, to: root) { root = changed }
    }
    return root
  }

  /// Puts the keys under `recipes.NAME.data.set` into the nodes of the same file.
  func apply(settingsOf recipe: String, to root: SourceNode) -> SourceNode {
    let settings = root["recipes"]?[recipe]?["data"]?["set"]?.entries ?? []
    var changed = root
    for entry in settings {
      let steps = entry.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard steps.first != "recipes" else {
        findings.error(
          entry.place, "'set' changes the problem, not its recipes", key: "recipes.\(recipe).data.set")
        continue
      }
      let setting = Setting(overrides: self, path: steps, place: entry.place, root: changed)
      if let next = setting.set(entry.value, at: steps[...], in: changed, tree.root) { changed = next }
    }
    // The time between two records is the solver's business, too.
    if let every = root["recipes"]?[recipe]?["data"]?.entries?.first(where: { $0.key == "every" }) {
      let setting = Setting(overrides: self, path: ["output", "every"], place: every.place, root: changed)
      if let next = setting.set(every.value, at: ["output", "every"], in: changed, tree.root) {
        changed = next
      }
    }
    return changed
  }

  private func apply(_ text: String, rank: Int, to root: SourceNode) -> SourceNode? {
    let bytes = Array(text.utf8)
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
      let source = SourceText(name: "--set", bytes: bytes, rank: rank)
      findings.error(
        Place(source: source, offset: 0, length: max(bytes.count, 1)), "an override must be 'key=value'",
        hint: "for example: --set domain.t=[0,2]")
      return nil
    }
    let path = String(decoding: bytes[..<equals], as: UTF8.self).trimmed
    let source = SourceText(name: "--set \(shortened(path, to: 80))", bytes: bytes, rank: rank)
    var reader = YAMLReader(source: source, from: equals + 1)
    let value = reader.read()
    findings.adopt(reader.diagnostics, of: source)
    guard let value else {
      if reader.diagnostics.isEmpty {
        findings.error(Place(source: source, offset: equals, length: 1), "'\(path)' has no value", key: path)
      }
      return nil
    }
    let steps = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let setting = Setting(
      overrides: self, path: steps, place: Place(source: source, offset: 0, length: equals), root: root)
    return setting.set(value, at: steps[...], in: root, tree.root)
  }
}

/// One override on its way down the tree.
private struct Setting {
  let overrides: Overrides
  let path: [String]
  let place: Place
  let root: SourceNode

  /// Sections whose names the file makes up: an override changes them, and adds none.
  private static let closedSections: Set<String> = [
    "parameters", "domain", "define", "fields", "quantities", "budgets", "recipes",
  ]

  func set(
    _ value: SourceNode, at steps: ArraySlice<String>, in node: SourceNode?, _ known: KeyTree.Node
  ) -> SourceNode? {
    guard let step = steps.first else { return value }
    let rest = steps.dropFirst()
    if let elements = node?.elements, known.key?.shortForm == nil || Int(step) != nil {
      return setElement(value, step, rest, elements, node, known)
    }
    let isOpen = known.key?.types.contains(.anything) == true
    guard let child = isOpen ? known : known.child(step) else { return fail(step, known) }
    let base = expanded(node, known, step)
    if let base, base.entries == nil {
      let section = path[..<(path.count - steps.count)].joined(separator: ".")
      overrides.findings.error(
        place, "'\(section)' is \(base.kindName) in the file, so that '\(step)' cannot be set in it",
        key: path.joined(separator: "."))
      return nil
    }
    var entries = base?.entries ?? []
    let index = entries.firstIndex { $0.key == step }
    let isOwnName = !known.children.contains { $0.name == step }
    if index == nil, isOwnName, !isOpen, Self.closedSections.contains(known.path) {
      overrides.findings.error(
        place, "there is no '\(shortened(step, to: 40))' in '\(known.path)' of the file",
        hint: suggestion(for: step, in: entries.map(\.key)), key: path.joined(separator: "."))
      return nil
    }
    guard let changed = set(value, at: rest, in: index.map { entries[$0].value }, child) else { return nil }
    if let index {
      entries[index].value = changed
    } else {
      entries.append(.init(key: step, place: place, value: changed))
    }
    if let excluded = child.key?.excludes {
      // What the file says gives way; two overrides contradict each other, which reading reports.
      entries.removeAll { $0.key == excluded && $0.value.place.source.rank == 0 }
    }
    return SourceNode(content: .mapping(entries), place: base?.place ?? place)
  }

  private func setElement(
    _ value: SourceNode, _ step: String, _ rest: ArraySlice<String>, _ elements: [SourceNode],
    _ node: SourceNode?, _ known: KeyTree.Node
  ) -> SourceNode? {
    let isOpen = known.key?.types.contains(.anything) == true
    guard let index = Int(step), elements.indices.contains(index),
      let child = isOpen ? known : known.element.first
    else {
      overrides.findings.error(
        place,
        "'\(known.path)' is a list of \(elements.count), numbered from 0; it has no element '\(shortened(step, to: 40))'",
        key: path.joined(separator: "."))
      return nil
    }
    guard let changed = set(value, at: rest, in: elements[index], child) else { return nil }
    var elements = elements
    elements[index] = changed
    return SourceNode(content: .sequence(elements), place: node?.place ?? place)
  }

  /// The node as a mapping, where it stands in its short form.
  private func expanded(_ node: SourceNode?, _ known: KeyTree.Node, _ step: String) -> SourceNode? {
    guard let node, node.entries == nil else { return node }
    if node.isNull { return nil }
    if let key = known.key?.shortForm {
      return SourceNode(
        content: .mapping([.init(key: key, place: node.place, value: node)]), place: node.place)
    }
    if known.path == "discretization" {
      let axes = (root["domain"]?.entries ?? []).map(\.key).filter { $0 != "t" }
      return SourceNode(
        content: .mapping(axes.map { .init(key: $0, place: node.place, value: node) }), place: node.place)
    }
    return node
  }

  private func fail(_ step: String, _ known: KeyTree.Node) -> SourceNode? {
    let full = path.joined(separator: ".")
    let section = known.path.isEmpty ? "" : " in '\(known.path)'"
    overrides.findings.error(
      place, "unknown key '\(shortened(step, to: 60))'\(section)", hint: hint(step, known, full), key: full)
    return nil
  }

  private func hint(_ step: String, _ known: KeyTree.Node, _ full: String) -> String? {
    if path.count == 1 {
      for section in ["parameters", "domain", "initial", "discretization", "solver", "output"] {
        if root[section]?[step] != nil { return "did you mean '\(section).\(step)'?" }
      }
      let endings = overrides.tree.fixedPaths.filter { $0.hasSuffix(".\(step)") }
      if let first = endings.first { return "did you mean '\(first)'?" }
    }
    if let name = nearestName(to: step, in: known.childNames) {
      let prefix = known.path.isEmpty ? "" : path.prefix { $0 != step }.joined(separator: ".") + "."
      return "did you mean '\(prefix)\(name)'?"
    }
    return suggestion(for: full, in: overrides.tree.fixedPaths)
  }
}
