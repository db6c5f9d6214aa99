package import Arrays
import Equations
import Geometry

extension FiniteElementSystem: BalanceDiscretization {
  package var recordLayout: RecordLayout {
    var layout = RecordLayout(axes: [], fields: [], quantities: [], hasTime: form.domain.time != nil)
    layout.mesh = outputNodes.ugrid(axes: form.domain.axes.map(\.name))
    return layout
  }

  package var summary: String {
    let kind = ["intervals", "triangles", "tetrahedra"][mesh.dimension - 1]
    let orders = Set(spaces.map(\.order)).sorted().map { "P\($0)" }.joined(separator: " and ")
    return "\(mesh.elementCount) \(kind), \(orders)"
  }

  package var freeCount: Int { isPrescribed.count { !$0 } }

  package func outputPoints() throws -> GridFunctions { try functions(at: outputNodes) }

  package var quadraturePoints: SamplePoints {
    SamplePoints(functions: quadratureFunctions, weights: geometry.weights)
  }

  package func quadratureInputs(_ state: StateVector, time: Double) -> [AlignedStorage<Double>] {
    fill(inputs, state)
    return inputs
  }

  package func outputInputs(_ state: StateVector, time: Double, needed: Set<Int>) -> [AlignedStorage<Double>]
  {
    (0..<form.inputCount).map { input in
      let values = AlignedStorage<Double>(count: outputNodes.count)
      guard needed.contains(input) else { return values }
      let (unknown, axis) = form.meaning(ofInput: input)
      let (space, coefficients) = (spaces[unknown], state.baseAddress + ranges[unknown].lowerBound)
      if let axis {
        let slopes = space.nodalDerivative(of: coefficients, axis)
        slopes.withUnsafeBufferPointer { copy($0.baseAddress!, of: space, to: values) }
      } else {
        copy(coefficients, of: space, to: values)
      }
      return values
    }
  }

  /// Nodal values on the nodes of the output, which may have more.
  private func copy(
    _ values: UnsafePointer<Double>, of space: FiniteElementSpace, to target: AlignedStorage<Double>
  ) {
    target.baseAddress.update(from: values, count: space.count)
    guard space.count < target.count else { return }
    for edge in 0..<mesh.edgeCount {
      let (a, b) = (mesh.edges.baseAddress[2 * edge], mesh.edges.baseAddress[2 * edge + 1])
      target.baseAddress[mesh.vertexCount + edge] = 0.5 * (values[Int(a)] + values[Int(b)])
    }
  }

  package func values(
    ofUnknown unknown: Int, _ state: StateVector, at points: NDArray<Double>
  ) -> [Double] {
    let range = ranges[unknown]
    return spaces[unknown].values(
      of: UnsafeBufferPointer(start: state.baseAddress + range.lowerBound, count: range.count), at: points)
  }

  package func points(ofUnknown unknown: Int) throws -> GridFunctions {
    try functions(at: spaces[unknown].meshNodes)
  }

  /// Coordinates and coefficient fields at the nodes of elements.
  private func functions(at nodes: MeshNodes) throws -> GridFunctions {
    let dimension = mesh.dimension
    var places: [String: AlignedStorage<Double>] = [:]
    for axis in 0..<dimension {
      let values = AlignedStorage<Double>(count: nodes.count)
      for node in 0..<nodes.count {
        values.baseAddress[node] = nodes.coordinates.baseAddress[node * dimension + axis]
      }
      places[form.domain.axes[axis].name] = values
    }
    let functions = GridFunctions(points: nodes.count, places)
    return functions.adding(try fields(functions))
  }
}
