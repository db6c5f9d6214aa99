public import Spectral

extension SparseMatrix {
  /// The negative second-order Laplacian (3, 5 or 7 points) on a box, plus `shift` times the identity: the matrix that
  /// `FastPoisson` inverts.
  ///
  /// Unknowns are numbered row-major, the last axis fastest. On an axis whose Neumann ends are nodes the rows at the
  /// ends are halved (a product over axes), so that the matrix is symmetric.
  ///
  /// - Parameters:
  ///   - mask: which cells of the box are unknowns, numbered in order; all unless given.
  ///   - outside: what cells that are left out are to their neighbours: walls (Neumann), or zero (Dirichlet).
  public static func laplacian(
    _ axes: [PoissonAxis], shift: Double = 0, mask: [Bool]? = nil, outside: EndCondition = .neumann
  ) -> SparseMatrix {
    precondition(!axes.isEmpty, "SparseMatrix.laplacian: at least one axis is needed")
    let shape = axes.map(\.count)
    let stencils = axes.map(\.stencil)
    let count = shape.reduce(1, *)
    precondition(
      mask == nil || mask?.count == count,
      "SparseMatrix.laplacian: a mask of \(mask?.count ?? 0) for \(count) cells")
    // The row of every cell, −1 for those left out.
    var rows = [Int](repeating: -1, count: count)
    var kept = 0
    for cell in 0..<count where mask?[cell] ?? true {
      rows[cell] = kept
      kept += 1
    }
    var matrix = CoordinateMatrix(rowCount: kept, columnCount: kept)
    matrix.reserveCapacity(kept * (2 * axes.count + 1))
    for cell in 0..<count where rows[cell] >= 0 {
      var (rest, stride, diagonal, weight) = (cell, 1, shift, 1.0)
      var neighbours: [(column: Int, value: Double)] = []
      for axis in axes.indices.reversed() {
        let index = rest % shape[axis]
        rest /= shape[axis]
        let line = stencils[axis][index]
        diagonal += line.diagonal
        weight *= line.weight
        for (other, value) in line.neighbours {
          let column = rows[cell + (other - index) * stride]
          if column >= 0 {
            neighbours.append((column, value))
          } else if outside == .neumann {
            diagonal += value
          }
        }
        stride *= shape[axis]
      }
      matrix.add(weight * diagonal, row: rows[cell], column: rows[cell])
      for (column, value) in neighbours { matrix.add(weight * value, row: rows[cell], column: column) }
    }
    return matrix.compressed(.rows, as: Index.self).matrix
  }
}

extension PoissonAxis {
  /// The second-order difference −d² at every unknown: diagonal, neighbours, and the weight that makes it symmetric.
  fileprivate var stencil: [(diagonal: Double, neighbours: [(index: Int, value: Double)], weight: Double)] {
    let inverse = 1 / (spacing * spacing)
    return (0..<count).map { index in
      var (diagonal, weight) = (2 * inverse, 1.0)
      var neighbours: [(index: Int, value: Double)] = []
      for (step, isLower) in [(-1, true), (1, false)] {
        let other = index + step
        if (0..<count).contains(other) {
          neighbours.append((other, -inverse))
          continue
        }
        switch (ends, grid) {
        case (.periodic, _): neighbours.append(((other + count) % count, -inverse))
        case (.bounded(let lower, let upper), .faces):
          // A ghost beyond the face: mirrored, or mirrored with its sign changed.
          diagonal += (isLower ? lower : upper) == .neumann ? -inverse : inverse
        case (.bounded(let lower, let upper), .nodes):
          guard (isLower ? lower : upper) == .neumann else { continue }
          neighbours.append((index - step, -inverse))
          weight = 0.5
        }
      }
      return (diagonal, neighbours, weight)
    }
  }
}
