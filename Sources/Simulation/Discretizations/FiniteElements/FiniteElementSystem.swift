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
  package let pattern: SparsityPattern<Int>
  package let isPrescribed: [Bool]
  /// The space of every unknown; equal orders share one.
  package let spaces: [FiniteElementSpace]
  /// Where every unknown's numbers are in a state.
  package let ranges: [Range<Int>]
  let geometry: ElementGeometry
  let terms: FiniteElementTerms
  let evaluator: PointEvaluator
  let inputs: [AlignedStorage<Double>]
  let tables: [TabulatedElement]
  let blocks: [ElementBlock]
  let essential: [EssentialCondition]
  let natural: [NaturalCondition]
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
    let distinct = Dictionary(uniqueKeysWithValues: Set(orders).map { ($0, FiniteElementSpace(mesh, order: $0)) })
    spaces = orders.map { distinct[$0]! }
    var ranges: [Range<Int>] = []
    for space in spaces { ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + space.count) }
    self.ranges = ranges
    let geometry = ElementGeometry(mesh)
    self.geometry = geometry
    let names = form.domain.axes.map(\.name)
    let places = GridFunctions(points: geometry.count, Dictionary(uniqueKeysWithValues: zip(names, geometry.coordinates)))
    quadratureFunctions = places.adding(try fields(places))
    terms = try FiniteElementTerms(form)
    evaluator = try PointEvaluator(
      terms.expressions, inputCount: form.inputCount, functions: quadratureFunctions, workers: workers)
    inputs = (0..<form.inputCount).map { _ in AlignedStorage(count: geometry.count) }
    tables = orders.map {
      TabulatedElement(LagrangeElement(dimension: mesh.dimension, order: $0), at: geometry.rule.points)
    }
    let conditions = try BoundaryFacets(form, mesh)
    essential = try conditions.essential(spaces: spaces, ranges: ranges, fields: fields)
    natural = try conditions.natural(spaces: spaces, ranges: ranges, fields: fields)
    var isPrescribed = [Bool](repeating: false, count: ranges.last?.upperBound ?? 0)
    for condition in essential { for node in condition.numbers { isPrescribed[Int(node)] = true } }
    self.isPrescribed = isPrescribed
    let pattern = ElementPattern(mesh, spaces: spaces, ranges: ranges, terms: terms).pattern
    self.pattern = pattern
    blocks = terms.blocks.map { [spaces] in
      ElementBlock($0, pattern: pattern, spaces: spaces, ranges: ranges, isPrescribed: isPrescribed)
    }
    outputNodes = mesh.nodes(order: orders.max() ?? 1)
  }

  package var count: Int { isPrescribed.count }

  package func impose(on state: StateVector, time: Double) {
    for condition in essential { condition.impose(on: state, time: time) }
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
