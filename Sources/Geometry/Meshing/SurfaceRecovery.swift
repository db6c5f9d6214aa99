import Arrays

/// Finds the primitive that each boundary facet of a mesh lies on, and moves the boundary onto it.
struct SurfaceRecovery {
  private let region: Region
  private let source: Mesh
  private let extent: Double
  private let primitives: [Primitive]

  /// - Parameter extent: The size of the region; distances are judged in proportion to it.
  init(_ region: Region, _ mesh: Mesh, extent: Double) {
    self.region = region
    source = mesh
    self.extent = extent
    primitives = region.shape.primitives
  }

  /// The mesh with exact boundary nodes, surfaces and parts.
  func mesh(keepsInnerCurves: Bool = false) throws(GeometryError) -> Mesh {
    let surfaces = try facetSurfaces()
    guard let projection = SurfaceProjection(region.shape, surfaces, source.dimension) else {
      preconditionFailure("SurfaceRecovery: there are surfaces")
    }
    let moved = projection.moved(source, tolerance: 1e-8 * extent, keepsInnerCurves: keepsInnerCurves)
    try checkBoundary(of: moved, surfaces)
    return moved.replacingParts(region.boundaryParts(of: moved, surfaces), facetSurfaces: surfaces)
  }

  /// Throws if the mesh has a boundary where the region has none, or has it twice.
  ///
  /// Geometry kernels now and then lose, double or misplace a piece of a combination.
  private func checkBoundary(of mesh: Mesh, _ surfaces: [Int32]) throws(GeometryError) {
    let nodes = mesh.nodes(order: mesh.geometricOrder)
    let shape = region.shape
    var scratch = [Double](repeating: 0, count: mesh.dimension)
    var seen: Set<[UInt64]> = []
    for facet in 0..<mesh.facetCount {
      let center = nodes.facetCenter(facet)
      // A point of the surface, a little inside and a little outside.
      var place = center
      primitives[Int(surfaces[facet])].nearestBoundaryPoint(to: center, into: &place)
      let normal = mesh.facetNormal(facet)
      let step = 1e-5 * normal.length
      let inside = (0..<mesh.dimension).map { place[$0] - step * normal.direction[$0] }
      let outside = (0..<mesh.dimension).map { place[$0] + step * normal.direction[$0] }
      guard shape.signedDistance(inside, &scratch) < 0, shape.signedDistance(outside, &scratch) > 0 else {
        throw .badMesh(reason: "it has a boundary at \(center), where the shape has none")
      }
      guard seen.insert(center.map(\.bitPattern)).inserted else {
        throw .badMesh(reason: "it has a piece of the shape twice, at \(center)")
      }
    }
  }

  /// For each boundary facet the primitive that has all its nodes and comes nearest to its center.
  ///
  /// Of surfaces that coincide, one with a name is preferred, then the first.
  private func facetSurfaces() throws(GeometryError) -> [Int32] {
    let nodes = source.nodes(order: source.geometricOrder)
    let dimension = source.dimension
    var result: [Int32] = []
    result.reserveCapacity(source.facetCount)
    var scratch = [Double](repeating: 0, count: dimension)
    let tolerance = 1e-5 * extent
    for facet in 0..<source.facetCount {
      let center = nodes.facetCenter(facet)
      var best: (surface: Int, distance: Double)?
      for (number, primitive) in primitives.enumerated() {
        let farthest = (0..<nodes.nodesPerFacet).reduce(0.0) { farthest, local in
          let node = Int(nodes.facetNodes.baseAddress[facet * nodes.nodesPerFacet + local])
          let point = nodes.coordinates.baseAddress + node * dimension
          return max(farthest, abs(primitive.nearestBoundaryPoint(to: point, into: &scratch)))
        }
        guard farthest <= tolerance else { continue }
        let distance = abs(primitive.nearestBoundaryPoint(to: center, into: &scratch))
        if let known = best {
          let isNearer = distance < known.distance - 1e-9 * extent
          let isAsNear = distance <= known.distance + 1e-9 * extent
          let isBetterNamed = primitives[known.surface].names.isEmpty && !primitive.names.isEmpty
          guard isNearer || (isAsNear && isBetterNamed) else { continue }
        }
        best = (number, distance)
      }
      guard let best else { throw .unknownSurface(point: center) }
      result.append(Int32(best.surface))
    }
    return result
  }
}

