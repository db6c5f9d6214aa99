import Geometry

extension SystemAssembly {
  /// Orders the equations like the unknowns that they determine, and fixes sign and scale.
  mutating func orderEquations() {
    let isSteady = names.domain.time == nil
    let evolution = equations.indices.filter { !equations[$0].isConstraint }
    let evolved = scalars.indices.filter { scalars[$0].isEvolved }
    let algebraic = scalars.indices.filter { !scalars[$0].isEvolved }
    guard evolution.count == evolved.count else {
      let names = evolved.map { "'\(scalars[$0].name)'" }.joined(separator: ", ")
      return errors.append(
        EquationError(
          .problem,
          "\(evolution.count) equations with a time derivative for \(evolved.count) evolving unknowns (\(names))"
        ))
    }
    var determined = matching(evolution, to: evolved) { equation, unknown in
      preference(equations[equation].mass, unknown)
    }
    for equation in evolution where determined[equation] == nil {
      errors.append(
        EquationError(
          .equation(equations[equation].origin),
          "the time derivatives of the equations do not determine all unknowns"))
    }
    let constraints = equations.indices.filter { equations[$0].isConstraint }
    let elliptic = matching(constraints, to: algebraic) { equation, unknown in
      preference(equations[equation].linear, unknown)
    }
    determined.merge(elliptic) { first, _ in first }
    for equation in constraints {
      if let mistake = isSteady ? nil : constraintMistake(equation, elliptic[equation], algebraic) {
        errors.append(mistake)
      }
    }
    guard errors.isEmpty else { return }
    var free = Set(scalars.indices).subtracting(determined.values)
    for equation in equations.indices where determined[equation] == nil {
      let target = free.min() ?? 0
      free.remove(target)
      normalizeSign(equation, of: nil)
      determined[equation] = target
    }
    for (equation, unknown) in determined { normalizeSign(equation, of: unknown) }
    let order = equations.indices.sorted { (determined[$0] ?? 0) < (determined[$1] ?? 0) }
    equations = order.map { equations[$0] }
  }

  /// How well a linear form determines an unknown: its derivative order there, `nil` if it is absent.
  private func preference(_ form: LinearForm, _ unknown: Int) -> Int? {
    form.coefficients.filter { $0.key.unknown == unknown && $0.value != 0 }.map { $0.key.derivative.total }
      .max()
  }

  /// A largest set of pairs of equation and unknown, by augmenting paths; high preferences are tried first.
  private func matching(
    _ rows: [Int], to columns: [Int], _ preference: (Int, Int) -> Int?
  ) -> [Int: Int] {
    var candidates: [Int: [Int]] = [:]
    for row in rows {
      let ranked = columns.compactMap { column in preference(row, column).map { (column: column, rank: $0) } }
      candidates[row] = ranked.sorted { ($1.rank, $0.column) < ($0.rank, $1.column) }.map(\.column)
    }
    var owner: [Int: Int] = [:]
    func augment(_ row: Int, _ visited: inout Set<Int>) -> Bool {
      for column in candidates[row] ?? [] where visited.insert(column).inserted {
        if let other = owner[column], !augment(other, &visited) { continue }
        owner[column] = row
        return true
      }
      return false
    }
    // Rows with few candidates first, so that preferences of the others are seldom overruled.
    for row in rows.sorted(by: { (candidates[$0]?.count ?? 0, $0) < (candidates[$1]?.count ?? 0, $1) }) {
      var visited: Set<Int> = []
      _ = augment(row, &visited)
    }
    return Dictionary(owner.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
  }

  /// What is wrong with a constraint of an evolution problem, if anything.
  private func constraintMistake(_ equation: Int, _ unknown: Int?, _ algebraic: [Int]) -> EquationError? {
    let split = equations[equation]
    let dimension = names.domain.dimension
    let inTerms = split.termUnknowns(dimension: dimension)
    func mistake(_ detail: String, hint: String? = nil) -> EquationError {
      EquationError(
        .equation(split.origin),
        "the equation is neither evolutionary (it has no dt) nor an elliptic constraint: \(detail)",
        hint: hint)
    }
    if let unknown {
      guard !inTerms.contains(unknown) else {
        return mistake("it is not linear with constant coefficients in '\(scalars[unknown].name)'")
      }
      return nil
    }
    let isLinear = !split.linear.isZero && inTerms.isEmpty
    guard isLinear else {
      return mistake("no unknown without dt enters it linearly with constant coefficients")
    }
    // Such as div(u) = 0, which a pressure in the evolution equations has to maintain.
    let multipliers = algebraic.filter { candidate in
      equations.contains {
        !$0.isConstraint && $0.linear.coefficients.keys.contains { $0.unknown == candidate }
      }
    }
    guard !multipliers.isEmpty else {
      return mistake("it constrains evolving unknowns, and no unknown is left to maintain it")
    }
    return nil
  }

  /// Evolution equations get mass 1, constraints a positive leading coefficient.
  private mutating func normalizeSign(_ equation: Int, of unknown: Int?) {
    let split = equations[equation]
    if !split.isConstraint {
      let keys = split.mass.coefficients.filter {
        $0.value != 0 && (unknown == nil || $0.key.unknown == unknown)
      }
      let lowest = keys.min { $0.key.order < $1.key.order }
      if let lowest { equations[equation].scale(by: 1 / lowest.value) }
      return
    }
    let own = split.linear.coefficients.filter { $0.value != 0 && $0.key.unknown == unknown }
    let keys = own.isEmpty ? split.linear.coefficients.filter { $0.value != 0 } : own
    let leading =
      keys.max { $0.key.order < $1.key.order }?.value
      ?? split.orderedTerms.last?.polynomial.ordered.last?.coefficient
    if let leading, leading < 0 { equations[equation].scale(by: -1) }
  }
}

extension LinearForm.Key {
  /// Total order of the derivative first, then the axes, then the unknown.
  fileprivate var order: (Int, [Int]) { (derivative.total, derivative.orders + [-unknown]) }
}
