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

  init(
    _ scalar: Expression, _ vector: [Expression], unknown: Int, facets: [Int32], mesh: Mesh,
    spaces: [FiniteElementSpace], ranges: [Range<Int>], form: FluxForm,
    fields: (GridFunctions) throws -> [String: AlignedStorage<Double>]
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
        throw SimulationError.unsupported("a flux on the boundary may depend on values of unknowns, not on derivatives")
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
          for (other, position) in derivatives {
            let (trials, trialNodes) = (tables[other], system.spaces[other].meshNodes)
            let columns = trialNodes.facetNodes.baseAddress + Int(facet) * trialNodes.nodesPerFacet
            let slope = test * evaluator.results[position].baseAddress[point]
            for b in 0..<trials.count {
              let column = system.ranges[other].lowerBound + Int(columns[b])
              guard !system.isPrescribed[column], let entry = system.pattern.position(row: row, column: column) else {
                continue
              }
              jacobian.baseAddress[entry] += slope * trials.values[q * trials.count + b]
            }
          }
        }
      }
    }
  }
}
