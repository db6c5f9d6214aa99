import Arrays
import Equations
import Geometry

/// What is given on one face of a box for one unknown, and the unknown's value at the faces of the cells that follows.
///
/// A prescribed flux `F·n = s(u)` holds at the face, half a cell away from the cell's centre: with the diffusion
/// coefficient K, `K (u_f − u) 2/h = s(u) + s'(u) (u_f − u)` gives the value u_f there.
final class FaceConditions {
  let face: Face
  let unknown: Int
  let isEssential: Bool
  let cells: [Int]
  /// The unknown at the faces.
  let values: AlignedStorage<Double>
  /// The outward diffusive flux; nothing for a prescribed value.
  let fluxes: AlignedStorage<Double>
  /// Derivatives of values and fluxes by unknowns in the cells; empty for a prescribed value.
  let slopes: [(unknown: Int, values: AlignedStorage<Double>, fluxes: AlignedStorage<Double>)]
  private let evaluator: PointEvaluator
  private let inputs: [AlignedStorage<Double>]
  private let hasDiffusion: Bool
  private let halfCell: Double

  /// - Parameter coefficient: of the unknown's own diffusion across the face, in its own balance.
  init(
    _ condition: FluxBoundary, face: Face, form: FluxForm, grid: CellGrid, functions: GridFunctions,
    coefficient: Expression?
  ) throws {
    self.face = face
    unknown = condition.unknown
    cells = grid.cells(at: face)
    halfCell = grid.spacings[face.axis] / 2
    hasDiffusion = coefficient != nil
    let count = cells.count
    values = AlignedStorage(count: count)
    fluxes = AlignedStorage(count: count)
    inputs = (0..<form.inputCount).map { _ in AlignedStorage(count: count) }
    var expressions: [Expression]
    switch condition.kind {
    case .essential(let value):
      isEssential = true
      expressions = [value]
      slopes = []
    case .natural(let scalar, _):
      isEssential = false
      let slope = scalar.derivative(byInput: form.input(condition.unknown))
      let conductance = coefficient ?? .zero
      expressions = [scalar, slope, conductance]
      let own = scalar.inputs.union(conductance.inputs).union([form.input(condition.unknown)]).sorted()
      for input in own {
        expressions += [scalar, slope, conductance].map { $0.derivative(byInput: input) }
      }
      slopes = own.map {
        (form.meaning(ofInput: $0).unknown, AlignedStorage(count: count), AlignedStorage(count: count))
      }
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
    let results = evaluator.results.map(\.baseAddress)
    guard !isEssential else {
      values.baseAddress.update(from: results[0], count: cells.count)
      return
    }
    let u = inputs[form.input(unknown)].baseAddress
    for position in cells.indices {
      let (s, slope, k) = (results[0][position], results[1][position], results[2][position] / halfCell)
      let divisor = k - slope
      let isOpen = hasDiffusion && abs(divisor) > 1e-14 * max(abs(k), abs(slope))
      let step = isOpen ? s / divisor : 0
      values.baseAddress[position] = u[position] + step
      fluxes.baseAddress[position] = s + slope * step
      for (number, part) in slopes.enumerated() {
        let ds = results[3 + 3 * number][position]
        let change = step * (results[4 + 3 * number][position] - results[5 + 3 * number][position] / halfCell)
        let dstep = isOpen ? (ds + change) / divisor : 0
        part.values.baseAddress[position] = (part.unknown == unknown ? 1 : 0) + dstep
        part.fluxes.baseAddress[position] =
          ds + results[4 + 3 * number][position] * step + slope * dstep
      }
    }
  }
}

extension FaceConditions {
  /// The conditions of a form on the faces of its box.
  ///
  /// - Throws: `SimulationError` for places that are no such faces, for two conditions on one and for missing ones.
  static func all(
    of form: FluxForm, _ grid: CellGrid, _ terms: FiniteVolumeTerms, _ fields: FiniteVolumeSystem.FieldValues
  ) throws -> [FaceConditions] {
    var conditions: [FaceConditions] = []
    for boundary in form.boundary {
      let name = form.unknowns[boundary.unknown].name
      guard case .face(let face) = boundary.place else {
        throw SimulationError.unsupported(
          "finite volumes have conditions on the ends of axes only", about: .boundary(boundary.condition))
      }
      guard !grid.axes[face.axis].isPeriodic else {
        throw SimulationError.unsupported(
          "'\(name)' can have no condition at \(grid.text(of: face)): the axis is periodic",
          about: .boundary(boundary.condition))
      }
      var coefficient: Expression?
      if case .natural = boundary.kind {
        coefficient = terms.ownCoefficient(boundary.unknown, axis: face.axis)
      }
      let functions = try grid.functions(
        at: face, fields, for: boundary.allExpressions + [coefficient].compactMap { $0 })
      conditions.append(
        try FaceConditions(
          boundary, face: face, form: form, grid: grid, functions: functions, coefficient: coefficient))
    }
    for (unknown, equation) in form.equations.enumerated() {
      for axis in grid.axes.indices where !grid.axes[axis].isPeriodic && equation.fluxes[axis] != .zero {
        for face in Side.allCases.map({ Face(axis: axis, side: $0) })
        where !conditions.contains(where: { $0.unknown == unknown && $0.face == face }) {
          throw SimulationError.unsupported(
            "'\(form.unknowns[unknown].name)' has no condition at \(grid.text(of: face))",
            about: .unknown(form.unknowns[unknown].origin))
        }
      }
    }
    return conditions
  }
}

extension CellGrid {
  /// `x = 0` for a face.
  fileprivate func text(of face: Face) -> String {
    let end = face.side == .lower ? axes[face.axis].lower : axes[face.axis].upper
    return "\(axes[face.axis].name) = " + (end == end.rounded() && abs(end) < 1e15 ? "\(Int(end))" : "\(end)")
  }
}
