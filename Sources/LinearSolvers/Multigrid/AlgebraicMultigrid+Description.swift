extension AlgebraicMultigrid: CustomStringConvertible {
  /// A tree of the levels with their unknowns and nonzeros.
  public var description: String {
    let sizes = levels.map { (String($0.unknowns), String($0.nonzeros)) }
    let widths = (sizes.map(\.0.count).max() ?? 0, sizes.map(\.1.count).max() ?? 0)
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let grid = Self.decimal(gridComplexity)
    let complexity = Self.decimal(operatorComplexity)
    var lines = [
      "AlgebraicMultigrid(\(name), \(cycle.rawValue.uppercased())-cycle, \(precision.rawValue) precision)"
    ]
    for (number, size) in sizes.enumerated() {
      lines.append(
        "├─ level \(number): \(padded(size.0, widths.0)) unknowns, \(padded(size.1, widths.1)) nonzeros")
    }
    lines.append(
      "└─ grid complexity \(grid), operator complexity \(complexity), \(byteCount / 1_000_000) MB")
    return lines.joined(separator: "\n")
  }

  private static func decimal(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
