import Differentiation
package import Equations
import Geometry

/// Which conditions of a problem hold by construction, and which are left to be made small.
package struct ConstraintPlan: Sendable {
  /// How conditions are to be satisfied where there is a choice.
  package struct Style: Sendable, Hashable {
    package enum Boundary: String, Sendable, CaseIterable { case hard, soft }
    /// `hard` is u₀ + τ N, `decaying` u₀ exp(−κτ) + (1 − exp(−κτ)) N, τ the share of the time that has passed.
    package enum Initial: String, Sendable, CaseIterable { case hard, decaying, soft }
    package var boundary = Boundary.hard
    package var initial = Initial.hard
    /// κ.
    package var decay = 5.0

    package init() {}
  }
  package private(set) var constraint: HardConstraint
  /// Conditions on the boundary that are no part of the constraint.
  package private(set) var softBoundary: [PointwiseForm.Condition] = []
  package private(set) var softInitial: [PointwiseForm.Initial] = []
  /// A line for every condition: how it is satisfied.
  package private(set) var remarks: [String] = []

  private let form: PointwiseForm
  private let style: Style

  package init(_ form: PointwiseForm, style: Style) {
    self.form = form
    self.style = style
    constraint = HardConstraint(forms: form.unknowns.map { _ in .none })
    for unknown in form.unknowns.indices { plan(unknown) }
  }

  private mutating func plan(_ unknown: Int) {
    let name = form.unknowns[unknown].name
    let own = form.boundary.filter { $0.unknown == unknown }
    var (extended, factor) = (Expression.zero, Expression.one)
    let dirichlet = own.filter { $0.kind == .dirichlet }
    let reason = reasonAgainstHardBoundary(unknown, dirichlet)
    if reason == nil, !dirichlet.isEmpty {
      extended = form.extensions[unknown] ?? .zero
      factor = distances(dirichlet)
    }
    var ways: [(text: String, places: [BoundaryPlace])] = []
    for condition in own {
      var text = "hard, by a factor that vanishes there"
      if condition.kind != .dirichlet || reason != nil {
        softBoundary.append(condition)
        let why =
          condition.kind == .dirichlet
          ? reason ?? ""
          : "no product with a network has a given \(condition.kind == .neumann ? "slope" : "relation") there"
        text = "soft\(why.isEmpty ? "" : ", because \(why)")"
      }
      if let known = ways.firstIndex(where: { $0.text == text }) {
        ways[known].places.append(condition.place)
      } else {
        ways.append((text, [condition.place]))
      }
    }
    remarks += ways.map { "\(name) \(form.domain.text(of: $0.places)): \($0.text)" }
    let guess = form.fields.first { $0.unknown == unknown }?.initial
    if let guess, dirichlet.isEmpty || reason != nil { extended = guess }
    let initial = planInitial(
      unknown, extended, &factor, hasHardBoundary: reason == nil && !dirichlet.isEmpty, dirichlet)
    constraint.forms[unknown] = HardConstraint.Form(
      offset: initial.simplified(), factor: factor.simplified())
  }

  private func reasonAgainstHardBoundary(_ unknown: Int, _ dirichlet: [PointwiseForm.Condition]) -> String? {
    if style.boundary == .soft { return "the recipe says so" }
    if !form.domain.isBox { return "the domain is not a box" }
    if let name = soughtParameter(in: dirichlet.compactMap(\.value)) {
      return "it depends on '\(name)', which is unknown"
    }
    let isZero = dirichlet.allSatisfy { $0.value?.simplified() == .zero }
    if form.extensions[unknown] == nil, !isZero {
      return "no function was found that has the values of all faces"
    }
    return nil
  }

  /// A parameter that is to be found, if one occurs.
  private func soughtParameter(in expressions: [Expression]) -> String? {
    let names = expressions.reduce(into: Set<String>()) { $0.formUnion($1.freeSymbols) }
    return form.parameters.first { names.contains($0.name) }?.name
  }

  /// A product that vanishes where the conditions are, and is at most about 1.
  private func distances(_ conditions: [PointwiseForm.Condition]) -> Expression {
    var factors: [Expression] = []
    for (number, axis) in form.domain.axes.enumerated() where !axis.isPeriodic {
      let sides = Side.allCases.filter { side in
        conditions.contains { holds($0.place, at: Face(axis: number, side: side), $0.unknown) }
      }
      let x = Expression.symbol(axis.name)
      if sides.contains(.lower) { factors.append((x - .number(axis.lower)) * .number(1 / axis.length)) }
      if sides.contains(.upper) { factors.append((.number(axis.upper) - x) * .number(1 / axis.length)) }
      if sides.count == 2 { factors.append(.number(4)) }
    }
    return .product(factors)
  }

  private func holds(_ place: BoundaryPlace, at face: Face, _ unknown: Int) -> Bool {
    switch place {
    case .face(let own): own == face
    case .part: false
    case .rest:
      !form.boundary.contains { $0.unknown == unknown && $0.place == .face(face) }
    }
  }

  /// The offset with the initial value in it, where that is hard; the factor then vanishes at the first time.
  private mutating func planInitial(
    _ unknown: Int, _ extended: Expression, _ factor: inout Expression, hasHardBoundary: Bool,
    _ dirichlet: [PointwiseForm.Condition]
  ) -> Expression {
    let order = form.timeOrder(of: unknown)
    guard let time = form.domain.time, order > 0 else { return extended }
    let name = form.unknowns[unknown].name
    let given = (0..<order).compactMap { number in
      form.initial.first { $0.unknown == unknown && $0.timeOrder == number }
    }
    guard !given.isEmpty else {
      remarks.append("\(name) at the first time: free, its value is not known")
      return extended
    }
    var reason: String?
    if style.initial == .soft { reason = "the recipe says so" }
    if given.count < order { reason = "not all of it is known" }
    if let name = soughtParameter(in: given.map(\.value)) {
      reason = "it depends on '\(name)', which is unknown"
    }
    if reason == nil, hasHardBoundary, jumps(given[0].value, extended, dirichlet) {
      reason = "it does not agree with the values on the boundary"
    }
    guard reason == nil else {
      softInitial += given
      remarks.append("\(name) at the first time: soft, because \(reason ?? "")")
      return extended
    }
    let t = Expression.symbol("t")
    let start = Expression.number(time.lowerBound)
    let share = (t - start) * .number(1 / (time.upperBound - time.lowerBound))
    func atStart(_ expression: Expression) -> Expression { expression.substituting(["t": start]) }
    var rest = given[0].value - atStart(extended)
    if order > 1 {
      rest = rest + (given[1].value - atStart(extended.partialDerivative(withRespectTo: "t"))) * (t - start)
      factor = factor * share * share
      remarks.append("\(name) and its rate at the first time: hard, u₀ + v₀ (t − t₀) + τ² N")
      return extended + rest
    }
    guard style.initial == .decaying else {
      factor = factor * share
      remarks.append("\(name) at the first time: hard, u₀ + τ N")
      return extended + rest
    }
    let fading = Expression.call(.exp, [share * .number(-style.decay)])
    factor = factor * (.one - fading)
    remarks.append(
      "\(name) at the first time: hard, u₀ exp(−\(style.decay) τ) + (1 − exp(−\(style.decay) τ)) N")
    return extended + rest * fading
  }

  /// Whether an initial value differs on the boundary from the values there, at a few points.
  private func jumps(
    _ initial: Expression, _ extended: Expression, _ dirichlet: [PointwiseForm.Condition]
  ) -> Bool {
    guard let time = form.domain.time else { return false }
    let difference = (initial - extended).substituting(["t": .number(time.lowerBound)])
    let axes = form.domain.axes
    var (largest, scale) = (0.0, 1e-300)
    for (number, axis) in axes.enumerated() where !axis.isPeriodic {
      for side in Side.allCases
      where dirichlet.contains(where: { holds($0.place, at: Face(axis: number, side: side), $0.unknown) }) {
        for share in [0.13, 0.37, 0.5, 0.71, 0.94] {
          var values: [String: Double] = [:]
          for other in axes { values[other.name] = other.lower + share * other.length }
          scale = max(scale, (try? initial.value(values).magnitude) ?? 0)
          values[axis.name] = side == .lower ? axis.lower : axis.upper
          largest = max(largest, (try? difference.value(values).magnitude) ?? 0)
        }
      }
    }
    return largest > 1e-8 * max(scale, 1)
  }
}
