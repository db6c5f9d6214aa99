import Arrays
import Geometry

extension FiniteVolumeSystem {
  /// Differences of the means of neighbours over the width of a cell; at the boundary of what is known at the face.
  func writeGradient(
    of values: UnsafePointer<Double>, _ unknown: Int, _ axis: Int, to target: UnsafeMutablePointer<Double>
  ) {
    let scale = 1 / grid.spacings[axis]
    grid.forEachLine(along: axis) { line in
      for position in 0..<line.count {
        let cell = line.cell(position)
        var difference = 0.0
        for (side, sign) in [(Side.lower, -1.0), (.upper, 1.0)] {
          if let other = line.neighbour(position, side) {
            difference += sign * 0.5 * (values[cell] + values[other])
          } else if let given = condition(unknown, Face(axis: axis, side: side)) {
            difference += sign * given.values.baseAddress[line.number]
          } else {
            difference += sign * openFace(line, position, side).reduce(0) { $0 + $1.weight * values[$1.cell] }
          }
        }
        target[cell] = scale * difference
      }
    }
  }

  /// The value at a face on which nothing is given, carried on linearly.
  private func openFace(
    _ line: CellLine, _ position: Int, _ side: Side
  ) -> [(weight: Double, cell: Int, slot: Int, axis: Int)] {
    let inner: Side = side == .lower ? .upper : .lower
    let cell = line.cell(position)
    guard let other = line.neighbour(position, inner) else { return [(1, cell, CellPattern.own, line.axis)] }
    return [
      (1.5, cell, CellPattern.own, line.axis), (-0.5, other, CellPattern.slot(line.axis, inner), line.axis),
    ]
  }

  /// Adds a factor in every cell times the derivatives of an unknown's gradient along an axis.
  func addGradient(
    _ factor: UnsafePointer<Double>, _ unknown: Int, _ axis: Int, equation: Int, _ block: Blocks
  ) {
    let scale = 1 / grid.spacings[axis]
    let own = block(equation, unknown)
    grid.forEachLine(along: axis) { line in
      for position in 0..<line.count {
        let cell = line.cell(position)
        for (side, sign) in [(Side.lower, -1.0), (.upper, 1.0)] {
          let weight = sign * scale * factor[cell]
          if line.neighbour(position, side) != nil {
            own.add(0.5 * weight, cell, CellPattern.own)
            own.add(0.5 * weight, cell, CellPattern.slot(axis, side))
          } else if let given = condition(unknown, Face(axis: axis, side: side)) {
            for part in given.slopes {
              block(equation, part.unknown).add(
                weight * part.values.baseAddress[line.number], cell, CellPattern.own)
            }
          } else {
            for part in openFace(line, position, side) { own.add(weight * part.weight, cell, part.slot) }
          }
        }
      }
    }
  }
}
