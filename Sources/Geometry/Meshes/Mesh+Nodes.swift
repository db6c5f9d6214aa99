public import Arrays

extension Mesh {
  /// A mesh from points and the lists of points of its elements.
  ///
  /// Points that no element uses are left out, elements are turned to positive orientation, and vertices and
  /// elements are renumbered along a space-filling curve, so that neighbours lie close in memory.
  ///
  /// - Parameters:
  ///   - points: Points × at least `dimension` coordinates; further ones are ignored.
  ///   - elements: Elements × points: dimension + 1 vertices, and for order 2 the points in the middle of the
  ///     local edges in the order given for `Mesh`.
  ///   - dimension: 1 to 3.
  ///   - keepingOrder: Leaves the order of points and elements as it is.
  /// - Throws: `unsupportedDimension`, `notFinite`, `badMesh`.
  public convenience init(
    points: NDArray<Double>, elements: NDArray<Int32>, dimension: Int, keepingOrder: Bool = false
  ) throws(GeometryError) {
    guard (1...3).contains(dimension) else { throw .unsupportedDimension(dimension) }
    let source = try SimplexList(points, elements, dimension)
    let list = keepingOrder ? source : source.reordered(points)
    let vertices = list.vertices(points, keepingOrder: keepingOrder)
    let flipped = try list.orient(vertices)
    let topology = try MeshTopology(
      dimension: dimension, vertexCount: vertices.count / dimension, elements: list.corners)
    var midpoints: AlignedStorage<Double>?
    if list.middles != nil {
      midpoints = try list.edgeMidpoints(topology, points, vertices, flipped: flipped)
    }
    self.init(topology, vertexCoordinates: vertices, edgeMidpoints: midpoints)
  }
}

/// Elements as lists of points, corners apart from the points in the middle of edges.
private struct SimplexList {
  let dimension: Int
  /// Elements × (dimension + 1): points until `vertices` renumbers them.
  let corners: AlignedStorage<Int32>
  /// Elements × local edges: points.
  let middles: AlignedStorage<Int32>?
  private var count: Int { corners.count / (dimension + 1) }

  init(_ points: NDArray<Double>, _ elements: NDArray<Int32>, _ dimension: Int) throws(GeometryError) {
    self.dimension = dimension
    let (width, edges) = (dimension + 1, Simplex.edgeCount(dimension))
    guard points.shape.count == 2, points.shape[1] >= dimension, elements.shape.count == 2,
      elements.shape[0] > 0, elements.shape[1] == width || elements.shape[1] == width + edges
    else {
      throw .badMesh(reason: "tables of shapes \(points.shape) and \(elements.shape) do not describe one")
    }
    let (pointCount, rowLength) = (points.shape[0], elements.shape[1])
    corners = AlignedStorage(count: elements.shape[0] * width)
    middles = rowLength > width ? AlignedStorage(count: elements.shape[0] * edges) : nil
    let (corners, middles) = (corners, middles)
    let areNumbersValid = elements.withUnsafeBuffer { table in
      for (index, point) in table.enumerated() {
        guard point >= 0, point < pointCount else { return false }
        let (row, column) = (index / rowLength, index % rowLength)
        if column < width {
          corners.baseAddress[row * width + column] = point
        } else {
          middles?.baseAddress[row * edges + column - width] = point
        }
      }
      return true
    }
    guard areNumbersValid else { throw .badMesh(reason: "an element has a point that does not exist") }
    guard points.withUnsafeBuffer({ $0.allSatisfy(\.isFinite) }) else { throw .notFinite(shape: "the mesh") }
  }

  private init(dimension: Int, corners: AlignedStorage<Int32>, middles: AlignedStorage<Int32>?) {
    self.dimension = dimension
    self.corners = corners
    self.middles = middles
  }

