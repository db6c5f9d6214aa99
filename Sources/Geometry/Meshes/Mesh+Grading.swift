import Arrays
import Glibc

extension Mesh {
  /// The mesh with its vertices drawn towards a point.
  ///
  /// Within the cube |x − c|∞ < R vertices move to c + (x − c)(ρ/R)^(β − 1), with ρ their distance in the
  /// maximum norm: elements at a distance r then have sizes of order h r^(1 − 1/β). Near a corner where the
  /// solution behaves like r^α, elements of order k keep order k in H¹ and k + 1 in L² for β > k/α (Babuška,
  /// *Finite element method for domains with corners*, 1970). Where the domain ends within the cube, its
  /// boundary must consist of lines or planes through c; faces of the cube itself stay where they are.
  ///
  /// - Parameters:
  ///   - point: The center c.
  ///   - radius: R, above 0.
  ///   - exponent: β, at least 1.
  public func graded(towards point: [Double], within radius: Double, exponent: Double) -> Mesh {
    precondition(point.count == dimension, "Mesh.graded: a point of \(point.count) numbers")
    precondition(radius > 0, "Mesh.graded: radius \(radius) must be above 0")
    precondition(exponent >= 1, "Mesh.graded: exponent \(exponent) must be at least 1")
    let dimension = dimension
    func moved(_ points: AlignedStorage<Double>) -> AlignedStorage<Double> {
      let result = AlignedStorage<Double>(count: points.count)
      for row in 0..<(points.count / dimension) {
        let source = points.baseAddress + row * dimension
        let target = result.baseAddress + row * dimension
        var distance = 0.0
        for axis in 0..<dimension { distance = max(distance, abs(source[axis] - point[axis])) }
        let factor = distance < radius ? pow(distance / radius, exponent - 1) : 1
        for axis in 0..<dimension {
          target[axis] =
            distance < radius ? point[axis] + (source[axis] - point[axis]) * factor : source[axis]
        }
      }
      return result
    }
    let vertices = moved(vertexCoordinates)
    var midpoints: AlignedStorage<Double>?
    if let edgeMidpoints {
      let result = moved(edgeMidpoints)
      for edge in 0..<edgeCount where !isCurved(edge: edge) {
        for axis in 0..<dimension {
          let a = vertices.baseAddress[Int(edges.baseAddress[2 * edge]) * dimension + axis]
          let b = vertices.baseAddress[Int(edges.baseAddress[2 * edge + 1]) * dimension + axis]
          result.baseAddress[edge * dimension + axis] = 0.5 * (a + b)
        }
      }
      midpoints = result
    }
    return Mesh(
      topology, vertexCoordinates: vertices, edgeMidpoints: midpoints, parts: parts,
      facetSurfaces: facetSurfaces)
  }
}
