import Arrays
import Equations
import Geometry
import Spectral

extension FiniteElementSystem {
  /// Meshes the domain of a problem and sets its elements up.
  ///
  /// - Throws: `SimulationError`.
  static func make(
    _ problem: Problem, _ form: FluxForm, data: InitialData, workers: Workers?
  ) throws -> FiniteElementSystem {
    let axes = problem.domain.axes
    guard (1...3).contains(axes.count), !axes.contains(where: \.isPeriodic) else {
      throw SimulationError.unsupported(
        "finite elements are made in one to three dimensions and without periodic axes", about: .section("domain"))
    }
    let orders = form.unknowns.map { unknown in
      switch problem.discretization.elements[unknown.origin] ?? problem.discretization.element {
      case .linear: 1
      case .quadratic: 2
      }
    }
    let mesh = try mesh(of: problem, order: orders.max() ?? 1)
    let names = axes.map(\.name)
    return try FiniteElementSystem(form, mesh: mesh, orders: orders, workers: workers) { points in
      try data.fields(at: points, modes: axes.map { problem.discretization.points[$0.name] ?? 64 }) { coefficients in
        let columns = names.compactMap { try? points.values(of: .symbol($0)) }
        return coefficients.evaluate(
          at: NDArray(shape: [points.count, names.count]) {
            columns[$0 % names.count].baseAddress[$0 / names.count]
          })
      }
    }
  }

  private static func mesh(of problem: Problem, order: Int) throws -> Mesh {
    let axes = problem.domain.axes
    let extent = axes.map(\.length).max() ?? 1
    let size = problem.discretization.size ?? extent / 32
    let cells = axes.map {
      problem.discretization.points[$0.name] ?? max(1, Int(($0.length / size).rounded()))
    }
    guard cells.reduce(1.0, { $0 * Double($1) }) <= 2e7 else {
      throw SimulationError.unsupported(
        "\(cells.map { "\($0)" }.joined(separator: " × ")) cells are too many", about: .section("discretization"))
    }
    return Mesh.box(axes.map(\.lower), axes.map(\.upper), cells: cells)
  }
}
