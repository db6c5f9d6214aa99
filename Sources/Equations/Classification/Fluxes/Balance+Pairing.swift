extension Balance {
  /// How strongly a balance determines an unknown.
  private func weight(_ unknown: Int, dimension: Int) -> Int {
    func jets(_ polynomial: Polynomial) -> [Jet] {
      polynomial.coefficients.keys.flatMap { $0.jets(dimension: dimension) }
    }
    // A flux along an axis that depends on the derivative along it: the elliptic part.
    for (axis, flux) in fluxes.enumerated() {
      if jets(flux).contains(where: { $0.unknown == unknown && $0.derivative.orders[axis] == 1 }) { return 3 }
    }
    if mass[unknown] != nil { return 2 }
    return jets(source).contains { $0.unknown == unknown } ? 1 : 0
  }

  /// For every unknown the number of the balance that determines it: the elliptic part first, then time derivatives, then
  /// whatever mentions it.
  ///
  /// A pressure, which its own equation `div(u) = 0` does not mention, takes what is left.
  static func pairing(_ balances: [Balance], unknowns: Int, dimension: Int) -> [Int] {
    let weights = balances.map { balance in
      (0..<unknowns).map { balance.weight($0, dimension: dimension) }
    }
    var balanceOf = [Int?](repeating: nil, count: unknowns)
    var unknownOf = [Int?](repeating: nil, count: balances.count)
    for least in [3, 2, 1, 0] {
      for balance in balances.indices where unknownOf[balance] == nil {
        var visited: Set<Int> = []
        augment(balance, least, weights, &visited, &balanceOf, &unknownOf)
      }
    }
    return balanceOf.enumerated().map { $1 ?? $0 }
  }

  @discardableResult
  private static func augment(
    _ balance: Int, _ least: Int, _ weights: [[Int]], _ visited: inout Set<Int>, _ balanceOf: inout [Int?],
    _ unknownOf: inout [Int?]
  ) -> Bool {
    let candidates = weights[balance].indices.filter { weights[balance][$0] >= least }
      .sorted { (-weights[balance][$0], $0) < (-weights[balance][$1], $1) }
    for unknown in candidates where visited.insert(unknown).inserted {
      if let other = balanceOf[unknown] {
        guard augment(other, least, weights, &visited, &balanceOf, &unknownOf) else { continue }
      }
      balanceOf[unknown] = balance
      unknownOf[balance] = unknown
      return true
    }
    return false
  }
}
