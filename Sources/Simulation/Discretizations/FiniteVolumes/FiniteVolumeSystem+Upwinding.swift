import Arrays
import Equations
import Geometry

extension FiniteVolumeSystem {
  /// Turns the central difference of a term `c ∂u` into the one-sided one against the stream: less |c|/2h times the jumps
  /// of u over the two faces of a cell.
  ///
  /// On a face of the boundary with a prescribed value the central difference takes that value itself, which is right where
  /// the stream enters, and twice the jump over the half cell is taken away where it leaves.
  func addUpwinding(
    _ equation: Int, _ axis: Int, _ speed: CellFunction, _ state: StateVector, _ residual: StateVector,
    _ blocks: Blocks?
  ) {
    let target = residual.baseAddress + equation * grid.cellCount
    let u = state.baseAddress + equation * grid.cellCount
    let c = evaluator.results[speed.value].baseAddress
    let scale = 0.5 / grid.spacings[axis]
    let own = blocks?(equation, equation)
    // By cell, what |c| is multiplied with.
    let jumps = AlignedStorage<Double>(count: grid.cellCount)
    grid.forEachLine(along: axis) { line in
      for position in 0..<line.count {
        let cell = line.cell(position)
        var sum = 0.0
        for side in Side.allCases {
          if let other = line.neighbour(position, side) {
            sum += u[other] - u[cell]
            own?.add(-scale * abs(c[cell]), cell, CellPattern.slot(axis, side))
            own?.add(scale * abs(c[cell]), cell, CellPattern.own)
          } else if (side == .upper) == (c[cell] > 0),
            let given = condition(equation, Face(axis: axis, side: side)),
            given.isEssential
          {
            sum += 2 * (given.values.baseAddress[line.number] - u[cell])
            own?.add(2 * scale * abs(c[cell]), cell, CellPattern.own)
          }
        }
        target[cell] -= scale * abs(c[cell]) * sum
        jumps.baseAddress[cell] = (c[cell] < 0 ? scale : -scale) * sum
      }
    }
    guard let blocks else { return }
    addDerivatives(of: speed, times: jumps.baseAddress, equation: equation, blocks)
  }

  /// Adds the derivatives of a function in the cells times a factor of each.
  func addDerivatives(
    of function: CellFunction, times factor: UnsafePointer<Double>?, equation: Int, _ blocks: Blocks
  ) {
    let product = AlignedStorage<Double>(count: grid.cellCount)
    for (input, position) in function.derivatives {
      let (unknown, axis) = form.meaning(ofInput: input)
      let derivative = evaluator.results[position].baseAddress
      for cell in 0..<grid.cellCount { product.baseAddress[cell] = derivative[cell] * (factor?[cell] ?? 1) }
      if let axis {
        addGradient(product.baseAddress, unknown, axis, equation: equation, blocks)
      } else {
        let block = blocks(equation, unknown)
        for cell in 0..<grid.cellCount { block.add(product.baseAddress[cell], cell, CellPattern.own) }
      }
    }
  }
}
