/// The canonical order of terms and factors: numbers, coordinates and other names, inputs, then operations.
extension Expression: Comparable {
  /// A total order that depends on structure and names only.
  public static func < (left: Expression, right: Expression) -> Bool { left.compare(right) < 0 }

  /// Negative, zero or positive as `self` stands before, at or after `other`.
  private func compare(_ other: Expression) -> Int {
    if rank != other.rank { return rank - other.rank }
    switch (self, other) {
    case (.number(let left), .number(let right)): return left < right ? -1 : left > right ? 1 : 0
    case (.symbol(let left), .symbol(let right)): return left < right ? -1 : left > right ? 1 : 0
    case (.input(let left), .input(let right)): return left < right ? -1 : left > right ? 1 : 0
    default: break
    }
    if label != other.label { return label < other.label ? -1 : 1 }
    let (parts, otherParts) = (children, other.children)
    for (part, otherPart) in zip(parts, otherParts) {
      let order = part.compare(otherPart)
      if order != 0 { return order }
    }
    return parts.count - otherParts.count
  }

  private var rank: Int {
    switch self {
    case .number: 0
    case .imaginaryUnit: 1
    case .symbol: 2
    case .input: 3
    case .power: 4
    case .derivative: 5
    case .vectorOperator: 6
    case .call: 7
    case .sum: 8
    case .product: 9
    case .vector: 10
    case .comparison: 11
    case .conditional: 12
    }
  }

  private var label: String {
    switch self {
    case .call(let function, _): function.rawValue
    case .vectorOperator(let name, _): name.rawValue
    case .derivative(_, let axis, let order): "\(axis) \(order)"
    case .comparison(let comparison, _, _): comparison.rawValue
    default: ""
    }
  }
}
