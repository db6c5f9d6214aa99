import Equations

/// Quantities are expressions of means `mean(…)` and integrals `integral(…)` over the domain.
extension ProblemReading {
  func readQuantities() {
    for entry in entries("quantities") {
      places.quantities[entry.key] = entry.place
      let expression = quantity(entry.value, "the quantity '\(shortened(entry.key, to: 40))'")
      guard declare(entry.key, "the quantity", at: entry.place) else { continue }
      scopes.quantities.insert(entry.key)
      if let expression { problem.quantities.append(Definition(name: entry.key, expression: expression)) }
    }
    for entry in entries("budgets") {
      guard scopes.quantities.contains(entry.key) else {
        findings.error(
          entry.place, "a budget is given for '\(shortened(entry.key, to: 40))', which is not a quantity",
          hint: suggestion(for: entry.key, in: scopes.quantities.sorted()))
        continue
      }
      if let rate = expression(entry.value, scopes.budgets, "the budget of '\(entry.key)'") {
        problem.budgets.append(Definition(name: entry.key, expression: rate))
      }
    }
  }

  private func quantity(_ node: SourceNode, _ context: String) -> Expression? {
    guard let quantity = expression(node, scopes.equations, context) else { return nil }
    let varying = quantity.symbolsOutsideReductions.subtracting(scopes.budgets.names).sorted()
    if let name = varying.first {
      findings.error(
        node.place, "\(context) uses '\(name)' outside of mean( ) or integral( )",
        hint: "a quantity is one number: write mean(\(name)) or integral(\(name))")
      return nil
    }
    return quantity
  }
}

extension Expression {
  /// The names that occur anywhere but inside a mean or an integral.
  fileprivate var symbolsOutsideReductions: Set<String> {
    switch self {
    case .symbol(let name): [name]
    case .call(let function, _) where function.isReduction: []
    default: children.reduce(into: []) { $0.formUnion($1.symbolsOutsideReductions) }
    }
  }
}
