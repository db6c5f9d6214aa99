import Equations
import Geometry

/// Quantities are linear combinations of means `mean(…)` and integrals `integral(…)` over the domain.
///
/// A `Problem` keeps the expression whose mean over the domain is the quantity: the mean is linear, and that
/// of a constant is the constant, so `mean(u^2)/2 + c` is the mean of `u^2/2 + c`.
extension ProblemReading {
  func readQuantities() {
    for entry in entries("quantities") {
      quantityPlaces[entry.key] = entry.place
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
    guard case .scalar(let text, let style) = node.content, !node.isNull else {
      return expression(node, scopes.equations, context)
    }
    let (outer, means) = Self.extractMeans(text)
    guard !means.isEmpty else {
      return expression(node, scopes.equations, context)
    }
    var scope = scopes.budgets
    scope.names.formUnion(means.map(\.placeholder))
    scope.rule = "outside mean( ) and integral( ) only parameters may be used"
    let combination = expression(
      SourceNode(content: .scalar(outer, style), place: node.place), scope, context)
    var integrands: [String: Expression] = [:]
    for mean in means {
      let inner = SourceNode(content: .scalar(mean.integrand, style), place: node.place)
      guard let integrand = expression(inner, scopes.equations, context) else { continue }
      integrands[mean.placeholder] =
        mean.isIntegral ? .product([.number(problem.domain.volume), integrand]) : integrand
    }
    guard let combination, integrands.count == means.count else { return nil }
    guard combination.isLinear(in: Set(integrands.keys)) else {
      findings.error(
        node.place, "\(context) must be a linear combination of means and integrals",
        hint: "powers and products of means can be formed from the recorded numbers")
      return nil
    }
    return combination == .symbol(means[0].placeholder)
      ? integrands[means[0].placeholder] : combination.substituting(integrands)
  }

  private struct Mean {
    /// Stands for the mean in the outer text; as long as what it replaces, so that places stay.
    var placeholder: String
    /// The integrand, with blanks before it.
    var integrand: String
    var isIntegral: Bool
  }

  /// Takes the outermost `mean(…)` and `integral(…)` out of a text.
  private static func extractMeans(_ text: String) -> (outer: String, means: [Mean]) {
    let bytes = Array(text.utf8)
    guard bytes.count <= ExpressionParser.maximumLength else { return (text, []) }
    var outer = bytes
    var means: [Mean] = []
    var index = 0
    var previous = UInt8(ascii: " ")
    while index < bytes.count, means.count < 1000 {
      let word = ["mean(", "integral("].first { bytes[index...].starts(with: $0.utf8) }
      guard let word, !isWord(previous) else {
        previous = bytes[index]
        index += 1
        continue
      }
      // What is never closed is left to the parser to complain of.
      guard let end = closing(bytes, index + word.utf8.count - 1) else { break }
      let start = index + word.utf8.count
      let number = String(means.count)
      let padding = String(repeating: "_", count: max(0, end + 1 - index - number.utf8.count))
      means.append(
        Mean(
          placeholder: padding + number,
          integrand: String(repeating: " ", count: start)
            + String(decoding: bytes[start..<end], as: UTF8.self), isIntegral: word != "mean("))
      outer.replaceSubrange(index...end, with: (padding + number).utf8)
      previous = UInt8(ascii: ")")
      index = end + 1
    }
    return (String(decoding: outer, as: UTF8.self), means)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte == UInt8(ascii: "_")
  }

  /// Where the parenthesis at `open` is closed.
  private static func closing(_ bytes: [UInt8], _ open: Int) -> Int? {
    var depth = 0
    for index in open..<bytes.count {
      if bytes[index] == UInt8(ascii: "(") { depth += 1 }
      if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }
}

extension Expression {
  /// Whether each of the symbols enters at most linearly, and never times another.
  fileprivate func isLinear(in symbols: Set<String>) -> Bool {
    if freeSymbols.isDisjoint(with: symbols) { return true }
    switch self {
    case .symbol: return true
    case .sum(let terms): return terms.allSatisfy { $0.isLinear(in: symbols) }
    case .product(let factors):
      let dependent = factors.filter { !$0.freeSymbols.isDisjoint(with: symbols) }
      return dependent.count == 1 && dependent[0].isLinear(in: symbols)
    default: return false
    }
  }
}
