public import Arrays
public import Geometry

/// Continuous functions that are polynomials of order 1 or 2 on every element of a mesh.
///
/// Coefficients are the values at the nodes, in the order of `Mesh.nodes(order:)`.
public final class FiniteElementSpace: FunctionSpace {
  public typealias Coefficients = NDArray<Double>

  public let mesh: Mesh
  public let order: Int
  public let meshNodes: MeshNodes
  private let element: LagrangeElement
  private let locator: MeshLocator

  public init(_ mesh: Mesh, order: Int) {
    self.mesh = mesh
    self.order = order
    meshNodes = mesh.nodes(order: order)
    element = LagrangeElement(dimension: mesh.dimension, order: order)
    locator = MeshLocator(mesh)
  }

  public var dimension: Int { mesh.dimension }
  public var count: Int { meshNodes.count }

  public var nodes: NDArray<Double> {
    NDArray(shape: [count, dimension], meshNodes.coordinates.buffer.prefix(count * dimension))
  }

  public func interpolant(of values: NDArray<Double>) -> NDArray<Double> {
    precondition(values.count == count, "FiniteElementSpace: \(values.count) values for \(count) nodes")
    return values.reshaped([count])
  }

  /// The values at points; NaN at points farther outside of the mesh than half an element.
  public func values(of coefficients: NDArray<Double>, at points: NDArray<Double>) -> NDArray<Double> {
    coefficients.withUnsafeBuffer { NDArray(shape: [points.shape[0]], values(of: $0, at: points)) }
  }

  func values(of coefficients: UnsafeBufferPointer<Double>, at points: NDArray<Double>) -> [Double] {
    let locations = locator.locate(points, outside: .nearest(within: mesh.longestEdge / 2))
    let width = meshNodes.nodesPerElement
    return (0..<points.shape[0]).map { point in
      let found = Int(locations.elements.baseAddress[point])
      guard found >= 0 else { return .nan }
      let reference = (0..<dimension).map { locations.reference.baseAddress[point * dimension + $0] }
      let own = meshNodes.elementNodes.baseAddress + found * width
      return element.values(reference).enumerated().reduce(0) { $0 + $1.1 * coefficients[Int(own[$1.0])] }
    }
  }

  /// The derivative, averaged at nodes over the elements that meet there, weighted with their volumes.
  public func derivative(of coefficients: NDArray<Double>, orders: [Int]) -> Field<FiniteElementSpace> {
    var values = coefficients
    for (axis, order) in orders.enumerated() {
      for _ in 0..<order {
        values = values.withUnsafeBuffer {
          NDArray(shape: [count], nodalDerivative(of: $0.baseAddress!, axis))
        }
      }
    }
    return Field(space: self, coefficients: values)
  }

  func nodalDerivative(of coefficients: UnsafePointer<Double>, _ axis: Int) -> [Double] {
    let width = meshNodes.nodesPerElement
    let geometry = mesh.nodes(order: mesh.geometricOrder)
    let corners = (0..<width).map { local -> [Double] in
      if local <= dimension { return (0..<dimension).map { $0 + 1 == local ? 1 : 0 } }
      let pairs = [[(0, 1)], [(0, 1), (1, 2), (2, 0)], [(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)]]
      let (a, b) = pairs[dimension - 1][local - dimension - 1]
      return (0..<dimension).map { ($0 + 1 == a || $0 + 1 == b) ? 0.5 : 0 }
    }
    let table = TabulatedElement(element, at: corners)
    let shape = TabulatedElement(
      LagrangeElement(dimension: dimension, order: mesh.geometricOrder), at: corners)
    var sums = [Double](repeating: 0, count: count)
    var weights = [Double](repeating: 0, count: count)
    var jacobian = [Double](repeating: 0, count: dimension * dimension)
    var inverse = jacobian
    for number in 0..<mesh.elementCount {
      let own = meshNodes.elementNodes.baseAddress + number * width
      let places = geometry.elementNodes.baseAddress + number * geometry.nodesPerElement
      for corner in 0..<width {
        for k in jacobian.indices { jacobian[k] = 0 }
        for a in 0..<shape.count {
          let x = geometry.coordinates.baseAddress + Int(places[a]) * dimension
          for row in 0..<dimension {
            for r in 0..<dimension {
              jacobian[row * dimension + r] +=
                x[row] * shape.gradients[(corner * shape.count + a) * dimension + r]
            }
          }
        }
        let determinant = inverse.withUnsafeMutableBufferPointer {
          ElementGeometry.invert(jacobian, dimension, into: $0.baseAddress!)
        }
        var slope = 0.0
        for a in 0..<width {
          let value = coefficients[Int(own[a])]
          for r in 0..<dimension {
            slope +=
              value * table.gradients[(corner * width + a) * dimension + r] * inverse[r * dimension + axis]
          }
        }
        sums[Int(own[corner])] += slope * determinant
        weights[Int(own[corner])] += determinant
      }
    }
    return zip(sums, weights).map { $1 > 0 ? $0 / $1 : 0 }
  }

  public func integral(of coefficients: NDArray<Double>) -> Double {
    sum(coefficients, coefficients) { value, _ in value }
  }

  public func innerProduct(_ left: NDArray<Double>, _ right: NDArray<Double>) -> Double {
    sum(left, right) { $0 * $1 }
  }

  private func sum(
    _ left: NDArray<Double>, _ right: NDArray<Double>, _ integrand: (Double, Double) -> Double
  ) -> Double {
    let geometry = ElementGeometry(mesh)
    let table = TabulatedElement(element, at: geometry.rule.points)
    let width = meshNodes.nodesPerElement
    var sum = 0.0
    left.withUnsafeBuffer { left in
      right.withUnsafeBuffer { right in
        for point in 0..<geometry.count {
          let own = meshNodes.elementNodes.baseAddress + point / geometry.rule.count * width
          let q = point % geometry.rule.count
          var (a, b) = (0.0, 0.0)
          for local in 0..<width {
            let weight = table.values[q * width + local]
            a += weight * left[Int(own[local])]
            b += weight * right[Int(own[local])]
          }
          sum += geometry.weights.baseAddress[point] * integrand(a, b)
        }
      }
    }
    return sum
  }
}
