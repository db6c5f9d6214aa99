public import Arrays

/// Finds the elements in which points lie.
///
/// A binary tree of bounding boxes over the elements in the order of a space-filling curve: set-up n log n,
/// a query log n, on graded meshes too.
public struct MeshLocator: Sendable {
  /// What to do with points that no element contains.
  public enum Outside: Sendable, Hashable {
    /// Their element is −1.
    case rejected
    /// They get the nearest element if it is not farther than this distance, and coordinates outside of it.
    case nearest(within: Double)
  }
  public let mesh: Mesh
  /// Elements along the curve; leaf k of the tree holds the k-th eight of them.
  private let order: [Int32]
  /// Lower and upper corners of the boxes of a complete binary tree, node k's children being 2k + 1, 2k + 2.
  private let boxes: AlignedStorage<Double>
  private let leafCount: Int
  static let leafSize = 8

  /// Sorts the elements of a mesh.
  public init(_ mesh: Mesh) {
    self.mesh = mesh
    let dimension = mesh.dimension
    let elementBoxes = Self.elementBoxes(mesh)
    let centers = AlignedStorage<Double>(count: mesh.elementCount * dimension)
    for element in 0..<mesh.elementCount {
      let box = elementBoxes.baseAddress + element * 2 * dimension
      for axis in 0..<dimension {
        centers.baseAddress[element * dimension + axis] = 0.5 * (box[axis] + box[dimension + axis])
      }
    }
    order = SpaceFillingCurve.order(centers, dimension: dimension)
    var leafCount = 1
    while leafCount * Self.leafSize < mesh.elementCount { leafCount *= 2 }
    self.leafCount = leafCount
    boxes = Self.tree(order, elementBoxes, leafCount, dimension)
  }

  /// Where points lie.
  ///
  /// - Parameters:
  ///   - points: Points × dimensions.
  ///   - outside: What to do with points in no element, for instance between a chord and a curved boundary.
  public func locate(_ points: NDArray<Double>, outside: Outside = .rejected) -> PointLocations {
    let dimension = mesh.dimension
    precondition(
      points.shape.count == 2 && points.shape[1] == dimension,
      "MeshLocator: points of shape \(points.shape) in \(dimension) dimensions")
    let count = points.shape[0]
    let elements = AlignedStorage<Int32>(count: count)
    let reference = AlignedStorage<Double>(count: count * dimension)
    var map = ElementMap(mesh)
    var stack: [Int] = []
    points.withUnsafeBuffer { points in
      for index in 0..<count {
        let point = ElementMap.point(points.baseAddress!, index, dimension)
        var found = containing(point, &map, &stack)
        if found == nil, case .nearest(let reach) = outside { found = nearest(point, reach, &map, &stack) }
        elements.baseAddress[index] = found?.element ?? -1
        for axis in 0..<dimension {
          reference.baseAddress[index * dimension + axis] = found?.reference[axis] ?? 0
        }
      }
    }
    return PointLocations(elements: elements, reference: reference)
  }

  private typealias Place = (element: Int32, reference: SIMD3<Double>)

  /// The first element with the point, up to rounding.
  private func containing(_ point: SIMD3<Double>, _ map: inout ElementMap, _ stack: inout [Int]) -> Place? {
    stack.removeAll(keepingCapacity: true)
    stack.append(0)
    while let node = stack.popLast() {
      guard squaredDistance(point, node) == 0 else { continue }
      guard node >= leafCount - 1 else {
        stack.append(2 * node + 2)
        stack.append(2 * node + 1)
        continue
      }
      for element in elements(ofLeaf: node) {
        map.load(Int(element))
        guard let reference = map.reference(of: point) else { continue }
        if smallestCoordinate(reference) >= -1e-10 { return (element, reference) }
      }
    }
    return nil
  }

  /// The element with the smallest distance, and the coordinates in it, some of them negative.
  private func nearest(
    _ point: SIMD3<Double>, _ reach: Double, _ map: inout ElementMap, _ stack: inout [Int]
  ) -> Place? {
    var best: Place?
    var bestSquare = reach * reach
    stack.removeAll(keepingCapacity: true)
    stack.append(0)
    while let node = stack.popLast() {
      guard squaredDistance(point, node) <= bestSquare else { continue }
      guard node >= leafCount - 1 else {
        let children = [2 * node + 1, 2 * node + 2]
        let isFirstNearer = squaredDistance(point, children[0]) <= squaredDistance(point, children[1])
        stack.append(children[isFirstNearer ? 1 : 0])
        stack.append(children[isFirstNearer ? 0 : 1])
        continue
      }
      for element in elements(ofLeaf: node) {
        map.load(Int(element))
        guard let reference = map.reference(of: point) else { continue }
        let offset = map.point(clamped(reference)) - point
        let square = (offset * offset).sum()
        if square < bestSquare { (best, bestSquare) = ((element, reference), square) }
      }
    }
    return best
  }

  private func elements(ofLeaf node: Int) -> ArraySlice<Int32> {
    let first = (node - (leafCount - 1)) * Self.leafSize
    return order[min(first, order.count)..<min(first + Self.leafSize, order.count)]
  }

  private func smallestCoordinate(_ reference: SIMD3<Double>) -> Double {
    var (smallest, zeroth) = (Double.infinity, 1.0)
    for axis in 0..<mesh.dimension {
      smallest = min(smallest, reference[axis])
      zeroth -= reference[axis]
    }
    return min(smallest, zeroth)
  }

  /// A point of the reference simplex near the given one.
  private func clamped(_ reference: SIMD3<Double>) -> SIMD3<Double> {
    var (result, sum) = (SIMD3<Double>.zero, 0.0)
    for axis in 0..<mesh.dimension {
      result[axis] = max(0, reference[axis])
      sum += result[axis]
    }
    return sum > 1 ? result / sum : result
  }

  private func squaredDistance(_ point: SIMD3<Double>, _ node: Int) -> Double {
    let dimension = mesh.dimension
    let box = boxes.baseAddress + node * 2 * dimension
    var sum = 0.0
    for axis in 0..<dimension {
      let gap = max(box[axis] - point[axis], point[axis] - box[dimension + axis], 0)
      sum += gap * gap
    }
    return sum
  }
}

/// Where points lie in a mesh.
public struct PointLocations: Sendable {
  /// The element of each point, −1 for points outside of the mesh.
  public let elements: AlignedStorage<Int32>
  /// Points × dimensions: the barycentric coordinates of the vertices 1 to d.
  ///
  /// The coordinate of vertex 0 is one minus their sum. In curved elements they belong to the quadratic map.
  public let reference: AlignedStorage<Double>

  /// The number of points that are in no element.
  public var outsideCount: Int { elements.buffer.reduce(0) { $0 + ($1 < 0 ? 1 : 0) } }
}
