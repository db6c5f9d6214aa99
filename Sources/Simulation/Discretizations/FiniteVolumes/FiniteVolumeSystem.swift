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
  package let pattern: SparsityPattern<Int>
  package let isLinear: Bool
  package let isTimeDependent: Bool
  package let isJacobianTimeDependent: Bool
  /// The centres of the cells, with their volume.
  package let outputPoints: SamplePoints
  private let scheme: FaceScheme
  private let terms: FiniteVolumeTerms
  private let conditions: [FaceConditions]
  private let evaluator: PointEvaluator
  private let inputs: [AlignedStorage<Double>]
  /// Inputs that are gradients and occur in a source.
  private let gradients: [Gradient]
  private typealias Gradient = (input: Int, unknown: Int, axis: Int)

  /// - Throws: `SimulationError`.
  package init(
    _ form: FluxForm, grid: CellGrid, scheme: FaceScheme, fields: [String: AlignedStorage<Double>],
    workers: Workers?
  ) throws {
    self.form = form
    self.grid = grid
    self.scheme = scheme
    terms = try FiniteVolumeTerms(form)
    isLinear = form.isLinear
    isTimeDependent = form.isTimeDependent
    isJacobianTimeDependent = form.isJacobianTimeDependent
    inputs = (0..<form.inputCount).map { _ in AlignedStorage(count: grid.cellCount) }
    let functions = grid.functions(fields: fields)
    evaluator = try PointEvaluator(
      terms.expressions, inputCount: form.inputCount, functions: functions, workers: workers)
    let weights = AlignedStorage<Double>(count: grid.cellCount)
    weights.baseAddress.update(repeating: grid.spacings.reduce(1, *), count: grid.cellCount)
    outputPoints = SamplePoints(functions: functions, weights: weights)
    let used = Set(terms.sources.flatMap { form.equations[$0.equation].source.inputs })
    gradients = used.sorted().compactMap { input in
      let (unknown, axis) = form.meaning(ofInput: input)
      return axis.map { (input, unknown, $0) }
    }
    conditions = try Self.conditions(form, grid, fields)
    pattern = Self.pattern(form, grid, terms)
  }

  package var count: Int { form.unknowns.count * grid.cellCount }

  package var isPrescribed: [Bool] { Array(repeating: false, count: count) }

  package func impose(on state: StateVector, time: Double) {}

  /// Unknowns of which only derivatives occur and no value is given.
  package var openConstants: [Range<Int>] {
    let cells = grid.cellCount
    return form.unknowns.indices.filter { unknown in
      form.isConstantOpen(unknown)
        && !conditions.contains { $0.unknown == unknown && $0.kind == .essential }
    }.map { $0 * cells..<($0 + 1) * cells }
  }

  private static func conditions(
    _ form: FluxForm, _ grid: CellGrid, _ fields: [String: AlignedStorage<Double>]
  ) throws -> [FaceConditions] {
    var conditions: [FaceConditions] = []
    for boundary in form.boundary {
      guard case .face(let face) = boundary.place else {
        throw SimulationError.unsupported(
          "finite volumes have conditions on the ends of axes only", about: .boundary(boundary.condition))
      }
      guard !grid.axes[face.axis].isPeriodic else {
        throw SimulationError.unsupported(
          "axis '\(grid.axes[face.axis].name)' is periodic and has no boundary",
          about: .boundary(boundary.condition))
      }
      guard !conditions.contains(where: { $0.face == face && $0.unknown == boundary.unknown }) else {
        throw SimulationError.unsupported(
          "'\(form.unknowns[boundary.unknown].name)' has two conditions on one end",
          about: .boundary(boundary.condition))
      }
      conditions.append(
        try FaceConditions(boundary, face: face, form: form, grid: grid, fields: fields))
    }
    for (unknown, equation) in form.equations.enumerated() {
      for axis in grid.axes.indices where !grid.axes[axis].isPeriodic && equation.fluxes[axis] != .zero {
        for side in Side.allCases
        where !conditions.contains(where: { $0.unknown == unknown && $0.face == Face(axis: axis, side: side) }) {
          let end = side == .lower ? grid.axes[axis].lower : grid.axes[axis].upper
          throw SimulationError.unsupported(
            "'\(form.unknowns[unknown].name)' has no condition at \(grid.axes[axis].name) = \(end)",
            about: .unknown(form.unknowns[unknown].origin))
        }
      }
    }
    return conditions
  }

  private static func pattern(
    _ form: FluxForm, _ grid: CellGrid, _ terms: FiniteVolumeTerms
  ) -> SparsityPattern<Int> {
    let cells = grid.cellCount
    let couplings = form.equations.indices.map { terms.couples(form, $0) }
    let width = 2 * grid.dimension + 1
    let starts = AlignedStorage<Int>(count: form.unknowns.count * cells + 1)
    let indices = AlignedStorage<Int>(count: couplings.reduce(0) { $0 + $1.count } * cells * width)
    var count = 0
    for equation in form.equations.indices {
      for cell in 0..<cells {
        var neighbours: Set<Int> = [cell]
        for axis in grid.axes.indices {
          for side in Side.allCases { if let other = grid.neighbour(of: cell, along: axis, side) { neighbours.insert(other) } }
        }
        let sorted = neighbours.sorted()
        for unknown in couplings[equation] {
          for other in sorted {
            indices.baseAddress[count] = unknown * cells + other
            count += 1
          }
        }
        starts.baseAddress[equation * cells + cell + 1] = count
      }
    }
    return SparsityPattern(
      unchecked: .rows, rowCount: form.unknowns.count * cells, columnCount: form.unknowns.count * cells,
      starts: starts, indices: indices)
  }

  // MARK: Assembly

  package func assembleMass(time: Double, into values: AlignedStorage<Double>) {
    values.baseAddress.update(repeating: 0, count: values.count)
    evaluator.evaluate(inputs: inputs, time: time)
    let cells = grid.cellCount
    for mass in terms.masses {
      let coefficient = evaluator.results[mass.value].baseAddress
      for cell in 0..<cells {
        add(coefficient[cell], mass.equation * cells + cell, mass.unknown * cells + cell, to: values)
      }
    }
  }

  package func assemble(
    _ state: StateVector, time: Double, residual: StateVector, jacobian: AlignedStorage<Double>?
  ) {
    residual.baseAddress.update(repeating: 0, count: count)
    jacobian?.baseAddress.update(repeating: 0, count: pattern.nonzeroCount)
    for condition in conditions { condition.evaluate(state, form: form, cellCount: grid.cellCount, time: time) }
    fill(inputs, gradients: gradients, state)
    evaluator.evaluate(inputs: inputs, time: time)
    for source in terms.sources { addSource(source, state, residual, jacobian) }
    for diffusion in terms.diffusions { addDiffusion(diffusion, state, residual, jacobian) }
    for convection in terms.convections { addConvection(convection, state, residual, jacobian) }
    for condition in conditions where condition.kind == .natural { addNatural(condition, state, residual, jacobian) }
  }

  private func add(_ value: Double, _ row: Int, _ column: Int, to values: AlignedStorage<Double>) {
    guard let position = pattern.position(row: row, column: column) else {
      preconditionFailure("FiniteVolumeSystem: entry (\(row), \(column)) is not in the pattern")
    }
    values.baseAddress[position] += value
  }

  private func condition(_ unknown: Int, _ face: Face) -> FaceConditions? {
    conditions.first { $0.unknown == unknown && $0.face == face }
  }

  /// Values in the cells, and central differences of them.
  package func outputInputs(_ state: StateVector, needed: Set<Int>) -> [AlignedStorage<Double>] {
    let inputs = (0..<form.inputCount).map { _ in AlignedStorage<Double>(count: grid.cellCount) }
    let all = needed.compactMap { input -> Gradient? in
      let (unknown, axis) = form.meaning(ofInput: input)
      return axis.map { (input, unknown, $0) }
    }
    fill(inputs, gradients: all, state)
    return inputs
  }

  private func fill(_ inputs: [AlignedStorage<Double>], gradients: [Gradient], _ state: StateVector) {
    let cells = grid.cellCount
    for unknown in form.unknowns.indices {
      inputs[form.input(unknown)].baseAddress.update(
        from: state.baseAddress + unknown * cells, count: cells)
    }
    for (input, unknown, axis) in gradients {
      let values = state.baseAddress + unknown * cells
      let target = inputs[input].baseAddress
      for cell in 0..<cells {
        let (lower, upper) = (faceValue(unknown, cell, axis, .lower, values), faceValue(unknown, cell, axis, .upper, values))
        target[cell] = (upper - lower) / grid.spacings[axis]
      }
    }
  }

  /// The unknown at a face of a cell: the mean of two cells, or what is given at the boundary.
  private func faceValue(
    _ unknown: Int, _ cell: Int, _ axis: Int, _ side: Side, _ values: UnsafeMutablePointer<Double>
  ) -> Double {
    if let other = grid.neighbour(of: cell, along: axis, side) { return (values[cell] + values[other]) / 2 }
    guard let condition = condition(unknown, Face(axis: axis, side: side)), condition.kind == .essential,
      let position = facePosition(cell, axis)
    else { return values[cell] }
    return condition[0, position]
  }

  /// The position of a cell in the row-major grid of a face across an axis.
  private func facePosition(_ cell: Int, _ axis: Int) -> Int? {
    let stride = grid.strides[axis]
    return cell / (stride * grid.counts[axis]) * stride + cell % stride
  }

  private func addSource(
    _ source: FiniteVolumeTerms.Source, _ state: StateVector, _ residual: StateVector,
    _ jacobian: AlignedStorage<Double>?
  ) {
    let cells = grid.cellCount
    let rows = source.equation * cells
    let values = evaluator.results[source.value.value].baseAddress
    for cell in 0..<cells { residual.baseAddress[rows + cell] += values[cell] }
    guard let jacobian else { return }
    for (input, position) in source.value.derivatives {
      let (unknown, axis) = form.meaning(ofInput: input)
      let derivative = evaluator.results[position].baseAddress
      guard let axis else {
        for cell in 0..<cells { add(derivative[cell], rows + cell, unknown * cells + cell, to: jacobian) }
        continue
      }
      let scale = 1 / grid.spacings[axis]
      for cell in 0..<cells {
        for (side, sign) in [(Side.lower, -1.0), (.upper, 1.0)] {
          let weight = sign * scale * derivative[cell]
          if let other = grid.neighbour(of: cell, along: axis, side) {
            add(weight / 2, rows + cell, unknown * cells + cell, to: jacobian)
            add(weight / 2, rows + cell, unknown * cells + other, to: jacobian)
          } else if condition(unknown, Face(axis: axis, side: side))?.kind != .essential {
            add(weight, rows + cell, unknown * cells + cell, to: jacobian)
          }
        }
      }
    }
  }

  private func addDiffusion(
    _ term: FiniteVolumeTerms.Diffusion, _ state: StateVector, _ residual: StateVector,
    _ jacobian: AlignedStorage<Double>?
  ) {
    let (cells, axis) = (grid.cellCount, term.axis)
    let h = grid.spacings[axis]
    let rows = term.equation * cells
    let columns = term.unknown * cells
    let u = state.baseAddress + columns
    let k = evaluator.results[term.coefficient.value].baseAddress
    for cell in 0..<cells {
      if let other = grid.neighbour(of: cell, along: axis, .upper) {
        let mean = scheme.mean(k[cell], k[other])
        let slope = (u[other] - u[cell]) / h
        let flux = mean.value * slope / h
        residual.baseAddress[rows + cell] += flux
        residual.baseAddress[rows + other] -= flux
        guard let jacobian else { continue }
        let conductance = mean.value / (h * h)
        for (row, sign) in [(rows + cell, 1.0), (rows + other, -1.0)] {
          add(sign * conductance, row, columns + other, to: jacobian)
          add(-sign * conductance, row, columns + cell, to: jacobian)
          for (input, position) in term.coefficient.derivatives {
            let variable = form.meaning(ofInput: input).unknown * cells
            let derivative = evaluator.results[position].baseAddress
            let scale = sign * slope / h
            add(scale * mean.byFirst * derivative[cell], row, variable + cell, to: jacobian)
            add(scale * mean.bySecond * derivative[other], row, variable + other, to: jacobian)
          }
        }
      }
      for side in Side.allCases where grid.neighbour(of: cell, along: axis, side) == nil {
        guard let given = condition(term.unknown, Face(axis: axis, side: side)), given.kind == .essential,
          let position = facePosition(cell, axis)
        else { continue }
        // Over half a cell; the outward flux of the upper and of the lower face add up to the same form.
        let difference = given[0, position] - u[cell]
        residual.baseAddress[rows + cell] += k[cell] * difference * 2 / (h * h)
        guard let jacobian else { continue }
        add(-k[cell] * 2 / (h * h), rows + cell, columns + cell, to: jacobian)
        for (input, position) in term.coefficient.derivatives {
          let variable = form.meaning(ofInput: input).unknown * cells
          add(
            evaluator.results[position].baseAddress[cell] * difference * 2 / (h * h), rows + cell,
            variable + cell, to: jacobian)
        }
      }
    }
  }

  private func addConvection(
    _ term: FiniteVolumeTerms.Convection, _ state: StateVector, _ residual: StateVector,
    _ jacobian: AlignedStorage<Double>?
  ) {
    let (cells, axis) = (grid.cellCount, term.axis)
    let h = grid.spacings[axis]
    let rows = term.equation * cells
    let g = evaluator.results[term.flux.value].baseAddress
    let own = term.flux.derivatives.first { $0.input == form.input(term.equation) }
    let speed = own.map { evaluator.results[$0.position].baseAddress }
    let u = state.baseAddress + rows
    for cell in 0..<cells {
      if let other = grid.neighbour(of: cell, along: axis, .upper) {
        // Upwinding adds |a|/2 times the jump, as the sign of a = ∂G/∂u at the face wants it.
        let a = scheme.convection == .upwind ? abs((speed?[cell] ?? 0) + (speed?[other] ?? 0)) / 2 : 0
        let flux = ((g[cell] + g[other]) / 2 - a / 2 * (u[other] - u[cell])) / h
        residual.baseAddress[rows + cell] += flux
        residual.baseAddress[rows + other] -= flux
        guard let jacobian else { continue }
        for (row, sign) in [(rows + cell, 1 / h), (rows + other, -1 / h)] {
          for (input, position) in term.flux.derivatives {
            let variable = form.meaning(ofInput: input).unknown * cells
            let derivative = evaluator.results[position].baseAddress
            add(sign * derivative[cell] / 2, row, variable + cell, to: jacobian)
            add(sign * derivative[other] / 2, row, variable + other, to: jacobian)
          }
          guard a > 0 else { continue }
          add(-sign * a / 2, row, rows + other, to: jacobian)
          add(sign * a / 2, row, rows + cell, to: jacobian)
        }
      }
      for (side, normal) in [(Side.lower, -1.0), (.upper, 1.0)]
      where grid.neighbour(of: cell, along: axis, side) == nil {
        addConvection(term, cell, Face(axis: axis, side: side), normal / h, u[cell], residual, jacobian)
      }
    }
  }

  /// Convection through a face with a prescribed value: G is carried on linearly from the cell to that value.
  private func addConvection(
    _ term: FiniteVolumeTerms.Convection, _ cell: Int, _ face: Face, _ scale: Double, _ value: Double,
    _ residual: StateVector, _ jacobian: AlignedStorage<Double>?
  ) {
    guard let given = condition(term.equation, face), given.kind == .essential,
      let position = facePosition(cell, face.axis)
    else { return }
    let row = term.equation * grid.cellCount + cell
    let own = term.flux.derivatives.first { $0.input == form.input(term.equation) }
    let speed = own.map { evaluator.results[$0.position].baseAddress[cell] } ?? 0
    let flux = evaluator.results[term.flux.value].baseAddress[cell] + speed * (given[0, position] - value)
    residual.baseAddress[row] += scale * flux
    guard let jacobian else { return }
    for (input, position) in term.flux.derivatives where input != own?.input {
      add(
        scale * evaluator.results[position].baseAddress[cell], row,
        form.meaning(ofInput: input).unknown * grid.cellCount + cell, to: jacobian)
    }
  }

  /// A given flux; where it depends on the unknown, on its value at the face, half a cell away.
  private func addNatural(
    _ condition: FaceConditions, _ state: StateVector, _ residual: StateVector,
    _ jacobian: AlignedStorage<Double>?
  ) {
    let (cells, axis) = (grid.cellCount, condition.face.axis)
    let h = grid.spacings[axis]
    let diffusion = terms.diffusions.first {
      $0.equation == condition.unknown && $0.unknown == condition.unknown && $0.axis == axis
    }
    for (position, cell) in condition.cells.enumerated() {
      let row = condition.unknown * cells + cell
      let conductance =
        diffusion.map { evaluator.results[$0.coefficient.value].baseAddress[cell] * 2 / h } ?? 0
      let (flux, slope) = (condition[0, position], condition[1, position])
      // K (u_f − u) 2/h = flux(u) + slope (u_f − u) gives the face value u_f.
      let factor = conductance == slope || conductance == 0 ? 1 : conductance / (conductance - slope)
      residual.baseAddress[row] += (flux * factor + condition[2, position]) / h
      if let jacobian { add((slope * factor + condition[3, position]) / h, row, row, to: jacobian) }
    }
  }
}

extension FluxBoundary {
  var allExpressions: [Expression] {
    switch kind {
    case .essential(let value): [value]
    case .natural(let scalar, let vector): [scalar] + vector
    }
  }
}
