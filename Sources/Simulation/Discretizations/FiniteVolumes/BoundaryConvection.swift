import Arrays
import Equations
import Geometry

/// The flux of a balance that no derivative takes part in, at the cells' faces on one face of the box.
final class BoundaryConvection {
  let term: FiniteVolumeTerms.Convection
  let face: Face
  let cells: [Int]
  private let evaluator: PointEvaluator
  private let inputs: [AlignedStorage<Double>]
  private let unknowns: [Int]

  private init(
    _ term: FiniteVolumeTerms.Convection, _ face: Face, _ form: FluxForm, _ grid: CellGrid,
    _ functions: GridFunctions
  ) throws {
    self.term = term
    self.face = face
    cells = grid.cells(at: face)
    let used = term.expression.inputs.sorted()
    unknowns = used.map { form.meaning(ofInput: $0).unknown }
    evaluator = try PointEvaluator(
      [term.expression] + used.map { term.expression.derivative(byInput: $0) }, inputCount: form.inputCount,
      functions: functions)
    inputs = (0..<form.inputCount).map { [cells] _ in AlignedStorage(count: cells.count) }
  }

  static func all(
    of form: FluxForm, _ grid: CellGrid, _ terms: FiniteVolumeTerms, _ fields: FiniteVolumeSystem.FieldValues
  ) throws -> [BoundaryConvection] {
    var found: [BoundaryConvection] = []
    for term in terms.convections where !grid.axes[term.axis].isPeriodic {
      for side in Side.allCases {
        let face = Face(axis: term.axis, side: side)
        found.append(
          try BoundaryConvection(
            term, face, form, grid, try grid.functions(at: face, fields, for: [term.expression])))
      }
    }
    return found
  }

  func evaluate(_ state: StateVector, _ system: FiniteVolumeSystem, time: Double) {
    for unknown in Set(unknowns) {
      let input = inputs[system.form.input(unknown)].baseAddress
      if let given = system.condition(unknown, face) {
        input.update(from: given.values.baseAddress, count: cells.count)
      } else {
        let values = state.baseAddress + unknown * system.grid.cellCount
        for (position, cell) in cells.enumerated() { input[position] = values[cell] }
      }
    }
    evaluator.evaluate(inputs: inputs, time: time)
  }

  var fluxes: UnsafePointer<Double> { UnsafePointer(evaluator.results[0].baseAddress) }

  /// Derivatives of the flux by the unknowns at the face.
  var slopes: [(unknown: Int, values: UnsafePointer<Double>)] {
    zip(unknowns, evaluator.results.dropFirst()).map { ($0, UnsafePointer($1.baseAddress)) }
  }
}
