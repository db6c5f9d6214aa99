import Arrays
import Equations
import Geometry

extension FiniteVolumeSystem {
  typealias Blocks = CellPattern.Blocks

  /// Adds all terms to the residual, and their derivatives where blocks for them are given.
  func addTerms(_ state: StateVector, _ residual: StateVector, _ blocks: Blocks?) {
    for source in terms.sources {
      add(source, residual, blocks)
      guard scheme.convection == .upwind else { continue }
      for (axis, speed) in source.speeds {
        addUpwinding(source.equation, axis, speed, state, residual, blocks)
      }
    }
    for diffusion in terms.diffusions {
      add(diffusion, state, residual, blocks)
      addEnds(diffusion, state, residual, blocks)
    }
    for convection in terms.convections { add(convection, state, residual, blocks) }
    for face in boundaryConvections { add(face, state, residual, blocks) }
    addGivenFluxes(residual, blocks)
  }

  /// Values of an expression and of its derivatives by unknowns.
  func derivatives(_ function: CellFunction) -> [(unknown: Int, values: UnsafePointer<Double>)] {
    function.derivatives.map {
      (form.meaning(ofInput: $0.input).unknown, UnsafePointer(evaluator.results[$0.position].baseAddress))
    }
  }

  private func add(_ source: FiniteVolumeTerms.Source, _ residual: StateVector, _ blocks: Blocks?) {
    let cells = grid.cellCount
    let target = residual.baseAddress + source.equation * cells
    let values = evaluator.results[source.value.value].baseAddress
    for cell in 0..<cells { target[cell] += values[cell] }
    if let blocks { addDerivatives(of: source.value, times: nil, equation: source.equation, blocks) }
  }

  // MARK: Diffusion

  /// K ∂u through the faces between cells.
  private func add(
    _ term: FiniteVolumeTerms.Diffusion, _ state: StateVector, _ residual: StateVector, _ blocks: Blocks?
  ) {
    let (axis, square) = (term.axis, grid.spacings[term.axis] * grid.spacings[term.axis])
    let target = residual.baseAddress + term.equation * grid.cellCount
    let u = state.baseAddress + term.unknown * grid.cellCount
    let k = evaluator.results[term.coefficient.value].baseAddress
    let (up, down) = (CellPattern.slot(axis, .upper), CellPattern.slot(axis, .lower))
    let main = blocks?(term.equation, term.unknown)
    let others = blocks.map { blocks in
      derivatives(term.coefficient).map { (block: blocks(term.equation, $0.unknown), values: $0.values) }
    }
    grid.forEachLine(along: axis) { line in
      for position in 0..<line.count {
        guard let other = line.neighbour(position, .upper) else { continue }
        let cell = line.cell(position)
        let mean = scheme.mean(k[cell], k[other])
        let jump = (u[other] - u[cell]) / square
        target[cell] += mean.value * jump
        target[other] -= mean.value * jump
        guard let main, let others else { continue }
        let conductance = mean.value / square
        main.add(conductance, cell, up)
        main.add(-conductance, cell, CellPattern.own)
        main.add(-conductance, other, CellPattern.own)
        main.add(conductance, other, down)
        for (block, values) in others {
          let (first, second) = (jump * mean.byFirst * values[cell], jump * mean.bySecond * values[other])
          block.add(first, cell, CellPattern.own)
          block.add(second, cell, up)
          block.add(-first, other, down)
          block.add(-second, other, CellPattern.own)
        }
      }
    }
  }

  /// K ∂u through the faces of the boundary where the unknown's value is given; over half a cell.
  private func addEnds(
    _ term: FiniteVolumeTerms.Diffusion, _ state: StateVector, _ residual: StateVector, _ blocks: Blocks?
  ) {
    let square = grid.spacings[term.axis] * grid.spacings[term.axis] / 2
    let target = residual.baseAddress + term.equation * grid.cellCount
    let u = state.baseAddress + term.unknown * grid.cellCount
    let k = evaluator.results[term.coefficient.value].baseAddress
    for side in Side.allCases {
      let face = Face(axis: term.axis, side: side)
      // A flux that is given is the whole flux of its balance.
      guard condition(term.equation, face)?.isEssential != false, let given = condition(term.unknown, face)
      else {
        continue
      }
      for (position, cell) in given.cells.enumerated() {
        let difference = given.values.baseAddress[position] - u[cell]
        // The outward flux of the upper and of the lower face have the same form.
        target[cell] += k[cell] * difference / square
        guard let blocks else { continue }
        let main = blocks(term.equation, term.unknown)
        main.add(-k[cell] / square, cell, CellPattern.own)
        for part in given.slopes {
          blocks(term.equation, part.unknown).add(
            k[cell] / square * part.values.baseAddress[position], cell, CellPattern.own)
        }
        for (unknown, values) in derivatives(term.coefficient) {
          blocks(term.equation, unknown).add(values[cell] * difference / square, cell, CellPattern.own)
        }
      }
    }
  }

