/// A part of a channel of a product of jets: `factor · x[left] · y[right]`.
package struct LeibnizTerm: Sendable {
  package var result: Int
  package var left: Int
  package var right: Int
  package var factor: Double
}

extension JetShape {
  /// What the channels of a product are put together from: Leibniz' rule along every line, and of a sum of second derivatives.
  package var leibnizTerms: [LeibnizTerm] {
    let binomials: [[Double]] = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]]
    var terms = [LeibnizTerm(result: 0, left: 0, right: 0, factor: 1)]
    for (number, line) in lines.enumerated() {
      func place(_ order: Int) -> Int { order == 0 ? 0 : channel(line: number, order: order) }
      for order in 1...line.order {
        for part in 0...order {
          terms.append(
            LeibnizTerm(
              result: place(order), left: place(part), right: place(order - part),
              factor: binomials[order][part]))
        }
      }
    }
    guard let sum = sumChannel else { return terms }
    terms.append(LeibnizTerm(result: sum, left: sum, right: 0, factor: 1))
    terms.append(LeibnizTerm(result: sum, left: 0, right: sum, factor: 1))
    for line in 0..<summed {
      let slope = channel(line: line, order: 1)
      terms.append(LeibnizTerm(result: sum, left: slope, right: slope, factor: 2))
    }
    return terms
  }
}
