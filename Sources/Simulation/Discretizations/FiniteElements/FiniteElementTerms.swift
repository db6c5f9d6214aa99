import Equations

/// The expressions that a flux form's weak form needs at quadrature points.
///
/// The test side of an equation has 1 + d slots, its value (with the source) and its derivatives (with the fluxes, negative);
/// the trial side of an unknown likewise. A block (equation, unknown) has the Jacobian's nonzero slots.
struct FiniteElementTerms {
  struct Block {
    var equation: Int
    var unknown: Int
    /// Test slot, trial slot, position of the derivative; slot 0 is the value, slot 1 + a the derivative along axis a.
    var entries: [(test: Int, trial: Int, position: Int)]
  }
  private(set) var expressions: [Expression] = []
  /// Per equation: test slot and position of what it is multiplied with.
  private(set) var loads: [[(test: Int, position: Int)]] = []
  private(set) var blocks: [Block] = []
  /// Equation, unknown, position of the coefficient.
  private(set) var masses: [(equation: Int, unknown: Int, position: Int)] = []

  init(_ form: FluxForm) throws(SimulationError) {
    for (number, equation) in form.equations.enumerated() {
      // The flux integrated by parts has the other sign.
      let slots = [equation.source] + equation.fluxes.map { (-$0).simplified() }
      var load: [(Int, Int)] = []
      var entries: [Int: [(test: Int, trial: Int, position: Int)]] = [:]
      for (test, expression) in slots.enumerated() where expression != .zero {
        load.append((test, position(of: expression)))
        for input in expression.inputs.sorted() {
          let derivative = expression.derivative(byInput: input)
          guard derivative != .zero else { continue }
          let (unknown, axis) = form.meaning(ofInput: input)
          entries[unknown, default: []].append((test, axis.map { $0 + 1 } ?? 0, position(of: derivative)))
        }
      }
      loads.append(load)
      for (unknown, mass) in equation.mass.sorted(by: { $0.key < $1.key }) {
        guard mass.inputs.isEmpty else {
          throw .unsupported(
            "the coefficient of a time derivative depends on an unknown", about: .equation(equation.origin))
        }
        masses.append((number, unknown, position(of: mass)))
      }
      let coupled = Set(entries.keys).union(equation.mass.keys).union([number])
      for unknown in coupled.sorted() {
        blocks.append(Block(equation: number, unknown: unknown, entries: entries[unknown] ?? []))
      }
    }
  }

  private mutating func position(of expression: Expression) -> Int {
    if let known = expressions.firstIndex(of: expression) { return known }
    expressions.append(expression)
    return expressions.count - 1
  }
}
