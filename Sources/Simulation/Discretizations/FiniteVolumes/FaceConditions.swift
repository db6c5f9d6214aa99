import Arrays
import Equations
import Geometry

/// What is given on the faces of a box for one unknown, evaluated at the faces of the cells.
final class FaceConditions {
  enum Kind {
    /// The unknown's value: result 0.
    case essential
    /// F·n: result 0, its derivative by the unknown: result 1, and the part along the normal: result 2.
    case natural
  }
  let face: Face
  let unknown: Int
  let kind: Kind
  let cells: [Int]
  private let evaluator: PointEvaluator
  private let inputs: [AlignedStorage<Double>]

  init(
    _ condition: FluxBoundary, face: Face, form: FluxForm, grid: CellGrid,
    fields: [String: AlignedStorage<Double>]
  ) throws {
    self.face = face
    unknown = condition.unknown
    cells = grid.cells(at: face)
    let functions = grid.functions(at: face, fields: fields)
    inputs = (0..<form.inputCount).map { _ in AlignedStorage(count: functions.count) }
    let expressions: [Expression]
    switch condition.kind {
    case .essential(let value):
      kind = .essential
      expressions = [value]
    case .natural(let scalar, let vector):
      kind = .natural
      let normal: Double = face.side == .upper ? 1 : -1
      let along = (Expression.number(normal) * vector[face.axis]).simplified()
      let own = form.input(condition.unknown)
      expressions = [
        scalar, scalar.derivative(byInput: own), along, along.derivative(byInput: own),
      ]
    }
    evaluator = try PointEvaluator(expressions, inputCount: form.inputCount, functions: functions)
  }

  /// Evaluates the data at a time, with the unknowns' values in the cells at the face.
  func evaluate(_ state: StateVector, form: FluxForm, cellCount: Int, time: Double) {
    for number in form.unknowns.indices {
      let input = inputs[form.input(number)]
      for (position, cell) in cells.enumerated() {
        input.baseAddress[position] = state.baseAddress[number * cellCount + cell]
      }
    }
    evaluator.evaluate(inputs: inputs, time: time)
  }

  subscript(_ result: Int, _ position: Int) -> Double { evaluator.results[result].baseAddress[position] }
}
