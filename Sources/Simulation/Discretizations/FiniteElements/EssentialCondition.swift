import Arrays
import Equations
import Geometry

/// Prescribed values at nodes.
final class EssentialCondition {
  let unknown: Int
  /// Numbers in the state.
  let numbers: [Int32]
  private let evaluator: PointEvaluator
  private let isMoving: Bool

  init(
    _ value: Expression, unknown: Int, nodes: [Int32], shift: Int32, space: FiniteElementSpace,
    form: FluxForm,
    fields: (GridFunctions) throws -> [String: AlignedStorage<Double>]
  ) throws {
    self.unknown = unknown
    numbers = nodes.map { $0 + shift }
    let dimension = space.dimension
    var places: [String: AlignedStorage<Double>] = [:]
    for axis in 0..<dimension {
      let coordinates = AlignedStorage<Double>(count: nodes.count)
      for (position, node) in nodes.enumerated() {
        coordinates.baseAddress[position] =
          space.meshNodes.coordinates.baseAddress[Int(node) * dimension + axis]
      }
      places[form.domain.axes[axis].name] = coordinates
    }
    let functions = GridFunctions(points: nodes.count, places)
    let names = value.freeSymbols
    let needsFields = !names.isSubset(of: Set(form.domain.axes.map(\.name) + ["t"]))
    let rate = value.partialDerivative(withRespectTo: "t").simplified()
    isMoving = rate != .zero
    evaluator = try PointEvaluator(
      isMoving ? [value, rate] : [value], inputCount: 0,
      functions: needsFields ? functions.adding(try fields(functions)) : functions)
  }

  func impose(on state: StateVector, time: Double) {
    evaluator.evaluate(inputs: [], time: time)
    let values = evaluator.results[0].baseAddress
    for (position, number) in numbers.enumerated() { state.baseAddress[Int(number)] = values[position] }
  }
  /// Writes the time derivatives of the values.
  ///
  /// - Returns: whether they are not all zero.
  func writeRates(to rates: StateVector, time: Double) -> Bool {
    guard isMoving else { return false }
    evaluator.evaluate(inputs: [], time: time)
    let values = evaluator.results[1].baseAddress
    for (position, number) in numbers.enumerated() { rates.baseAddress[Int(number)] = values[position] }
    return true
  }
}
