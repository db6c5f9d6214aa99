import Arrays
import Equations
import Geometry
import LinearSolvers

/// Which boundary facets every condition of a form holds on.
struct BoundaryFacets {
  private let form: FluxForm
  private let mesh: Mesh
  private let facets: [[Int32]]

  /// - Throws: `SimulationError.unsupported` for parts that do not exist, and for facets without a condition.
  init(_ form: FluxForm, _ mesh: Mesh) throws(SimulationError) {
    self.form = form
    self.mesh = mesh
    var found: [[Int32]] = []
    for condition in form.boundary {
      switch condition.place {
      case .rest: found.append([])
      case .face(let face):
        let names = Mesh.boxPartNames[face.axis]
        found.append(
          try Self.facets(mesh, face.side == .lower ? names.0 : names.1, about: condition.condition))
      case .part(let name): found.append(try Self.facets(mesh, name, about: condition.condition))
      }
    }
    Self.separate(&found, form, mesh)
    for (number, condition) in form.boundary.enumerated() where condition.place == .rest {
      let named = form.boundary.indices.filter {
        form.boundary[$0].unknown == condition.unknown && form.boundary[$0].place != .rest
      }
      var isTaken = [Bool](repeating: false, count: mesh.facetCount)
      for other in named { for facet in found[other] { isTaken[Int(facet)] = true } }
      found[number] = isTaken.indices.filter { !isTaken[$0] }.map { Int32($0) }
    }
    facets = found
    try checkCoverage()
  }

  /// Leaves a facet that lies in several parts to the condition of the part that comes first in the mesh.
  private static func separate(_ found: inout [[Int32]], _ form: FluxForm, _ mesh: Mesh) {
    func rank(_ number: Int) -> Int {
      guard case .part(let name) = form.boundary[number].place else { return -1 }
      return mesh.parts.firstIndex { $0.name == name } ?? .max
    }
    for unknown in form.unknowns.indices {
      let named = form.boundary.indices
        .filter { form.boundary[$0].unknown == unknown && form.boundary[$0].place != .rest }
        .sorted { rank($0) < rank($1) }
      guard named.count > 1 else { continue }
      var isTaken = [Bool](repeating: false, count: mesh.facetCount)
      for number in named {
        found[number].removeAll { isTaken[Int($0)] }
        for facet in found[number] { isTaken[Int(facet)] = true }
      }
    }
  }

  private static func facets(_ mesh: Mesh, _ name: String, about condition: Int) throws(SimulationError)
    -> [Int32]
  {
    do throws(GeometryError) {
      return try mesh.facets(of: name)
    } catch {
      throw .unsupported(error.description, about: .boundary(condition))
    }
  }

  /// An unknown whose flux depends on its own derivative needs a condition everywhere.
  private func checkCoverage() throws(SimulationError) {
    for (unknown, equation) in form.equations.enumerated() {
      let own = Set(form.domain.axes.indices.map { form.input(unknown, axis: $0) })
      guard equation.fluxes.contains(where: { !$0.inputs.isDisjoint(with: own) }) else { continue }
      var isCovered = [Bool](repeating: false, count: mesh.facetCount)
      for (number, condition) in form.boundary.enumerated() where condition.unknown == unknown {
        for facet in facets[number] { isCovered[Int(facet)] = true }
      }
      guard let open = isCovered.firstIndex(of: false) else { continue }
      let vertex = Int(mesh.facets.baseAddress[open * mesh.dimension])
      let place = (0..<mesh.dimension).map { axis -> String in
        let value = mesh.vertexCoordinates.baseAddress[vertex * mesh.dimension + axis]
        return "\(form.domain.axes[axis].name) = \(Expression.number((value * 1e4).rounded() / 1e4))"
      }
      throw .unsupported(
        "'\(form.unknowns[unknown].name)' has no condition on a part of the boundary, such as at "
          + place.joined(separator: ", "), about: .unknown(form.unknowns[unknown].origin))
    }
  }

  func essential(
    spaces: [FiniteElementSpace], ranges: [Range<Int>],
    fields: (GridFunctions) throws -> [String: AlignedStorage<Double>]
  ) throws -> [EssentialCondition] {
    var conditions: [EssentialCondition] = []
    // Where two parts meet, the condition that is written first holds.
    var taken: Set<Int32> = []
    for (number, condition) in form.boundary.enumerated() {
      guard case .essential(let value) = condition.kind else { continue }
      let space = spaces[condition.unknown]
      let nodes = space.meshNodes.nodes(onFacets: facets[number])
      let shift = Int32(ranges[condition.unknown].lowerBound)
      let own = nodes.filter { taken.insert($0 + shift).inserted }
      conditions.append(
        try EssentialCondition(
          value, unknown: condition.unknown, nodes: own, shift: shift, space: space, form: form,
          fields: fields))
    }
    return conditions
  }

  func natural(
    spaces: [FiniteElementSpace], ranges: [Range<Int>], pattern: SparsityPattern<Int>, isPrescribed: [Bool],
    fields: (GridFunctions) throws -> [String: AlignedStorage<Double>]
  ) throws -> [NaturalCondition] {
    var conditions: [NaturalCondition] = []
    for (number, condition) in form.boundary.enumerated() {
      guard case .natural(let scalar, let vector) = condition.kind,
        !facets[number].isEmpty, scalar != .zero || vector.contains(where: { $0 != .zero })
      else { continue }
      conditions.append(
        try NaturalCondition(
          scalar, vector, unknown: condition.unknown, facets: facets[number], mesh: mesh, spaces: spaces,
          ranges: ranges, pattern: pattern, isPrescribed: isPrescribed, form: form, fields: fields))
    }
    return conditions
  }
}
