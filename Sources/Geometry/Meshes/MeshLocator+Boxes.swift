import Arrays

extension MeshLocator {
  /// Boxes that hold the elements, a little larger than they must be.
  ///
  /// A curved edge lies within the triangle of its ends and its Bézier point.
  static func elementBoxes(_ mesh: Mesh) -> AlignedStorage<Double> {
    let dimension = mesh.dimension
    let edgesPerElement = Simplex.edgeCount(dimension)
    let result = AlignedStorage<Double>(count: mesh.elementCount * 2 * dimension)
    for element in 0..<mesh.elementCount {
      let box = result.baseAddress + element * 2 * dimension
      for axis in 0..<dimension {
        var (lower, upper) = (Double.infinity, -Double.infinity)
        for corner in 0...dimension {
          let vertex = Int(mesh.elements.baseAddress[element * (dimension + 1) + corner])
          let value = mesh.vertexCoordinates.baseAddress[vertex * dimension + axis]
          (lower, upper) = (min(lower, value), max(upper, value))
        }
        if let midpoints = mesh.edgeMidpoints {
          for local in 0..<edgesPerElement {
            let edge = Int(mesh.elementEdges.baseAddress[element * edgesPerElement + local])
            let first = Int(mesh.edges.baseAddress[2 * edge])
            let second = Int(mesh.edges.baseAddress[2 * edge + 1])
            let straight =
              0.5
              * (mesh.vertexCoordinates.baseAddress[first * dimension + axis]
                + mesh.vertexCoordinates.baseAddress[second * dimension + axis])
            let value = 2 * midpoints.baseAddress[edge * dimension + axis] - straight
            (lower, upper) = (min(lower, value), max(upper, value))
          }
        }
        let margin = 1e-9 * (upper - lower) + 1e-15 * max(abs(lower), abs(upper))
        (box[axis], box[dimension + axis]) = (lower - margin, upper + margin)
      }
    }
    return result
  }

  /// Boxes of a complete binary tree over groups of elements; those of empty leaves are inside out.
  static func tree(
    _ order: [Int32], _ elementBoxes: AlignedStorage<Double>, _ leafCount: Int, _ dimension: Int
  ) -> AlignedStorage<Double> {
    let width = 2 * dimension
    let boxes = AlignedStorage<Double>(count: (2 * leafCount - 1) * width)
    func extend(_ box: UnsafeMutablePointer<Double>, by other: UnsafePointer<Double>) {
      for axis in 0..<dimension {
        box[axis] = min(box[axis], other[axis])
        box[dimension + axis] = max(box[dimension + axis], other[dimension + axis])
      }
    }
    for node in 0..<(2 * leafCount - 1) {
      for axis in 0..<dimension {
        boxes.baseAddress[node * width + axis] = .infinity
        boxes.baseAddress[node * width + dimension + axis] = -.infinity
      }
    }
    for (position, element) in order.enumerated() {
      let node = leafCount - 1 + position / leafSize
      extend(boxes.baseAddress + node * width, by: elementBoxes.baseAddress + Int(element) * width)
    }
    for node in (0..<(leafCount - 1)).reversed() {
      for child in [2 * node + 1, 2 * node + 2] {
        extend(boxes.baseAddress + node * width, by: boxes.baseAddress + child * width)
      }
    }
    return boxes
  }
}
