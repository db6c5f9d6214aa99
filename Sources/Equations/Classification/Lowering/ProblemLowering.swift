import Geometry

/// The components of a problem: its scalar unknowns, and what every name stands for in terms of them.
struct ProblemLowering {
  let problem: Problem
  var lowering: Lowering
  /// The components of the unknowns, in order; `u_t` of second-order unknowns comes later.
  private(set) var scalars: [ScalarUnknown] = []
  /// What is added to each scalar unknown to satisfy its boundary data; zero where nothing is.
  private(set) var liftings: [Polynomial] = []
  var errors: [EquationError] = []
  /// Scalar unknowns that no equation need determine, such as coefficients that are to be found from data.
  var undetermined = 0
  /// Names whose definition is wrong; what uses them is not looked at.
  private var broken: Set<String> = []

  var domain: Domain { problem.domain }

  /// Lowers names and definitions, and lifts boundary data; mistakes are collected in `errors`.
  ///
  /// - Parameters:
  ///   - keepsFluxes: whether the outermost derivatives of equations stay as they are written; boundary data are not lifted
  ///     then.
  ///   - maximumDimension: the most axes that the problem may have.
  init(_ problem: Problem, keepsFluxes: Bool = false, maximumDimension: Int = Jet.maximumDimension) {
    self.problem = problem
    let axes = problem.domain.axes.map(\.name)
    lowering = Lowering(
      axes: axes, fields: Set(problem.fields.map(\.name)), keepsFluxes: keepsFluxes)
    errors = problem.nameErrors()
    guard axes.count <= maximumDimension else {
      errors.append(
        EquationError(
          .problem, "\(axes.count) dimensions are more than the \(maximumDimension) supported",
          hint: maximumDimension < Jet.maximumListedDimension
            ? "'discretization: {method: collocation}' leaves the problem to networks at points, which have no grid"
            : nil))
      return
    }
    for parameter in problem.parameters {
      lowering.environment[parameter.name] = Tensor(
        parameter.isUnknown
          ? lowering.scalar(Polynomial(leaf: .symbol(parameter.name))) : lowering.number(parameter.value))
    }
    if keepsFluxes { moveParameters() }
    for unknown in problem.unknowns { appendScalars(unknown) }
    guard scalars.count <= Jet.maximumUnknowns / 2 else {
      errors.append(EquationError(.problem, "\(scalars.count) scalar unknowns are too many"))
      return
    }
    liftings = Array(repeating: Polynomial(), count: scalars.count)
    bindUnknowns()
    let withoutDefinitions = lowering.environment
    define()
    guard !keepsFluxes else { return }
    applyBoundaryConditions()
    if liftings.contains(where: { !$0.isZero }) {
      // Definitions were lowered without the lifting, so that boundary values could use them.
      lowering.environment = withoutDefinitions
      bindUnknowns()
      define()
    }
  }

  /// Makes the parameters of a continuation functions of t.
  private mutating func moveParameters() {
    for (name, path) in problem.continuationPaths {
      do throws(EquationError) {
        lowering.environment[name] = try lowering.tensor(path)
      } catch {
        errors.append(EquationError(.section("solver"), error.message, hint: error.hint))
      }
    }
  }

  private mutating func appendScalars(_ unknown: Unknown) {
    func append(_ name: String, _ part: ScalarUnknown.Part) {
      scalars.append(
        ScalarUnknown(
          name: name, origin: unknown.name, part: part, timeOrder: 0, isEvolved: false,
          boundary: Array(repeating: nil, count: domain.dimension)))
    }
    switch unknown.kind {
    case .real: append(unknown.name, .whole)
    case .complex:
      append(unknown.name + "_re", .real)
      append(unknown.name + "_im", .imaginary)
    case .vector:
      for (index, axis) in domain.axes.enumerated() {
        append("\(unknown.name)_\(axis.name)", .component(index))
      }
    }
  }

