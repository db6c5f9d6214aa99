import Arrays

/// A one-step method as data: exponential, implicit–explicit and explicit Runge–Kutta methods alike.
///
/// Stage i is `U_i = Σ f(hL) v` over the state, earlier nonlinear values (times h) and earlier stages.
package struct OneStepTableau: Sendable {
  package enum Source: Hashable, Sendable {
    /// u at the beginning of the step.
    case state
    /// h N(U_j, t + c_j h).
    case nonlinear(Int)
    /// U_j of an earlier stage, j ≥ 1.
    case stage(Int)
  }
  package typealias Row = [(Source, OperatorFunction)]

  /// c_i of every stage; stage 0 is the state itself.
  package var nodes: [Double]
  /// The rows of the stages behind the first.
  package var stages: [Row]
  package var result: Row
  /// The difference between the result and the embedded solution.
  ///
  /// It may use the nonlinear value at the
  /// result, numbered as one more stage.
  package var error: Row?
  /// For a method whose error row vanishes where N is a function of time alone.
  package var quadrature: Quadrature?

  /// Tells how well such an N is integrated, from values of N at the beginning, the middle and the end.
  package struct Quadrature: Sendable {
    /// What the second difference of N adds to the result.
    package var curvature: Row
    /// What N adds, by its value at the beginning and at the end.
    package var beginning: Row
    package var end: Row
    /// The error over the square of the curvature's share in N.
    package var constant: Double
  }

  package init(
    nodes: [Double], stages: [Row], result: Row, error: Row? = nil, quadrature: Quadrature? = nil
  ) {
    precondition(
      nodes.count == stages.count + 1, "OneStepTableau: \(nodes.count) nodes, \(stages.count) rows")
    self.nodes = nodes
    self.stages = stages
    self.result = result
    self.error = error
    self.quadrature = quadrature
  }

  /// Whether the error looks at N of the result, which then serves the next step too.
  package var isFirstSameAsLast: Bool {
    error?.contains { $0.0 == .nonlinear(nodes.count) } ?? false
  }
}

