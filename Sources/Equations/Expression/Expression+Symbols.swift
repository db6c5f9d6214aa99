extension Expression {
  /// The names that occur in the expression.
  public var freeSymbols: Set<String> {
    var names: Set<String> = []
    collectSymbols(into: &names)
    return names
  }

  private func collectSymbols(into names: inout Set<String>) {
    if case .symbol(let name) = self { names.insert(name) }
    for child in children { child.collectSymbols(into: &names) }
  }

  /// The expression with every named symbol replaced, all at once.
  public func substituting(_ replacements: [String: Expression]) -> Expression {
    replacingLeaves { leaf in
      guard case .symbol(let name) = leaf else { return nil }
      return replacements[name]
    }
  }

  /// The expression with the leaves for which `replacement` has an answer replaced by it.
  package func replacingLeaves(_ replacement: (Expression) -> Expression?) -> Expression {
    let parts = children
    if parts.isEmpty { return replacement(self) ?? self }
    return withChildren(parts.map { $0.replacingLeaves(replacement) })
  }

  /// Whether any node of the tree, this one included, satisfies the condition.
  func contains(where condition: (Expression) -> Bool) -> Bool {
    condition(self) || children.contains { $0.contains(where: condition) }
  }
}
