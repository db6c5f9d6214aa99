import Arrays
import Geometry
import Testing

/// Vertices − edges + faces − tetrahedra: 1 for a ball, one less for each hole in the plane.
func eulerCharacteristic(_ mesh: Mesh) -> Int {
  switch mesh.dimension {
  case 1: return mesh.vertexCount - mesh.elementCount
  case 2: return mesh.vertexCount - mesh.edgeCount + mesh.elementCount
  default:
    // Every tetrahedron has four faces, shared by two but for those on the boundary.
    let faces = (4 * mesh.elementCount + mesh.facetCount) / 2
    return mesh.vertexCount - mesh.edgeCount + faces - mesh.elementCount
  }
}

/// Holds the tables of a mesh against each other.
func checkTables(_ mesh: Mesh) {
  let (dimension, width) = (mesh.dimension, mesh.dimension + 1)
  var isUsed = [Bool](repeating: false, count: mesh.vertexCount)
  for vertex in mesh.elements.buffer { isUsed[Int(vertex)] = true }
  #expect(isUsed.allSatisfy { $0 }, "no vertex is orphaned")
  var edgeIsUsed = [Bool](repeating: false, count: mesh.edgeCount)
  for edge in mesh.elementEdges.buffer { edgeIsUsed[Int(edge)] = true }
  #expect(edgeIsUsed.allSatisfy { $0 })

  let local =
    dimension == 1 ? [(0, 1)] : [(0, 1), (1, 2), (2, 0)] + (dimension == 3 ? [(0, 3), (1, 3), (2, 3)] : [])
  var agrees = true
  var boundaryFacets: Set<Int32> = []
  for element in 0..<mesh.elementCount {
    let row = mesh.elements.baseAddress + element * width
    for (slot, ends) in local.enumerated() {
      let edge = Int(mesh.elementEdges.baseAddress[element * local.count + slot])
      let pair = [row[ends.0], row[ends.1]].sorted()
      agrees = agrees && [mesh.edges.baseAddress[2 * edge], mesh.edges.baseAddress[2 * edge + 1]] == pair
    }
    for corner in 0..<width {
      let neighbour = mesh.neighbours.baseAddress[element * width + corner]
      let facet = Set((0..<width).filter { $0 != corner }.map { row[$0] })
      if neighbour < 0 {
        let number = -1 - neighbour
        agrees = agrees && boundaryFacets.insert(number).inserted
        agrees = agrees && Int(mesh.facetElements.baseAddress[Int(number)]) == element
        let corners = (0..<dimension).map { mesh.facets.baseAddress[Int(number) * dimension + $0] }
        agrees = agrees && Set(corners) == facet
      } else {
        let other = mesh.elements.baseAddress + Int(neighbour) * width
        agrees = agrees && facet.isSubset(of: (0..<width).map { other[$0] })
        agrees =
          agrees
          && (0..<width).contains {
            mesh.neighbours.baseAddress[Int(neighbour) * width + $0] == Int32(element)
          }
      }
    }
  }
  #expect(agrees, "edges, neighbours and facets agree with the elements")
  #expect(boundaryFacets.count == mesh.facetCount)
  #expect(mesh.parts.allSatisfy { part in zip(part.facets, part.facets.dropFirst()).allSatisfy { $0 < $1 } })
}
