import Equations
package import Geometry

/// A box cut into equal cells; unknowns are means over cells, numbered row-major, the last axis fastest.
package struct CellGrid: Sendable {
  package let axes: [Axis]
  package let counts: [Int]
  package let spacings: [Double]
  package let strides: [Int]

  package init(axes: [Axis], counts: [Int]) {
    self.axes = axes
    self.counts = counts
    spacings = zip(axes, counts).map { $0.length / Double($1) }
    var strides = counts.map { _ in 1 }
    for axis in counts.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * counts[axis + 1] }
    self.strides = strides
  }

  package var dimension: Int { axes.count }
  package var cellCount: Int { counts.reduce(1, *) }

  /// The centres of the cells along an axis.
  package func centers(_ axis: Int) -> [Double] {
    (0..<counts[axis]).map { axes[axis].lower + (Double($0) + 0.5) * spacings[axis] }
  }

  /// The number of a cell along an axis.
  package func index(of cell: Int, along axis: Int) -> Int { cell / strides[axis] % counts[axis] }

  /// The cell across a face; `nil` where the face is on the boundary.
  package func neighbour(of cell: Int, along axis: Int, _ side: Side) -> Int? {
    let index = index(of: cell, along: axis)
    switch side {
    case .upper:
      if index + 1 < counts[axis] { return cell + strides[axis] }
      return axes[axis].isPeriodic ? cell - index * strides[axis] : nil
    case .lower:
      if index > 0 { return cell - strides[axis] }
      return axes[axis].isPeriodic ? cell + (counts[axis] - 1) * strides[axis] : nil
    }
  }

  /// The cells at an end of an axis, in the order of the face's own row-major grid.
  package func cells(at face: Face) -> [Int] {
    let layer = face.side == .lower ? 0 : counts[face.axis] - 1
    return (0..<cellCount).filter { index(of: $0, along: face.axis) == layer }
  }

  /// Functions of space at the centres of the cells, or at those of the cells' faces at an end of an axis.
  ///
  /// - Parameters:
  ///   - fields: gives the coefficient fields on a tensor grid of coordinates.
  ///   - expressions: what will be evaluated; where given, fields are made only if one is mentioned.
  func functions(
    at face: Face?, _ fields: FiniteVolumeSystem.FieldValues, for expressions: [Expression]? = nil
  ) throws -> GridFunctions {
    let coordinates = axes.indices.map { axis -> [Double] in
      guard let face, face.axis == axis else { return centers(axis) }
      return [face.side == .lower ? axes[axis].lower : axes[axis].upper]
    }
    let functions = GridFunctions(axes: axes.indices.map { (axes[$0].name, coordinates[$0]) })
    let known = functions.names.union(["t"])
    if let expressions, expressions.allSatisfy({ $0.freeSymbols.isSubset(of: known) }) { return functions }
    return functions.adding(try fields(functions, coordinates))
  }
}
