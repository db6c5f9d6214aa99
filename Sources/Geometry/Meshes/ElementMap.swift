import Arrays

/// The map from the reference simplex to one element of a mesh: x = Σ λ_c x_c, with edge terms where curved.
///
/// Reference coordinates are the barycentric coordinates 1 to d; the 0th is one minus their sum.
struct ElementMap {
  private let mesh: Mesh
  private let dimension: Int
  private let localEdges: [(Int, Int)]
  private var vertices = InlineArray<4, SIMD3<Double>>(repeating: .zero)
  /// How far each edge's midpoint is from the straight one.
  private var bends = InlineArray<6, SIMD3<Double>>(repeating: .zero)
  private(set) var isCurved = false

  init(_ mesh: Mesh) {
    self.mesh = mesh
    dimension = mesh.dimension
    localEdges = Simplex.edges(mesh.dimension)
  }

  /// Takes an element's points.
  mutating func load(_ element: Int) {
    let row = mesh.elements.baseAddress + element * (dimension + 1)
    for corner in 0...dimension {
      vertices[corner] = Self.point(mesh.vertexCoordinates.baseAddress, Int(row[corner]), dimension)
    }
    isCurved = false
    guard let midpoints = mesh.edgeMidpoints else { return }
    for (local, (a, b)) in localEdges.enumerated() {
      let edge = Int(mesh.elementEdges.baseAddress[element * localEdges.count + local])
      let straight = 0.5 * (vertices[a] + vertices[b])
      bends[local] = Self.point(midpoints.baseAddress, edge, dimension) - straight
      if bends[local] != .zero { isCurved = true }
    }
  }

  static func point(_ table: UnsafePointer<Double>, _ row: Int, _ dimension: Int) -> SIMD3<Double> {
    var result = SIMD3<Double>.zero
    for axis in 0..<dimension { result[axis] = table[row * dimension + axis] }
    return result
  }

  /// Barycentric coordinates 1 to d in the first entries; returns the 0th.
  private func zeroth(_ reference: SIMD3<Double>) -> Double {
    switch dimension {
    case 1: 1 - reference.x
    case 2: 1 - reference.x - reference.y
    default: 1 - reference.x - reference.y - reference.z
    }
  }

  private func barycentric(_ reference: SIMD3<Double>, _ corner: Int) -> Double {
    corner == 0 ? zeroth(reference) : reference[corner - 1]
  }

  func point(_ reference: SIMD3<Double>) -> SIMD3<Double> {
    var result = zeroth(reference) * vertices[0]
    for corner in 1...dimension { result += reference[corner - 1] * vertices[corner] }
    guard isCurved else { return result }
    for (local, (a, b)) in localEdges.enumerated() {
      result += 4 * barycentric(reference, a) * barycentric(reference, b) * bends[local]
    }
    return result
  }

  /// The derivatives of the point along the reference coordinates; unit vectors beyond the dimension.
  func tangents(_ reference: SIMD3<Double>) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    var columns: InlineArray<3, SIMD3<Double>> = [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
    for axis in 0..<dimension { columns[axis] = vertices[axis + 1] - vertices[0] }
    if isCurved {
      for (local, (a, b)) in localEdges.enumerated() {
        // ∂(λ_a λ_b)/∂ξ_k, where λ₀ falls along every ξ_k.
        let (la, lb) = (barycentric(reference, a), barycentric(reference, b))
        for axis in 0..<dimension {
          let slopeA = a == 0 ? -1.0 : (a == axis + 1 ? 1 : 0)
          let slopeB = b == 0 ? -1.0 : (b == axis + 1 ? 1 : 0)
          columns[axis] += 4 * (slopeA * lb + la * slopeB) * bends[local]
        }
      }
    }
    return (columns[0], columns[1], columns[2])
  }

  func determinant(_ reference: SIMD3<Double>) -> Double {
    let (a, b, c) = tangents(reference)
    return (Mesh.cross(a, b) * c).sum()
  }

  /// The exact volume: the determinant is a polynomial of degree 1, 2 or 3 in one, two or three dimensions.
  var volume: Double {
    switch dimension {
    case 1: return determinant(SIMD3(0.5, 0, 0))
    case 2:
      let middles = [SIMD3(0.5, 0, 0), SIMD3(0.5, 0.5, 0), SIMD3<Double>(0, 0.5, 0)]
      return middles.reduce(0) { $0 + determinant($1) } / 6
    default:
      // The rule of degree 3 with the center and four points (Stroud, T3:3-1).
      var sum = -0.8 * determinant(SIMD3(repeating: 0.25)) + 0.45 * determinant(SIMD3(repeating: 1.0 / 6))
      for axis in 0..<3 {
        var point = SIMD3<Double>(repeating: 1.0 / 6)
        point[axis] = 0.5
        sum += 0.45 * determinant(point)
      }
      return sum / 6
    }
  }

  var smallestJacobianRatio: Double {
    let mean = volume * [1, 2, 6][dimension - 1]
    var smallest = Double.infinity
    func reference(_ corner: Int) -> SIMD3<Double> {
      var result = SIMD3<Double>.zero
      if corner > 0 { result[corner - 1] = 1 }
      return result
    }
    for corner in 0...dimension { smallest = min(smallest, determinant(reference(corner))) }
    for (a, b) in localEdges {
      smallest = min(smallest, determinant(0.5 * (reference(a) + reference(b))))
    }
    return mean > 0 ? smallest / mean : -1
  }

  /// The reference coordinates of a point, by Newton's method from those of the straight element.
  ///
  /// - Returns: `nil` if the iteration does not settle, as it may far outside a curved element.
  func reference(of point: SIMD3<Double>) -> SIMD3<Double>? {
    var bent = self
    bent.isCurved = false
    var reference = bent.solve(point - vertices[0], at: .zero)
    guard isCurved else { return reference }
    for _ in 0..<20 {
      let step = solve(point - self.point(reference), at: reference)
      reference += step
      let size = max(abs(step.x), abs(step.y), abs(step.z))
      guard size.isFinite, size < 1e3 else { return nil }
      if size < 1e-14 { return reference }
    }
    let residual = point - self.point(reference)
    let length = vertices[1] - vertices[0]
    return (residual * residual).sum() < 1e-24 * (length * length).sum() ? reference : nil
  }

  /// Solves J ξ = `right` by Cramer's rule.
  private func solve(_ right: SIMD3<Double>, at reference: SIMD3<Double>) -> SIMD3<Double> {
    let (a, b, c) = tangents(reference)
    let bc = Mesh.cross(b, c)
    let determinant = (a * bc).sum()
    return SIMD3(
      (right * bc).sum(), (a * Mesh.cross(right, c)).sum(), (a * Mesh.cross(b, right)).sum()) / determinant
  }
}
