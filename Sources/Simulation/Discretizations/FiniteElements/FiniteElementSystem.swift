package import Arrays
package import Equations
package import Geometry
package import LinearSolvers

/// Continuous finite elements of order 1 and 2 on simplices, one order per unknown.
///
/// The weak form of a balance with a test function v is
///
///     ∫ (m ∂t u + s) v − ∫ F·∇v + ∫_∂Ω (F·n) v = 0
///
/// with the outward flux F·n given by natural conditions; where a value is prescribed, v vanishes. Integrals are taken by a
/// rule of degree 5, also on curved elements. Unknowns are stored one after the other, each at its nodes. After Ern and
/// Guermond, *Theory and Practice of Finite Elements*, 2004.
package final class FiniteElementSystem: BalanceSystem {
  package let form: FluxForm
  package let mesh: Mesh
  package let isLinear: Bool
  package let isTimeDependent: Bool
  package let isJacobianTimeDependent: Bool
  package let isMassTimeDependent: Bool
  package let isSymmetric: Bool
  package let pattern: SparsityPattern<Int>
  package let isPrescribed: [Bool]
  /// The space of every unknown; equal orders share one.
  package let spaces: [FiniteElementSpace]
  /// Where every unknown's numbers are in a state.
  package let ranges: [Range<Int>]
  let geometry: ElementGeometry
  let terms: FiniteElementTerms
  /// Evaluates what the residual needs, and what the Jacobian and the mass matrix need, at the quadrature points.
  let loads: PointEvaluator
  let slopes: PointEvaluator
  let inputs: [AlignedStorage<Double>]
  let tables: [TabulatedElement]
  let blocks: [ElementBlock]
  let essential: [EssentialCondition]
  let natural: [NaturalCondition]
  /// Rows of prescribed values and the positions of their diagonal entries.
  let identity: [(row: Int, position: Int)]
  let quadratureFunctions: GridFunctions
  let workers: Workers?
  /// Gives the coefficient fields at points.
  let fields: (GridFunctions) throws -> [String: AlignedStorage<Double>]
  /// The nodes of the highest order, which records are made on.
  let outputNodes: MeshNodes

  /// - Parameters:
  ///   - orders: 1 or 2 for every scalar unknown.
  ///   - fields: gives the coefficient fields at points, which come with their coordinates by name.
  /// - Throws: `SimulationError`.
  package init(
    _ form: FluxForm, mesh: Mesh, orders: [Int], workers: Workers?,
    fields: @escaping (GridFunctions) throws -> [String: AlignedStorage<Double>]
  ) throws {
    self.form = form
    self.mesh = mesh
    self.workers = workers
    self.fields = fields
    isLinear = form.isLinear
    isTimeDependent = form.isTimeDependent
    isJacobianTimeDependent = form.isJacobianTimeDependent
    isMassTimeDependent = form.isMassTimeDependent
    let distinct = Dictionary(
      uniqueKeysWithValues: Set(orders).map { ($0, FiniteElementSpace(mesh, order: $0)) })
    spaces = orders.map { distinct[$0]! }
    var ranges: [Range<Int>] = []
    for space in spaces {
      ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + space.count)
    }
    self.ranges = ranges
    let geometry = ElementGeometry(mesh)
    self.geometry = geometry
    let names = form.domain.axes.map(\.name)
    let places = GridFunctions(
      points: geometry.count, Dictionary(uniqueKeysWithValues: zip(names, geometry.coordinates)))
    quadratureFunctions = places.adding(try fields(places))
    terms = try FiniteElementTerms(form)
    isSymmetric = terms.isSymmetric(form)
    loads = try PointEvaluator(
      terms.loadExpressions, inputCount: form.inputCount, functions: quadratureFunctions, workers: workers)
    slopes = try PointEvaluator(
      terms.slopeExpressions, inputCount: form.inputCount, functions: quadratureFunctions, workers: workers)
    inputs = (0..<form.inputCount).map { _ in AlignedStorage(count: geometry.count) }
    tables = orders.map {
      TabulatedElement(LagrangeElement(dimension: mesh.dimension, order: $0), at: geometry.rule.points)
    }
    let conditions = try BoundaryFacets(form, mesh)
    essential = try conditions.essential(spaces: spaces, ranges: ranges, fields: fields)
    var isPrescribed = [Bool](repeating: false, count: ranges.last?.upperBound ?? 0)
    for condition in essential { for node in condition.numbers { isPrescribed[Int(node)] = true } }
    self.isPrescribed = isPrescribed
    let pattern = ElementPattern(mesh, spaces: spaces, ranges: ranges, terms: terms).pattern
    guard pattern.nonzeroCount <= Int(Int32.max) else {
      throw SimulationError.unsupported(
        "the matrix would have \(pattern.nonzeroCount) nonzeros, and at most 2³¹ are numbered",
        about: .section("discretization"))
    }
    self.pattern = pattern
    blocks = terms.blocks.map { [spaces] in
      ElementBlock($0, pattern: pattern, spaces: spaces, ranges: ranges, isPrescribed: isPrescribed)
    }
    natural = try conditions.natural(
      spaces: spaces, ranges: ranges, pattern: pattern, isPrescribed: isPrescribed, fields: fields)
    identity = isPrescribed.indices.filter { isPrescribed[$0] }.map { row in
      guard let position = pattern.position(row: row, column: row) else {
        preconditionFailure("FiniteElementSystem: the diagonal of row \(row) is not in the pattern")
      }
      return (row, position)
    }
    outputNodes = mesh.nodes(order: orders.max() ?? 1)
  }

  package var count: Int { isPrescribed.count }

  package func impose(on state: StateVector, time: Double) {
    for condition in essential { condition.impose(on: state, time: time) }
  }

  package func writeSourceWeights(_ range: Range<Int>, to weights: StateVector) {
    weights.baseAddress.update(repeating: 0, count: count)
    for unknown in ranges.indices where ranges[unknown] == range {
      let (nodes, table) = (spaces[unknown].meshNodes, tables[unknown])
      let target = weights.baseAddress + range.lowerBound
      for point in 0..<geometry.count {
        let (element, q) = point.quotientAndRemainder(dividingBy: geometry.rule.count)
        let own = nodes.elementNodes.baseAddress + element * table.count
        for a in 0..<table.count {
          target[Int(own[a])] += geometry.weights.baseAddress[point] * table.values[q * table.count + a]
        }
      }
    }
    for (row, _) in identity { weights.baseAddress[row] = 0 }
  }

  package func writePrescribedRates(to rates: StateVector, time: Double) -> Bool {
    rates.baseAddress.update(repeating: 0, count: count)
    return essential.reduce(false) { $1.writeRates(to: rates, time: time) || $0 }
  }

  /// Unknowns of which only derivatives occur and no value is given.
  package var openConstants: [Range<Int>] {
    form.unknowns.indices.filter { unknown in
      form.isConstantOpen(unknown) && !essential.contains { $0.unknown == unknown }
    }.map { ranges[$0] }
  }
}

extension FluxForm {
  /// Whether equations and natural conditions say nothing of the unknown's value, only of its derivatives.
  func isConstantOpen(_ unknown: Int) -> Bool {
    let own = input(unknown)
    let occurs = equations.contains { balance in
      // A value that is only in a flux enters by its derivative where the flux is the unknown's gradient alone.
      (balance.fluxes + [balance.source]).contains { $0.inputs.contains(own) } || balance.mass[unknown] != nil
    }
    return !occurs && !boundary.contains { $0.allExpressions.contains { $0.inputs.contains(own) } }
  }
}
