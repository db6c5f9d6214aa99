import Arrays

/// Moves boundary points onto the surfaces of a shape's primitives.
struct SurfaceProjection {
  private let primitives: [Primitive]
  private let facetSurfaces: [Int32]
  private let dimension: Int

  /// `nil` without a shape or without the numbers of its primitives.
  init?(_ shape: Shape?, _ facetSurfaces: [Int32]?, _ dimension: Int) {
    guard let shape, let facetSurfaces else { return nil }
    precondition(
      shape.dimension == dimension,
      "Mesh: a shape in \(shape.dimension) dimensions for a mesh in \(dimension)")
    primitives = shape.primitives
    self.facetSurfaces = facetSurfaces
    self.dimension = dimension
    precondition(
      facetSurfaces.allSatisfy { $0 < primitives.count },
      "Mesh: the shape has \(primitives.count) primitives, and the mesh was made for more")
  }

  /// Moves a point onto all surfaces it is to lie on, in turn until it rests.
  func move(_ point: UnsafeMutablePointer<Double>, onto surfaces: [Int32]) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * dimension) { scratch in
      let nearest = scratch.baseAddress!
      for _ in 0..<50 {
        var step = 0.0
        var size = 0.0
        for surface in surfaces where surface >= 0 {
          primitives[Int(surface)].nearestBoundaryPoint(to: point, into: nearest)
          for axis in 0..<dimension {
            step = max(step, abs(nearest[axis] - point[axis]))
            size = max(size, abs(nearest[axis]))
            point[axis] = nearest[axis]
          }
        }
        if step <= 1e-16 * size || surfaces.count < 2 { return }
      }
    }
  }

  /// Moves the nodes in the middle of boundary edges.
  func moveMidpoints(of nodes: MeshNodes, in points: AlignedStorage<Double>) {
    let mesh = nodes.mesh
    for (edge, surfaces) in edgeSurfaces(mesh.topology, facetSurfaces) {
      let target = points.baseAddress + (mesh.vertexCount + Int(edge)) * dimension
      move(target, onto: surfaces)
    }
  }

  /// The same for the edges of a finer mesh, whose facets have the given parents.
  func moveMidpoints(
    of finer: MeshTopology, parents: [Int32], vertices: AlignedStorage<Double>,
    midpoints: AlignedStorage<Double>
  ) {
    let surfaces = parents.map { facetSurfaces[Int($0)] }
    for (edge, surfaces) in edgeSurfaces(finer, surfaces) {
      let target = midpoints.baseAddress + Int(edge) * dimension
      move(target, onto: surfaces)
      // Straight edges stay straight to the last bit.
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { copy in
        for axis in 0..<dimension { copy[axis] = target[axis] }
        Mesh.setMidpoint(Int(edge), copy.baseAddress!, finer.edges, vertices, dimension, midpoints)
      }
    }
  }

  /// The different surfaces that meet at each boundary edge, edges ascending.
  private func edgeSurfaces(
    _ topology: MeshTopology, _ facetSurfaces: [Int32]
  ) -> [(edge: Int32, surfaces: [Int32])] {
    guard !facetSurfaces.isEmpty else { return [] }
    let width = topology.facetEdges.count / facetSurfaces.count
    var pairs = topology.facetEdges.buffer.enumerated().map { slot, edge in
      (edge: edge, surface: facetSurfaces[slot / width])
    }
    pairs.sort { $0.edge != $1.edge ? $0.edge < $1.edge : $0.surface < $1.surface }
    var result: [(edge: Int32, surfaces: [Int32])] = []
    for pair in pairs {
      if result.last?.edge != pair.edge {
        result.append((pair.edge, [pair.surface]))
      } else if result[result.count - 1].surfaces.last != pair.surface {
        result[result.count - 1].surfaces.append(pair.surface)
      }
    }
    return result
  }
}

extension SurfaceProjection {
  /// A mesh with its boundary moved by less than a tolerance onto the exact surfaces.
  ///
  /// Corners of boxes and polygons are met exactly. Inner edges become straight, but for those that keep an
  /// element from folding over where `keepsInnerCurves` is true.
  func moved(_ mesh: Mesh, tolerance: Double, keepsInnerCurves: Bool) -> Mesh {
    let vertices = AlignedStorage<Double>(count: mesh.vertexCoordinates.count)
    vertices.baseAddress.update(from: mesh.vertexCoordinates.baseAddress, count: vertices.count)
    for (vertex, surfaces) in vertexSurfaces(mesh) {
      let point = vertices.baseAddress + Int(vertex) * dimension
      move(point, onto: surfaces)
      for surface in surfaces { primitives[Int(surface)].snapToCorner(point, tolerance) }
    }
    guard let old = mesh.edgeMidpoints else {
      return Mesh(
        mesh.topology, vertexCoordinates: vertices, edgeMidpoints: nil, parts: mesh.parts,
        facetSurfaces: facetSurfaces)
    }
    let midpoints = AlignedStorage<Double>(count: old.count)
    for edge in 0..<mesh.edgeCount {
      let isCurved = keepsInnerCurves && mesh.isCurved(edge: edge)
      for axis in 0..<dimension {
        let a = vertices.baseAddress[Int(mesh.edges.baseAddress[2 * edge]) * dimension + axis]
        let b = vertices.baseAddress[Int(mesh.edges.baseAddress[2 * edge + 1]) * dimension + axis]
        let place = edge * dimension + axis
        midpoints.baseAddress[place] = isCurved ? old.baseAddress[place] : 0.5 * (a + b)
      }
    }
    moveMidpoints(
      of: mesh.topology, parents: mesh.facetElements.buffer.indices.map { Int32($0) }, vertices: vertices,
      midpoints: midpoints)
    return Mesh(
      mesh.topology, vertexCoordinates: vertices, edgeMidpoints: midpoints, parts: mesh.parts,
      facetSurfaces: facetSurfaces)
  }

  /// The different surfaces that meet at each boundary vertex, vertices ascending.
  private func vertexSurfaces(_ mesh: Mesh) -> [(vertex: Int32, surfaces: [Int32])] {
    var pairs = mesh.facets.buffer.enumerated().map { slot, vertex in
      (vertex: vertex, surface: facetSurfaces[slot / dimension])
    }
    pairs.sort { $0.vertex != $1.vertex ? $0.vertex < $1.vertex : $0.surface < $1.surface }
    var result: [(vertex: Int32, surfaces: [Int32])] = []
    for pair in pairs {
      if result.last?.vertex != pair.vertex {
        result.append((pair.vertex, [pair.surface]))
      } else if result[result.count - 1].surfaces.last != pair.surface {
        result[result.count - 1].surfaces.append(pair.surface)
      }
    }
    return result
  }
}

extension Primitive {
  /// Moves a point that is next to a corner, an edge or a face of a box, or to a polygon's vertex, onto it.
  func snapToCorner(_ point: UnsafeMutablePointer<Double>, _ tolerance: Double) {
    switch shape.form {
    case .box(let lower, let upper):
      for axis in lower.indices {
        for end in [lower[axis], upper[axis]] where abs(point[axis] - end) <= tolerance { point[axis] = end }
      }
    case .polygon(let vertices):
      for vertex in vertices
      where abs(point[0] - vertex[0]) <= tolerance && abs(point[1] - vertex[1]) <= tolerance {
        (point[0], point[1]) = (vertex[0], vertex[1])
      }
    default: break
    }
  }
}
