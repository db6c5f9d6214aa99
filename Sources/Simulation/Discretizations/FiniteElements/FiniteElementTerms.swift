import Equations

/// The expressions that a flux form's weak form needs at quadrature points.
///
/// The test side of an equation has 1 + d slots, its value (with the source) and its derivatives (with the fluxes, negative);
/// the trial side of an unknown likewise. A block (equation, unknown) has the Jacobian's nonzero slots.
struct FiniteElementTerms {
  struct Block {
    var equation: Int
    var unknown: Int
    var entries: [Entry]
    /// The coefficient of the unknown's time derivative, by position among the slopes.
    var mass: Int?
  }
  /// Slot 0 is the value, slot 1 + a the derivative along axis a.
  struct Entry: Hashable {
    var test: Int
    var trial: Int
    /// Of the coefficient among the slopes.
    var position: Int
  }
  /// What the residual needs.
  private(set) var loadExpressions: [Expression] = []
  /// What the Jacobian and the mass matrix need.
  private(set) var slopeExpressions: [Expression] = []
  /// Per equation: test slot and position of what it is multiplied with.
  private(set) var loads: [[(test: Int, position: Int)]] = []
  private(set) var blocks: [Block] = []

  /// - Throws: `SimulationError.unsupported` for time derivatives whose coefficient depends on an unknown.
  init(_ form: FluxForm) throws(SimulationError) {
    for (number, equation) in form.equations.enumerated() {
      // The flux integrated by parts has the other sign.
      let slots = [equation.source] + equation.fluxes.map { (-$0).simplified() }
      var load: [(Int, Int)] = []
      var entries: [Int: [Entry]] = [:]
      for (test, expression) in slots.enumerated() where expression != .zero {
        load.append((test, Self.position(of: expression, in: &loadExpressions)))
        for input in expression.inputs.sorted() {
          let derivative = expression.derivative(byInput: input)
          guard derivative != .zero else { continue }
          let (unknown, axis) = form.meaning(ofInput: input)
          let position = Self.position(of: derivative, in: &slopeExpressions)
          entries[unknown, default: []].append(
            Entry(test: test, trial: axis.map { $0 + 1 } ?? 0, position: position))
        }
      }
      loads.append(load)
      var masses: [Int: Int] = [:]
      for (unknown, mass) in equation.mass.sorted(by: { $0.key < $1.key }) {
        guard mass.inputs.isEmpty else {
          throw .unsupported(
            "the coefficient of a time derivative depends on an unknown", about: .equation(equation.origin))
        }
        masses[unknown] = Self.position(of: mass, in: &slopeExpressions)
      }
      // Natural conditions may couple unknowns that the equations do not.
      var coupled = Set(entries.keys).union(masses.keys).union([number])
      for condition in form.boundary where condition.unknown == number {
        for expression in condition.allExpressions {
          coupled.formUnion(expression.inputs.map { form.meaning(ofInput: $0).unknown })
        }
      }
      for unknown in coupled.sorted() {
        blocks.append(
          Block(equation: number, unknown: unknown, entries: entries[unknown] ?? [], mass: masses[unknown]))
      }
    }
  }

  private static func position(of expression: Expression, in expressions: inout [Expression]) -> Int {
    if let known = expressions.firstIndex(of: expression) { return known }
    expressions.append(expression)
    return expressions.count - 1
  }

  /// Whether the Jacobian and the mass matrix are symmetric, whatever the state.
  func isSymmetric(_ form: FluxForm) -> Bool {
    let isLocal = form.boundary.allSatisfy { condition in
      condition.allExpressions.allSatisfy { $0.inputs.isSubset(of: [form.input(condition.unknown)]) }
    }
    return isLocal
      && blocks.allSatisfy { block in
        let mirrored = blocks.first { $0.equation == block.unknown && $0.unknown == block.equation }
        let entries = Set(block.entries.map { Entry(test: $0.trial, trial: $0.test, position: $0.position) })
        return mirrored?.mass == block.mass && Set(mirrored?.entries ?? []) == entries
      }
  }
}