  /// Gives every unknown, and every component under its own name, its meaning.
  private mutating func bindUnknowns() {
    let values = scalars.indices.map { index in
      var polynomial = Polynomial(leaf: Jet(unknown: index, derivative: .zero(domain.dimension)).leaf)
      polynomial.add(liftings[index])
      return lowering.scalar(polynomial)
    }
    for (index, scalar) in scalars.enumerated() { lowering.environment[scalar.name] = Tensor(values[index]) }
    for unknown in problem.unknowns {
      let parts = scalars.indices.filter { scalars[$0].origin == unknown.name }.map { values[$0] }
      switch unknown.kind {
      case .real: break
      case .complex: lowering.environment[unknown.name] = Tensor(ComplexSum(re: parts[0], im: parts[1]))
      case .vector:
        lowering.environment[unknown.name] = Tensor(rank: 1, components: parts.map { ComplexSum(re: $0) })
      }
    }
  }

  /// Lowers the definitions, each after those that it uses.
  private mutating func define() {
    let isFirstPass = broken.isEmpty && !errors.contains { $0.message.contains("circular") }
    var remaining = Dictionary(
      problem.definitions.map { ($0.name, $0.expression) }, uniquingKeysWith: { first, _ in first })
    var waiting = problem.definitions.map { definition in
      (name: definition.name, uses: definition.expression.freeSymbols)
    }
    while !waiting.isEmpty {
      let ready = waiting.filter { $0.uses.allSatisfy { remaining[$0] == nil } }
      guard !ready.isEmpty else { break }
      for (name, uses) in ready {
        guard let expression = remaining[name] else { continue }
        lower(expression, named: name, uses: uses)
      }
      for (name, _) in ready { remaining[name] = nil }
      waiting.removeAll { remaining[$0.name] == nil }
    }
    broken.formUnion(remaining.keys)
    guard isFirstPass, let first = problem.definitions.first(where: { remaining[$0.name] != nil }) else {
      return
    }
    errors.append(
      EquationError(
        .definition(first.name), "the definitions are circular: " + cycle(from: first.name, in: remaining)))
  }

  private mutating func lower(_ expression: Expression, named name: String, uses: Set<String>) {
    guard broken.isDisjoint(with: uses), uses.allSatisfy({ lowering.environment[$0] != nil }) else {
      broken.insert(name)
      return
    }
    do throws(EquationError) {
      lowering.environment[name] = try lowering.tensor(expression)
    } catch {
      broken.insert(name)
      let mistake = EquationError(.definition(name), error.message, hint: error.hint)
      if !errors.contains(mistake) { errors.append(mistake) }
    }
  }

  private func cycle(from start: String, in definitions: [String: Expression]) -> String {
    var path = [start]
    while path.count < 20,
      let next = definitions[path[path.count - 1]]?.freeSymbols.sorted().first(where: {
        definitions[$0] != nil
      })
    {
      path.append(next)
      if path.dropLast().contains(next) { break }
    }
    return path.map { "'\($0)'" }.joined(separator: " uses ")
  }

  /// The components of an expression of the problem, or `nil` if a mistake was recorded for it or before.
  mutating func tensor(_ expression: Expression, _ subject: EquationError.Subject) -> Tensor? {
    let uses = expression.freeSymbols
    guard broken.isDisjoint(with: uses), uses.allSatisfy({ lowering.environment[$0] != nil }) else {
      return nil
    }
    do throws(EquationError) {
      return try lowering.tensor(expression)
    } catch {
      errors.append(EquationError(subject, error.message, hint: error.hint))
      return nil
    }
  }

  mutating func setBoundary(_ boundary: AxisBoundary, of scalar: Int, axis: Int) {
    scalars[scalar].boundary[axis] = boundary
  }

  mutating func setLifting(_ lifting: Polynomial, of scalar: Int) { liftings[scalar] = lifting }
}