  /// The diffusive fluxes that conditions give.
  private func addGivenFluxes(_ residual: StateVector, _ blocks: Blocks?) {
    for axis in grid.axes.indices where !grid.axes[axis].isPeriodic {
      for (equation, side) in form.unknowns.indices.flatMap({ unknown in Side.allCases.map { (unknown, $0) } }
      ) {
        guard let given = condition(equation, Face(axis: axis, side: side)), !given.isEssential else {
          continue
        }
        let target = residual.baseAddress + equation * grid.cellCount
        let scale = 1 / grid.spacings[axis]
        for (position, cell) in given.cells.enumerated() {
          target[cell] += scale * given.fluxes.baseAddress[position]
          guard let blocks else { continue }
          for part in given.slopes {
            blocks(equation, part.unknown).add(
              scale * part.fluxes.baseAddress[position], cell, CellPattern.own)
          }
        }
      }
    }
  }

  // MARK: Convection

  /// G through the faces between cells: its mean, and for upwinding half of |∂G/∂u| times the jump less.
  private func add(
    _ term: FiniteVolumeTerms.Convection, _ state: StateVector, _ residual: StateVector, _ blocks: Blocks?
  ) {
    let (axis, scale) = (term.axis, 1 / grid.spacings[term.axis])
    let target = residual.baseAddress + term.equation * grid.cellCount
    let u = state.baseAddress + term.equation * grid.cellCount
    let g = evaluator.results[term.flux.value].baseAddress
    let (up, down) = (CellPattern.slot(axis, .upper), CellPattern.slot(axis, .lower))
    let slopes = blocks.map { blocks in
      derivatives(term.flux).map { (block: blocks(term.equation, $0.unknown), values: $0.values) }
    }
    let upwind = scheme.convection == .upwind ? term.speed : nil
    let speed = upwind.map { evaluator.results[$0.value].baseAddress }
    let speedSlopes = blocks.map { blocks in
      (upwind.map { derivatives($0) } ?? []).map {
        (block: blocks(term.equation, $0.unknown), values: $0.values)
      }
    }
    let own = blocks?(term.equation, term.equation)
    grid.forEachLine(along: axis) { line in
      for position in 0..<line.count {
        guard let other = line.neighbour(position, .upper) else { continue }
        let cell = line.cell(position)
        let a = speed.map { ($0[cell] + $0[other]) / 2 } ?? 0
        let jump = u[other] - u[cell]
        let flux = scale * ((g[cell] + g[other]) / 2 - abs(a) / 2 * jump)
        target[cell] += flux
        target[other] -= flux
        guard let slopes, let speedSlopes, let own else { continue }
        func add(_ block: CellPattern.Block, _ first: Double, _ second: Double) {
          block.add(first, cell, CellPattern.own)
          block.add(second, cell, up)
          block.add(-first, other, down)
          block.add(-second, other, CellPattern.own)
        }
        for (block, values) in slopes { add(block, scale / 2 * values[cell], scale / 2 * values[other]) }
        if a != 0 { add(own, scale / 2 * abs(a), -scale / 2 * abs(a)) }
        for (block, values) in speedSlopes {
          let change = -scale / 4 * jump * (a < 0 ? -1 : 1)
          add(block, change * values[cell], change * values[other])
        }
      }
    }
  }

  /// G through a face of the boundary, with the values there.
  private func add(
    _ face: BoundaryConvection, _ state: StateVector, _ residual: StateVector, _ blocks: Blocks?
  ) {
    let term = face.term
    let (sign, cells) = (face.face.side == .upper ? 1.0 : -1, grid.cellCount)
    let scale = sign / grid.spacings[term.axis]
    let target = residual.baseAddress + term.equation * cells
    // Upwinding between the cell and a prescribed value.
    let given = condition(term.equation, face.face)
    let isUpwind = scheme.convection == .upwind && given?.isEssential == true
    let u = state.baseAddress + term.equation * cells
    let inside = (isUpwind ? term.speed : nil).map { speed in
      (
        flux: evaluator.results[term.flux.value].baseAddress,
        speed: evaluator.results[speed.value].baseAddress,
        fluxSlopes: derivatives(term.flux), speedSlopes: derivatives(speed)
      )
    }
    for (position, cell) in face.cells.enumerated() {
      let share = inside == nil ? 1.0 : 0.5
      target[cell] += scale * share * face.fluxes[position]
      if let blocks {
        for (unknown, slopes) in face.slopes {
          let factor = scale * share * slopes[position]
          guard let other = condition(unknown, face.face) else {
            blocks(term.equation, unknown).add(factor, cell, CellPattern.own)
            continue
          }
          for part in other.slopes {
            blocks(term.equation, part.unknown).add(
              factor * part.values.baseAddress[position], cell, CellPattern.own)
          }
        }
      }
      guard let inside, let given else { continue }
      let jump = given.values.baseAddress[position] - u[cell]
      let a = sign * inside.speed[cell]
      // (G(u) + G(u_f) − |a| (u_f − u))/2 with the outward speed a.
      target[cell] += scale * 0.5 * (inside.flux[cell] - sign * abs(a) * jump)
      guard let blocks else { continue }
      for (unknown, slopes) in inside.fluxSlopes {
        blocks(term.equation, unknown).add(scale * 0.5 * slopes[cell], cell, CellPattern.own)
      }
      blocks(term.equation, term.equation).add(scale * 0.5 * sign * abs(a), cell, CellPattern.own)
      for (unknown, slopes) in inside.speedSlopes {
        blocks(term.equation, unknown).add(
          -scale * 0.5 * sign * (a < 0 ? -1 : 1) * sign * slopes[cell] * jump, cell, CellPattern.own)
      }
    }
  }
}
