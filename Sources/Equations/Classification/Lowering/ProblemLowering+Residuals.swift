import Geometry

/// `left − right` of an equation, one real component of it, and the number of the equation.
typealias Residual = (sum: DifferentialSum, origin: Int)

extension ProblemLowering {
  /// The real components of all equations; mistakes are collected.
  mutating func residuals() -> [Residual] {
    if problem.unknowns.isEmpty { errors.append(EquationError(.problem, "the problem has no unknowns")) }
    var residuals: [Residual] = []
    for (index, equation) in problem.equations.enumerated() { residuals += parts(of: equation, index) }
    if errors.isEmpty { checkCounts(residuals) }
    return residuals
  }

  private mutating func parts(of equation: Equation, _ index: Int) -> [Residual] {
    guard let left = tensor(equation.left, .equation(index)),
      let right = tensor(equation.right, .equation(index))
    else { return [] }
    do throws(EquationError) {
      let whole = Expression.sum([equation.left, -equation.right])
      let residual = try lowering.sum(left, right, scale: -1, whole)
      guard !residual.isZero else {
        throw EquationError(.equation(index), "the equation says nothing: its two sides are the same")
      }
      var parts: [Residual] = []
      for component in residual.components {
        if !component.re.isZero || component.im.isZero { parts.append((component.re, index)) }
        if !component.im.isZero { parts.append((component.im, index)) }
      }
      if parts.contains(where: { !$0.sum.containsUnknown }) {
        throw EquationError(.equation(index), "the equation contains no unknown")
      }
      return parts
    } catch {
      errors.append(EquationError(.equation(index), error.message, hint: error.hint))
      return []
    }
  }

  private mutating func checkCounts(_ residuals: [Residual]) {
    let dimension = domain.dimension
    var used: Set<Int> = []
    for residual in residuals { used.formUnion(residual.sum.unknowns(dimension: dimension)) }
    for unknown in problem.unknowns
    where !scalars.indices.contains(where: { scalars[$0].origin == unknown.name && used.contains($0) }) {
      errors.append(
        EquationError(.unknown(unknown.name), "the unknown '\(unknown.name)' occurs in no equation"))
    }
    guard !(scalars.count - undetermined...scalars.count).contains(residuals.count) else { return }
    func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let (equations, unknowns) = (problem.equations.count, problem.unknowns.count)
    let isComponentwise = residuals.count != equations || scalars.count != unknowns
    let detail =
      " (in components: \(plural(residuals.count, "equation")) for \(plural(scalars.count, "unknown")))"
    errors.append(
      EquationError(
        .problem,
        "\(plural(equations, "equation")) for \(plural(unknowns, "unknown"))"
          + (isComponentwise ? detail : "")))
  }
}
