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
    // One pair of a higher rank outweighs any number of lower ones.
    let base = unknowns + 1
    let values = [0, 1, base, base * base]
    let weights = balances.map { balance in
      (0..<unknowns).map { values[balance.weight($0, dimension: dimension)] }
    }
    return heaviestAssignment(weights)
  }

  /// The row for every column of a square matrix that makes the sum of the entries largest.
  ///
  /// The Hungarian method with potentials: Kuhn, Naval Research Logistics Quarterly 2, 83 (1955).
  private static func heaviestAssignment(_ weights: [[Int]]) -> [Int] {
    let count = weights.count
    var (rowPotential, columnPotential) = (
      [Int](repeating: 0, count: count + 1), [Int](repeating: 0, count: count + 1)
    )
    // Rows and columns count from 1; column 0 holds the row that looks for a place.
    var rowOf = [Int](repeating: 0, count: count + 1)
    for row in 1...count {
      rowOf[0] = row
      var column = 0
      var slack = [Int](repeating: .max, count: count + 1)
      var previous = [Int](repeating: 0, count: count + 1)
      var isUsed = [Bool](repeating: false, count: count + 1)
      while rowOf[column] != 0 {
        isUsed[column] = true
        let current = rowOf[column]
        var (smallest, next) = (Int.max, 0)
        for other in 1...count where !isUsed[other] {
          let cost = -weights[current - 1][other - 1] - rowPotential[current] - columnPotential[other]
          if cost < slack[other] { (slack[other], previous[other]) = (cost, column) }
          if slack[other] < smallest { (smallest, next) = (slack[other], other) }
        }
        for other in 0...count {
          if isUsed[other] {
            rowPotential[rowOf[other]] += smallest
            columnPotential[other] -= smallest
          } else if slack[other] != .max {
            slack[other] -= smallest
          }
        }
        column = next
      }
      while column != 0 {
        rowOf[column] = rowOf[previous[column]]
        column = previous[column]
      }
    }
    return rowOf.dropFirst().map { $0 - 1 }
  }
}