  /// The elements sorted by the place of their centers on a space-filling curve.
  func reordered(_ points: NDArray<Double>) -> SimplexList {
    let width = dimension + 1
    let stride = points.shape[1]
    let centers = AlignedStorage<Double>(count: count * dimension)
    points.withUnsafeBuffer { points in
      for element in 0..<count {
        for axis in 0..<dimension {
          var sum = 0.0
          for corner in 0..<width {
            sum += points[Int(corners.baseAddress[element * width + corner]) * stride + axis]
          }
          centers.baseAddress[element * dimension + axis] = sum
        }
      }
    }
    let order = SpaceFillingCurve.order(centers, dimension: dimension)
    func permuted(_ table: AlignedStorage<Int32>, _ width: Int) -> AlignedStorage<Int32> {
      let result = AlignedStorage<Int32>(count: table.count)
      for (row, source) in order.enumerated() {
        (result.baseAddress + row * width).update(
          from: table.baseAddress + Int(source) * width, count: width)
      }
      return result
    }
    return SimplexList(
      dimension: dimension, corners: permuted(corners, width),
      middles: middles.map { permuted($0, Simplex.edgeCount(dimension)) })
  }

  /// Numbers the corners in the order in which elements use them, and returns their coordinates.
  func vertices(_ points: NDArray<Double>, keepingOrder: Bool) -> AlignedStorage<Double> {
    let (pointCount, stride) = (points.shape[0], points.shape[1])
    var numbers = [Int32](repeating: -1, count: pointCount)
    var rows: [Int32] = []
    if keepingOrder {
      for point in corners.buffer { numbers[Int(point)] = 0 }
      for point in numbers.indices where numbers[point] == 0 {
        numbers[point] = Int32(rows.count)
        rows.append(Int32(point))
      }
    }
    for index in 0..<corners.count {
      let point = Int(corners.baseAddress[index])
      if numbers[point] < 0 {
        numbers[point] = Int32(rows.count)
        rows.append(Int32(point))
      }
      corners.baseAddress[index] = numbers[point]
    }
    let coordinates = AlignedStorage<Double>(count: rows.count * dimension)
    points.withUnsafeBuffer { points in
      for (vertex, row) in rows.enumerated() {
        for axis in 0..<dimension {
          coordinates.baseAddress[vertex * dimension + axis] = points[Int(row) * stride + axis]
        }
      }
    }
    return coordinates
  }

  /// Turns elements to positive orientation, and says which were turned.
  func orient(_ coordinates: AlignedStorage<Double>) throws(GeometryError) -> [Bool] {
    let width = dimension + 1
    var flipped = [Bool](repeating: false, count: count)
    for element in 0..<count {
      let row = corners.baseAddress + element * width
      let measure = Mesh.affineMeasure(row, coordinates.baseAddress, dimension)
      guard measure.volume != 0, abs(measure.volume) > 1e-14 * measure.scale else {
        throw .badMesh(reason: "element \(element) has no volume")
      }
      if measure.volume < 0 {
        flipped[element] = true
        (row[dimension - 1], row[dimension]) = (row[dimension], row[dimension - 1])
      }
    }
    return flipped
  }

  /// The middle points of all edges; those that differ from straight ones by rounding only are made straight.
  func edgeMidpoints(
    _ topology: MeshTopology, _ points: NDArray<Double>, _ vertices: AlignedStorage<Double>, flipped: [Bool]
  ) throws(GeometryError) -> AlignedStorage<Double> {
    let edgesPerElement = Simplex.edgeCount(dimension)
    let permutation = Simplex.edgesAfterFlip(dimension)
    var middlePoint = [Int32](repeating: -1, count: topology.edges.count / 2)
    for slot in 0..<topology.elementEdges.count {
      let (element, local) = (slot / edgesPerElement, slot % edgesPerElement)
      let source = flipped[element] ? permutation[local] : local
      let point = middles!.baseAddress[element * edgesPerElement + source]
      let edge = Int(topology.elementEdges.baseAddress[slot])
      guard middlePoint[edge] < 0 || middlePoint[edge] == point else {
        throw .badMesh(reason: "neighbours of element \(element) have other points in the middle of an edge")
      }
      middlePoint[edge] = point
    }
    let result = AlignedStorage<Double>(count: middlePoint.count * dimension)
    points.withUnsafeBuffer { table in
      for (edge, point) in middlePoint.enumerated() {
        let source = table.baseAddress! + Int(point) * points.shape[1]
        Mesh.setMidpoint(edge, source, topology.edges, vertices, dimension, result)
      }
    }
    return result
  }
}
