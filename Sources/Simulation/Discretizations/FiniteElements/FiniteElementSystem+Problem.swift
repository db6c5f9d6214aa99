import Arrays
import Equations
import Exchange
package import Geometry
import Spectral

extension FiniteElementSystem {
  /// Meshes the domain of a problem and sets its elements up.
  ///
  /// - Throws: `SimulationError`.
  static func make(
    _ problem: Problem, _ form: FluxForm, data: InitialData, workers: Workers?,
    options: SimulationOptions
  ) throws -> FiniteElementSystem {
    let axes = problem.domain.axes
    guard (1...3).contains(axes.count), !axes.contains(where: \.isPeriodic) else {
      throw SimulationError.unsupported(
        "finite elements are made in one to three dimensions and without periodic axes",
        about: .section("domain"))
    }
    let orders = problem.elementOrders(form)
    let mesh = try mesh(of: problem, order: orders.max() ?? 1, folder: options.referenceFolder)
    try BalanceMemory.elements(Double(mesh.elementCount), form, orders: orders)
      .check(limit: options.memoryLimit)
    try checkParts(of: problem, mesh)
    let names = axes.map(\.name)
    let data = problem.domain.meshFile == nil ? data : data.spanning(mesh.boundingBox)
    return try FiniteElementSystem(form, mesh: mesh, orders: orders, workers: workers) { points in
      try data.fields(at: points, modes: axes.map { problem.discretization.points[$0.name] ?? 64 }) {
        coefficients in
        let columns = names.compactMap { try? points.values(of: .symbol($0)) }
        return coefficients.evaluate(
          at: NDArray(shape: [points.count, names.count]) {
            columns[$0 % names.count].baseAddress[$0 / names.count]
          })
      }
    }
  }

  /// A part that no point of the boundary lies on is a mistake; one that is smaller than the elements is not, on coarse meshes.
  private static func checkParts(of problem: Problem, _ mesh: Mesh) throws(SimulationError) {
    let axes = problem.domain.axes.map(\.name)
    let isEmpty = Dictionary(
      mesh.parts.map { ($0.name, $0.facets.isEmpty) }, uniquingKeysWith: { first, _ in first })
    for part in problem.parts where isEmpty[part.name] == true && !part.boundaryPart(axes: axes).touches(mesh)
    {
      throw .unsupported("no point of the boundary lies on '\(part.name)'", about: .section("domain"))
    }
  }

  private static func mesh(of problem: Problem, order: Int, folder: String?) throws -> Mesh {
    let wishes = problem.discretization
    let axes = problem.domain.axes
    if let file = problem.domain.meshFile { return try mesh(file, of: problem, folder: folder) }
    if let shape = problem.domain.geometry {
      let size = wishes.size ?? problem.domain.defaultElementSize
      var options = MeshingOptions(size: size, order: order)
      for refinement in wishes.refinements {
        switch refinement {
        case .part(let name, let size): options.partSizes[name] = size
        case .point(let point, let radius, let exponent):
          options.gradings.append(.init(point: point, radius: radius, exponent: exponent))
        }
      }
      do throws(GeometryError) {
        return try Region(shape, parts: problem.parts.map { $0.boundaryPart(axes: axes.map(\.name)) }).mesh(
          options)
      } catch {
        throw SimulationError.unsupported(error.description, about: .section("domain"))
      }
    }
    return Mesh.box(axes.map(\.lower), axes.map(\.upper), cells: problem.elementBoxes.map { Int($0) })
  }
}

extension FiniteElementSystem {
  /// Reads a mesh made by others.
  private static func mesh(_ file: String, of problem: Problem, folder: String?) throws(SimulationError)
    -> Mesh
  {
    let axes = problem.domain.axes
    let parts = problem.parts.map { $0.boundaryPart(axes: axes.map(\.name)) }
    var tables: GmshFile
    do throws(ExchangeError) {
      tables = try GmshFile(path: file.path(from: folder))
    } catch {
      let place = error.line.map { ", line \($0)" } ?? ""
      throw .unsupported("\(file)\(place): \(error.reason)", about: .section("domain"))
    }
    // As the problem names it.
    tables.path = file
    do throws(GeometryError) {
      let mesh = try Mesh(tables, dimension: axes.count)
      // Of the region only its parts count.
      return mesh.replacingParts(
        mesh.parts + Region(.box([0], [1]), parts: parts).boundaryParts(of: mesh, nil))
    } catch {
      throw .unsupported(error.description, about: .section("domain"))
    }
  }
}

extension NamedPart {
  /// The part for meshes, its conditions evaluated at points.
  package func boundaryPart(axes: [String]) -> BoundaryPart {
    BoundaryPart(
      name: name,
      conditions.map { condition in
        let expression = condition.expression
        return BoundaryPart.Condition(condition.relation == .zero ? .zero : .notPositive) { point in
          let bindings = Dictionary(
            uniqueKeysWithValues: axes.enumerated().map { ($1, point[$0]) })
          return (try? expression.value(bindings)) ?? .nan
        }
      })
  }
}

extension String {
  /// Relative paths begin at a folder.
  fileprivate func path(from folder: String?) -> String {
    guard let folder, !hasPrefix("/") else { return self }
    return folder + "/" + self
  }
}