/// Runs any `OneStepTableau`.
package final class OneStepMethod: TimeStepper {
  private let system: any SemiDiscreteSystem
  private let tableau: OneStepTableau
  package private(set) var state: StateVector
  package private(set) var next: StateVector
  private var nonlinear: [StateVector]
  private var stages: [StateVector]
  private var error: StateVector?
  /// Which step of memory swaps the combinations were made for: state and next trade places.
  private var prepared: [Key: Prepared] = [:]
  private var order: [Key] = []
  private var isFirstNonlinearKnown = false
  /// Where among `stages` a stage is kept; `nil` for one that lives in `next`.
  private let places: [Int?]

  private struct Key: Hashable {
    var step: UInt64
    var horizon: UInt64
    var isSwapped: Bool
  }

  /// A class, so that a step takes one reference and not three.
  private final class Prepared {
    let stages: [Combination]
    let result: Combination
    let error: Combination?
    let quadrature: PreparedQuadrature?

    init(
      stages: [Combination], result: Combination, error: Combination?,
      quadrature: PreparedQuadrature?
    ) {
      self.stages = stages
      self.result = result
      self.error = error
      self.quadrature = quadrature
    }
  }

  /// The rows of a quadrature, over the step and over the time that the error is about.
  private struct PreparedQuadrature {
    var curvature: Combination
    var beginning: (step: Combination, horizon: Combination)
    var end: (step: Combination, horizon: Combination)
    var constant: Double
  }

  private var isSwapped = false

  /// N of the state, where the step before has evaluated it: at a time that may differ in the last place.
  package var history: [StateVector] { tableau.isFirstSameAsLast ? [nonlinear[0]] : [] }
  package var filledHistory: Int {
    get { tableau.isFirstSameAsLast && isFirstNonlinearKnown ? 1 : 0 }
    set { isFirstNonlinearKnown = tableau.isFirstSameAsLast && newValue > 0 }
  }

  package init(system: any SemiDiscreteSystem, tableau: OneStepTableau) {
    self.system = system
    self.tableau = tableau
    state = system.makeVector()
    next = system.makeVector()
    let count = tableau.nodes.count + (tableau.isFirstSameAsLast ? 1 : 0)
    nonlinear = (0..<count).map { _ in system.makeVector() }
    // A stage that no later row uses lives in `next`, which nothing else needs until the result.
    var used: Set<Int> = []
    for row in tableau.stages + [tableau.result] + (tableau.error.map { [$0] } ?? []) {
      for case (.stage(let number), _) in row { used.insert(number) }
    }
    places = tableau.nodes.indices.map { number in
      used.contains(number) ? used.count { $0 < number } : nil
    }
    stages = used.map { _ in system.makeVector() }
    if tableau.error != nil { error = system.makeVector() }
  }

  private func stage(_ number: Int) -> StateVector {
    guard let place = places[number] else { return next }
    return stages[place]
  }

  package func attempt(from time: Double, step: Double, errorOver horizon: Double?) -> Double {
    let plan = prepare(step, horizon: horizon ?? 0)
    isLastNonlinearKnown = false
    if !isFirstNonlinearKnown {
      system.evaluateNonlinear(state, time: time, into: nonlinear[0])
      isFirstNonlinearKnown = true
    }
    for index in tableau.stages.indices {
      system.combine(plan.stages[index])
      system.evaluateNonlinear(
        stage(index + 1), time: time + tableau.nodes[index + 1] * step, into: nonlinear[index + 1])
    }
    system.combine(plan.result)
    system.projectToRealFields(next)
    guard horizon != nil, let combination = plan.error, let error else { return 0 }
    if tableau.isFirstSameAsLast {
      system.evaluateNonlinear(next, time: time + step, into: nonlinear[tableau.nodes.count])
      isLastNonlinearKnown = true
    }
    let embedded = size(combination, in: error)
    guard let quadrature = plan.quadrature, embedded.isFinite else { return embedded }
    let curvature = size(quadrature.curvature, in: error)
    let whole = max(size(quadrature.beginning.step, in: error), size(quadrature.end.step, in: error))
    // The error of Simpson's rule is to the curvature as the curvature is to the whole.
    let estimate = quadrature.constant * curvature * (curvature < whole ? curvature / whole : 1)
    guard estimate > embedded else { return embedded }
    // A state that N makes from little is measured by what it will be at the horizon.
    let later = max(size(quadrature.beginning.horizon, in: error), size(quadrature.end.horizon, in: error))
    return max(embedded, estimate / max(1, later))
  }

  /// The size of a combination relative to the result.
  private func size(_ combination: Combination, in vector: StateVector) -> Double {
    system.combine(combination)
    return system.relativeNorm(of: vector, to: next)
  }

  private var isLastNonlinearKnown = false

  package func accept() {
    swap(&state, &next)
    isSwapped.toggle()
    if isLastNonlinearKnown {
      // The vectors stay where the combinations know them; only the numbers move.
      nonlinear[0].baseAddress.update(
        from: nonlinear[tableau.nodes.count].baseAddress, count: nonlinear[0].count)
    }
    isFirstNonlinearKnown = isLastNonlinearKnown
    isLastNonlinearKnown = false
  }

  package var bytes: Int {
    (2 + nonlinear.count + stages.count + (error == nil ? 0 : 1)) * 8 * system.stateLength
  }

  package func reset() {
    isFirstNonlinearKnown = false
    isLastNonlinearKnown = false
  }

  private func prepare(_ step: Double, horizon: Double) -> Prepared {
    let key = Key(step: step.bitPattern, horizon: horizon.bitPattern, isSwapped: isSwapped)
    if let known = prepared[key] { return known }
    let made = Prepared(
      stages: tableau.stages.enumerated().map { combination($1, into: stage($0 + 1), step: step) },
      result: combination(tableau.result, into: next, step: step),
      error: tableau.error.flatMap { row in error.map { combination(row, into: $0, step: step) } },
      quadrature: system.isTimeDependent && horizon > 0 ? quadrature(step, horizon: horizon) : nil)
    prepared[key] = made
    order.append(key)
    // Tables of old step sizes go with the combinations that hold them.
    if order.count > 8 { prepared[order.removeFirst()] = nil }
    return made
  }

  private func quadrature(_ step: Double, horizon: Double) -> PreparedQuadrature? {
    guard let rows = tableau.quadrature, let error else { return nil }
    func both(_ row: OneStepTableau.Row) -> (step: Combination, horizon: Combination) {
      (combination(row, into: error, step: step), combination(row, into: error, step: horizon))
    }
    return PreparedQuadrature(
      curvature: combination(rows.curvature, into: error, step: step), beginning: both(rows.beginning),
      end: both(rows.end), constant: rows.constant)
  }

  private func combination(_ row: OneStepTableau.Row, into target: StateVector, step: Double) -> Combination {
    let summands = row.map { source, function in
      switch source {
      case .state: (system.multiplier(function, step: step), state)
      case .nonlinear(let number): (system.multiplier(function, step: step, scale: step), nonlinear[number])
      case .stage(let number): (system.multiplier(function, step: step), stage(number))
      }
    }
    return system.makeCombination(target, summands)
  }
}
