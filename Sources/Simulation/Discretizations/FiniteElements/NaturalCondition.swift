import Arrays
import Equations
import Geometry
import LinearSolvers

/// A given outward flux on boundary facets, which may depend on the values of unknowns there.
final class NaturalCondition {
  private let unknown: Int
  private let geometry: FacetGeometry
  private let evaluator: PointEvaluator
  private let inputs: [AlignedStorage<Double>]
  /// Unknowns that the flux depends on, and the positions of the derivatives.
  private let derivatives: [(unknown: Int, position: Int)]
  private let tables: [TabulatedElement]
  /// Per derivative, facets × rows × columns: positions in the pattern, −1 in rows and columns of prescribed values.
  private let positions: [[Int32]]

  init(
    _ scalar: Expression, _ vector: [Expression], unknown: Int, facets: [Int32], mesh: Mesh,
    spaces: [FiniteElementSpace], ranges: [Range<Int>], pattern: SparsityPattern<Int>, isPrescribed: [Bool],
    form: FluxForm, fields: (GridFunctions) throws -> [String: AlignedStorage<Double>]
  ) throws {
    self.unknown = unknown
    geometry = FacetGeometry(mesh, facets: facets)
    // Names with a blank cannot be those of a file.
    let normals = mesh.dimension == 0 ? [] : (0..<mesh.dimension).map { "normal \($0)" }
    let flux = zip(normals, vector).reduce(scalar) { $0 + .symbol($1.0) * $1.1 }.simplified()
    let names = form.domain.axes.map(\.name)
    let places = GridFunctions(
      points: geometry.count, Dictionary(uniqueKeysWithValues: zip(names, geometry.coordinates)))
    let functions = places.adding(try fields(places)).adding(
      Dictionary(uniqueKeysWithValues: zip(normals, geometry.normals)))
    var expressions = [flux]
    var derivatives: [(Int, Int)] = []
    for input in flux.inputs.sorted() {
      let (other, axis) = form.meaning(ofInput: input)
      guard axis == nil else {
        throw SimulationError.unsupported(
          "a flux on the boundary may depend on values of unknowns, not on derivatives")
      }
      derivatives.append((other, expressions.count))
      expressions.append(flux.derivative(byInput: input))
    }
    self.derivatives = derivatives
    evaluator = try PointEvaluator(expressions, inputCount: form.inputCount, functions: functions)
    inputs = (0..<form.inputCount).map { [geometry] _ in AlignedStorage(count: geometry.count) }
    tables = spaces.map { [geometry] space in
      TabulatedElement(
        LagrangeElement(dimension: mesh.dimension - 1, order: space.order), at: geometry.rule.points)
    }
    positions = derivatives.map { derivative in
      let (rows, columns) = (spaces[unknown].meshNodes, spaces[derivative.0].meshNodes)
      return facets.flatMap { facet in
        rows.numbers(onFacet: facet, ranges[unknown]).flatMap { row in
          columns.numbers(onFacet: facet, ranges[derivative.0]).map { column in
            guard !isPrescribed[row], !isPrescribed[column] else { return -1 }
            guard let position = pattern.position(row: row, column: column) else {
              preconditionFailure("NaturalCondition: entry (\(row), \(column)) is not in the pattern")
            }
            return Int32(position)
          }
        }
      }
    }
  }

  /// Adds ∫ (F·n) v and its derivatives.
  func add(
    _ state: StateVector, time: Double, _ system: FiniteElementSystem, to residual: StateVector,
    _ jacobian: AlignedStorage<Double>?
  ) {
    let points = geometry.rule.count
    for other in Set(derivatives.map(\.unknown)) {
      let (table, nodes) = (tables[other], system.spaces[other].meshNodes)
      let values = state.baseAddress + system.ranges[other].lowerBound
      let target = inputs[system.form.input(other)].baseAddress
      for (number, facet) in geometry.facets.enumerated() {
        let own = nodes.facetNodes.baseAddress + Int(facet) * nodes.nodesPerFacet
        for q in 0..<points {
          target[number * points + q] = (0..<table.count).reduce(0) {
            $0 + table.values[q * table.count + $1] * values[Int(own[$1])]
          }
        }
      }
    }
    evaluator.evaluate(inputs: inputs, time: time)
    let (table, nodes, range) = (tables[unknown], system.spaces[unknown].meshNodes, system.ranges[unknown])
    for (number, facet) in geometry.facets.enumerated() {
      let own = nodes.facetNodes.baseAddress + Int(facet) * nodes.nodesPerFacet
      for q in 0..<points {
        let point = number * points + q
        let weight = geometry.weights.baseAddress[point]
        for a in 0..<table.count {
          let row = range.lowerBound + Int(own[a])
          guard !system.isPrescribed[row] else { continue }
          let test = weight * table.values[q * table.count + a]
          residual.baseAddress[row] += test * evaluator.results[0].baseAddress[point]
          guard let jacobian else { continue }
          for (number, derivative) in derivatives.enumerated() {
            let trials = tables[derivative.unknown]
            let slope = test * evaluator.results[derivative.position].baseAddress[point]
            let first = ((point / points) * table.count + a) * trials.count
            for b in 0..<trials.count {
              let entry = positions[number][first + b]
              if entry >= 0 {
                jacobian.baseAddress[Int(entry)] += slope * trials.values[q * trials.count + b]
              }
            }
          }
        }
      }
    }
  }
}

extension MeshNodes {
  /// Where the nodes of a facet are in a state.
  fileprivate func numbers(onFacet facet: Int32, _ range: Range<Int>) -> [Int] {
    (0..<nodesPerFacet).map {
      range.lowerBound + Int(facetNodes.baseAddress[Int(facet) * nodesPerFacet + $0])
    }
  }
}
