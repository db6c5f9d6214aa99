/// The keys of several tables, arranged as the nodes of a file are.
struct KeyTree: Sendable {
  /// What is known of one node of a file.
  struct Node: Sendable {
    var path: String
    var key: Key?
    var children: [(name: String, node: Node)] = []
    /// What stands under names that the user chooses.
    var wildcard: [Node] = []
    /// What the elements of a list are.
    var element: [Node] = []

    func child(_ name: String) -> Node? {
      children.first { $0.name == name }?.node ?? wildcard.first
    }

    var childNames: [String] { children.map(\.name) }
  }

  let root: Node
  let names: [String: [RegisteredName]]

  /// A key whose path is already there replaces it, so that a registry can refine a key of the file.
  init(_ tables: [KeyTable]) {
    var root = Node(path: "", key: Key("", [.mapping], "A problem file."))
    var names: [String: [RegisteredName]] = [:]
    for table in tables {
      for key in table.keys { Self.insert(key, Self.steps(key.path)[...], into: &root) }
      names.merge(table.names) { $0 + $1 }
    }
    self.root = root
    self.names = names
  }

  /// `a.*.b[]` as `a`, `*`, `b`, `[]`.
  private static func steps(_ path: String) -> [String] {
    path.split(separator: ".").flatMap { part -> [String] in
      var name = part
      var brackets = 0
      while name.hasSuffix("[]") {
        name = name.dropLast(2)
        brackets += 1
      }
      return [String(name)] + Array(repeating: "[]", count: brackets)
    }
  }

  private static func insert(_ key: Key, _ steps: ArraySlice<String>, into node: inout Node) {
    guard let step = steps.first else {
      node.key = key
      return
    }
    let path = step == "[]" ? node.path + "[]" : node.path.isEmpty ? step : node.path + "." + step
    func inserted(_ child: Node?) -> Node {
      var child = child ?? Node(path: path)
      insert(key, steps.dropFirst(), into: &child)
      return child
    }
    switch step {
    case "*": node.wildcard = [inserted(node.wildcard.first)]
    case "[]": node.element = [inserted(node.element.first)]
    default:
      if let index = node.children.firstIndex(where: { $0.name == step }) {
        node.children[index].node = inserted(node.children[index].node)
      } else {
        node.children.append((step, inserted(nil)))
      }
    }
  }

  /// The node for a dotted path of a file, through wildcards.
  func node(at path: [String]) -> Node? {
    var node = root
    for step in path {
      guard let next = Int(step) != nil && !node.element.isEmpty ? node.element.first : node.child(step)
      else { return nil }
      node = next
    }
    return node
  }

  /// Every path that ends in a key with a fixed name, for suggestions.
  var fixedPaths: [String] {
    func collect(_ node: Node) -> [String] {
      node.children.flatMap { [$0.node.path] + collect($0.node) }
    }
    return collect(root).filter { !$0.contains("*") && !$0.contains("[") }
  }
}
