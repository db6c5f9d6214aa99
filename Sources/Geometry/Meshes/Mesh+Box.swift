import Arrays

extension Mesh {
  /// The names of the ends of the first, second and third axis, lower end first.
  public static let boxPartNames = [("left", "right"), ("bottom", "top"), ("front", "back")]

  /// A structured mesh of an interval, a rectangle or a cuboid.
  ///
  /// Every cell is cut into simplices along its main diagonal, one for each order of the axes (Kuhn's
  /// triangulation), so that neighbours fit. Vertices are numbered row-major, last axis fastest. The parts are
  /// `left right bottom top front back`, as far as they exist.
  ///
  /// - Parameters:
  ///   - lower: One corner.
  ///   - upper: The opposite corner.
  ///   - cells: The number of cells along each axis.
  ///   - isKept: Given the center of a cell, whether it belongs to the mesh; by default all do.
  public static func box(
    _ lower: [Double], _ upper: [Double], cells: [Int], where isKept: ([Double]) -> Bool = { _ in true }
  ) -> Mesh {
    let dimension = cells.count
    precondition((1...3).contains(dimension), "Mesh.box: \(dimension) dimensions, must be 1 to 3")
    precondition(
      lower.count == dimension && upper.count == dimension && zip(lower, upper).allSatisfy { $0 < $1 },
      "Mesh.box: the corners \(lower) and \(upper) do not span a box in \(dimension) dimensions")
    precondition(cells.allSatisfy { $0 >= 1 }, "Mesh.box: the cells \(cells) must all be at least 1")
    let lattice = cells.map { $0 + 1 }
    let points = NDArray<Double>(shape: [lattice.reduce(1, *), dimension]) { index in
      let axis = index % dimension
      let position = Self.position(index / dimension, lattice)[axis]
      let share = Double(position) / Double(cells[axis])
      // The ends exactly.
      return position == cells[axis] ? upper[axis] : lower[axis] + share * (upper[axis] - lower[axis])
    }
    let elements = kuhnElements(cells, lattice) { cell in
      let center = cell.indices.map { axis -> Double in
        let share = (Double(cell[axis]) + 0.5) / Double(cells[axis])
        return lower[axis] + share * (upper[axis] - lower[axis])
      }
      return isKept(center)
    }
    precondition(!elements.isEmpty, "Mesh.box: no cell is kept")
    let width = dimension + 1
    let table = NDArray(shape: [elements.count / width, width], elements)
    do {
      let mesh = try Mesh(points: points, elements: table, dimension: dimension, keepingOrder: true)
      return mesh.replacingParts(mesh.boxParts(lower, upper))
    } catch {
      preconditionFailure("Mesh.box: \(error)")
    }
  }

  private static func position(_ index: Int, _ lengths: [Int]) -> [Int] {
    var rest = index
    var result = lengths
    for axis in lengths.indices.reversed() {
      result[axis] = rest % lengths[axis]
      rest /= lengths[axis]
    }
    return result
  }

  private static func kuhnElements(
    _ cells: [Int], _ lattice: [Int], _ isKept: ([Int]) -> Bool
  ) -> [Int32] {
    let strides = lattice.indices.map { axis in lattice[(axis + 1)...].reduce(1, *) }
    let paths: [[Int]] =
      switch cells.count {
      case 1: [[0]]
      case 2: [[0, 1], [1, 0]]
      default: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
      }
    var elements: [Int32] = []
    elements.reserveCapacity(cells.reduce(1, *) * paths.count * (cells.count + 1))
    for index in 0..<cells.reduce(1, *) {
      let cell = position(index, cells)
      guard isKept(cell) else { continue }
      let first = zip(cell, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for path in paths {
        var vertex = first
        elements.append(Int32(vertex))
        for axis in path {
          vertex += strides[axis]
          elements.append(Int32(vertex))
        }
      }
    }
    return elements
  }

  /// The facets whose vertices all lie on one face of the box.
  private func boxParts(_ lower: [Double], _ upper: [Double]) -> [Part] {
    var found = [[Int32]](repeating: [], count: 2 * dimension)
    for facet in 0..<facetCount {
      for side in 0..<(2 * dimension) {
        let (axis, value) = (side / 2, side % 2 == 0 ? lower[side / 2] : upper[side / 2])
        let isOnFace = (0..<dimension).allSatisfy { local in
          let vertex = Int(facets.baseAddress[facet * dimension + local])
          return vertexCoordinates.baseAddress[vertex * dimension + axis] == value
        }
        if isOnFace { found[side].append(Int32(facet)) }
      }
    }
    return found.enumerated().map { side, facets in
      let names = Self.boxPartNames[side / 2]
      return Part(name: side % 2 == 0 ? names.0 : names.1, facets: facets)
    }
  }
}