extension MeshNodes {
  /// The middle of a boundary facet; on a curved one, of its quadratic piece.
  func facetCenter(_ facet: Int) -> [Double] {
    let dimension = mesh.dimension
    let row = facetNodes.baseAddress + facet * nodesPerFacet
    func point(_ local: Int, _ axis: Int) -> Double {
      coordinates.baseAddress[Int(row[local]) * dimension + axis]
    }
    let isQuadratic = nodesPerFacet > dimension
    return (0..<dimension).map { axis in
      switch (dimension, isQuadratic) {
      case (2, true): point(2, axis)
      case (3, true):
        (4 * (point(3, axis) + point(4, axis) + point(5, axis))
          - (point(0, axis) + point(1, axis) + point(2, axis))) / 9
      default: (0..<dimension).reduce(0) { $0 + point($1, axis) } / Double(dimension)
      }
    }
  }
}

extension Region {
  /// The parts of a mesh's boundary: the region's own, in order, then the names within its shape.
  ///
  /// A named part is there even if nothing of the boundary belongs to it.
  ///
  /// - Parameters:
  ///   - mesh: Any mesh of this region.
  ///   - surfaces: The primitive of each boundary facet; without it only the region's own parts are found.
  public func boundaryParts(of mesh: Mesh, _ surfaces: [Int32]?) -> [Mesh.Part] {
    let nodes = mesh.nodes(order: mesh.geometricOrder)
    let centers = (0..<mesh.facetCount).map { nodes.facetCenter($0) }
    var result = parts.map { part in
      var isInside = [Bool](repeating: true, count: mesh.facetCount)
      for condition in part.conditions {
        condition.restrict(&isInside, nodes, centers)
      }
      return Mesh.Part(name: part.name, facets: isInside.indices.filter { isInside[$0] }.map { Int32($0) })
    }
    guard let surfaces else { return result }
    let primitives = shape.primitives
    for name in shape.names where !result.contains(where: { $0.name == name }) {
      let isNamed = primitives.map { $0.names.contains(name) }
      let facets = surfaces.indices.filter { isNamed[Int(surfaces[$0])] }.map { Int32($0) }
      result.append(Mesh.Part(name: name, facets: facets))
    }
    return result
  }
}

extension BoundaryPart.Condition {
  /// Takes away the facets on which the condition does not hold.
  ///
  /// The tolerance of equations is in proportion to the largest value on the boundary.
  func restrict(_ isInside: inout [Bool], _ nodes: MeshNodes, _ centers: [[Double]]) {
    let (width, dimension) = (nodes.nodesPerFacet, nodes.mesh.dimension)
    let centerValues = centers.map { center in center.withUnsafeBufferPointer { function($0.baseAddress!) } }
    let scale = Self.scale(centerValues)
    for facet in isInside.indices where isInside[facet] {
      switch relation {
      case .notPositive: isInside[facet] = holds(centerValues[facet], scale: scale)
      case .zero:
        isInside[facet] = (0..<width).allSatisfy { local in
          let node = Int(nodes.facetNodes.baseAddress[facet * width + local])
          return holds(function(nodes.coordinates.baseAddress + node * dimension), scale: scale)
        }
      }
    }
  }

  /// The largest size of values on the boundary, which tolerances are in proportion to.
  fileprivate static func scale(_ values: [Double]) -> Double {
    values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
  }

  /// Whether a value says that a point is on the part.
  func holds(_ value: Double, scale: Double) -> Bool {
    switch relation {
    case .zero: abs(value) <= 1e-7 * scale
    case .notPositive: value <= 1e-9 * scale
    }
  }
}

extension BoundaryPart {
  /// Whether a vertex of the boundary lies on the part, be it smaller than the facets there.
  public func touches(_ mesh: Mesh) -> Bool {
    let vertices = Set((0..<mesh.facetCount * mesh.dimension).map { Int(mesh.facets.baseAddress[$0]) })
    var places = vertices.map { mesh.vertexCoordinates.baseAddress + $0 * mesh.dimension }
    for condition in conditions {
      let scale = Condition.scale(
        vertices.map { condition.function(mesh.vertexCoordinates.baseAddress + $0 * mesh.dimension) })
      places.removeAll { !condition.holds(condition.function($0), scale: scale) }
    }
    return !places.isEmpty
  }
}
