package import Arrays
package import Equations
import Geometry
package import LinearSolvers

/// Cell-centred finite volumes with two-point fluxes on a box, second-order in space.
///
/// Diffusion coefficients are averaged at faces, harmonically by default, which is exact for a jump at a face. Unknowns are
/// stored one after the other, each over all cells. After Eymard, Gallouët and Herbin, *Finite Volume Methods*, Handbook of
/// Numerical Analysis VII, 2000.
package final class FiniteVolumeSystem: BalanceSystem {
  package let form: FluxForm
  package let grid: CellGrid
  package let isLinear: Bool
  package let isTimeDependent: Bool
  package let isJacobianTimeDependent: Bool
  package let isMassTimeDependent: Bool
  package let isSymmetric: Bool
  /// The centres of the cells, with their volume.
  package let quadraturePoints: SamplePoints
  let scheme: FaceScheme
  let terms: FiniteVolumeTerms
  let cellPattern: CellPattern
  /// Evaluates the expressions of the terms in the cells.
  let evaluator: PointEvaluator
  let boundaryConvections: [BoundaryConvection]
  private let conditions: [FaceConditions]
  /// The number of the condition, by unknown and face; −1 where there is none.
  private let conditionNumbers: [Int]
  private let inputs: [AlignedStorage<Double>]
  /// Inputs that are gradients and occur in a source.
  private let gradients: [Gradient]
  private typealias Gradient = (input: Int, unknown: Int, axis: Int)
  /// Gives the coefficient fields on a tensor grid of coordinates.
  package typealias FieldValues = (GridFunctions, [[Double]]) throws -> [String: AlignedStorage<Double>]

  /// - Throws: `SimulationError`.
  package init(
    _ form: FluxForm, grid: CellGrid, scheme: FaceScheme, workers: Workers?, fields: FieldValues
  ) throws {
    self.form = form
    self.grid = grid
    self.scheme = scheme
    let terms = try FiniteVolumeTerms(form)
    self.terms = terms
    isLinear = form.isLinear
    isTimeDependent = form.isTimeDependent
    isJacobianTimeDependent = form.isJacobianTimeDependent
    isMassTimeDependent = form.isMassTimeDependent
    isSymmetric = terms.isSymmetric(form)
    inputs = (0..<form.inputCount).map { _ in AlignedStorage(count: grid.cellCount) }
    let functions = try grid.functions(at: nil, fields)
    evaluator = try PointEvaluator(
      terms.expressions, inputCount: form.inputCount, functions: functions, workers: workers)
    let weights = AlignedStorage<Double>(count: grid.cellCount)
    weights.baseAddress.update(repeating: grid.spacings.reduce(1, *), count: grid.cellCount)
    quadraturePoints = SamplePoints(functions: functions, weights: weights)
    let used = Set(terms.sources.flatMap { form.equations[$0.equation].source.inputs })
    gradients = used.sorted().compactMap { input in
      let (unknown, axis) = form.meaning(ofInput: input)
      return axis.map { (input, unknown, $0) }
    }
    let conditions = try FaceConditions.all(of: form, grid, terms, fields)
    self.conditions = conditions
    var numbers = [Int](repeating: -1, count: form.unknowns.count * 2 * grid.dimension)
    for (number, condition) in conditions.enumerated() {
      numbers[Self.index(condition.unknown, condition.face, grid.dimension)] = number
    }
    conditionNumbers = numbers
    boundaryConvections = try BoundaryConvection.all(of: form, grid, terms, fields)
    cellPattern = CellPattern(grid, couplings: form.equations.indices.map { terms.couples(form, $0) })
  }

  private static func index(_ unknown: Int, _ face: Face, _ dimension: Int) -> Int {
    2 * (unknown * dimension + face.axis) + (face.side == .upper ? 1 : 0)
  }

  /// What is given for an unknown on a face.
  func condition(_ unknown: Int, _ face: Face) -> FaceConditions? {
    let number = conditionNumbers[Self.index(unknown, face, grid.dimension)]
    return number < 0 ? nil : conditions[number]
  }

  package var pattern: SparsityPattern<Int> { cellPattern.pattern }
  package var count: Int { form.unknowns.count * grid.cellCount }
  package var isPrescribed: [Bool] { Array(repeating: false, count: count) }
  package func impose(on state: StateVector, time: Double) {}
  package func writeSourceWeights(_ range: Range<Int>, to weights: StateVector) {
    weights.baseAddress.update(repeating: 0, count: count)
    for cell in range { weights.baseAddress[cell] = 1 }
  }

  package func writePrescribedRates(to rates: StateVector, time: Double) -> Bool { false }

  /// Unknowns of which only derivatives occur and no value is given.
  package var openConstants: [Range<Int>] {
    let cells = grid.cellCount
    return form.unknowns.indices.filter { unknown in
      form.isConstantOpen(unknown) && !conditions.contains { $0.unknown == unknown && $0.isEssential }
    }.map { $0 * cells..<($0 + 1) * cells }
  }

  package func assemble(
    _ state: StateVector, time: Double, residual: StateVector, jacobian: AlignedStorage<Double>?
  ) {
    residual.baseAddress.update(repeating: 0, count: count)
    jacobian?.baseAddress.update(repeating: 0, count: pattern.nonzeroCount)
    evaluateConditions(state, time: time)
    fill(inputs, gradients: gradients, state)
    evaluator.evaluate(inputs: inputs, time: time)
    for face in boundaryConvections { face.evaluate(state, self, time: time) }
    guard let jacobian else { return addTerms(state, residual, nil) }
    cellPattern.withBlocks(of: jacobian) { addTerms(state, residual, $0) }
  }

  package func assembleMass(time: Double, into values: AlignedStorage<Double>) {
    values.baseAddress.update(repeating: 0, count: pattern.nonzeroCount)
    evaluator.evaluate(inputs: inputs, time: time)
    cellPattern.withBlocks(of: values) { block in
      for mass in terms.masses {
        let (target, numbers) = (
          block(mass.equation, mass.unknown), evaluator.results[mass.value].baseAddress
        )
        for cell in 0..<grid.cellCount { target.add(numbers[cell], cell, CellPattern.own) }
      }
    }
  }

  private func evaluateConditions(_ state: StateVector, time: Double) {
    for condition in conditions {
      condition.evaluate(state, form: form, cellCount: grid.cellCount, time: time)
    }
  }

  /// Values in the cells, and central differences of them.
  package func outputInputs(_ state: StateVector, time: Double, needed: Set<Int>) -> [AlignedStorage<Double>]
  {
    evaluateConditions(state, time: time)
    let inputs = (0..<form.inputCount).map { _ in AlignedStorage<Double>(count: grid.cellCount) }
    let wanted = needed.compactMap { input -> Gradient? in
      let (unknown, axis) = form.meaning(ofInput: input)
      return axis.map { (input, unknown, $0) }
    }
    fill(inputs, gradients: wanted, state)
    return inputs
  }

  private func fill(_ inputs: [AlignedStorage<Double>], gradients: [Gradient], _ state: StateVector) {
    let cells = grid.cellCount
    for unknown in form.unknowns.indices {
      inputs[form.input(unknown)].baseAddress.update(from: state.baseAddress + unknown * cells, count: cells)
    }
    for (input, unknown, axis) in gradients {
      writeGradient(of: state.baseAddress + unknown * cells, unknown, axis, to: inputs[input].baseAddress)
    }
  }
}
