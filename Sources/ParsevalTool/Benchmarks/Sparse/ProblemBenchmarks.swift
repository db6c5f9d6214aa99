import Arrays
import Equations
import LinearSolvers
import ProblemFiles
import Simulation

/// Problems on cells and elements.
extension BenchmarkSuite {
  private func simulation(_ problem: String, _ overrides: [String], threads: Int) throws -> BalanceSimulation
  {
    let file = try ProblemFileReader().read(file: library.resolve(problem), overrides: overrides)
    guard case .fluxes(let form, let kind) = file.formulation else {
      preconditionFailure("BenchmarkSuite: \(problem) is not on cells or elements")
    }
    var options = SimulationOptions(threads: threads)
    options.estimatesErrorByCoarserRun = false
    return try BalanceSimulation(file.problem, form, kind, options: options)
  }

  /// Residual and Jacobian of a diffusion problem on a square of triangles.
  func elementAssembly(cells: Int, element: String) throws -> [BenchmarkRow] {
    try bothThreadCounts.map { threads in
      let simulation = try simulation(
        "darcy",
        [
          "fields={}", "equations=[\"-div((1 + x*y)*grad(p)) = 1\"]",
          "discretization={x: \(cells), y: \(cells), method: finite-element, elements: \(element)}",
        ], threads: threads)
      let system = simulation.discretization
      let (state, residual) = (StateVector(count: system.count), StateVector(count: system.count))
      let jacobian = AlignedStorage<Double>(count: system.pattern.nonzeroCount)
      let measured = Measurement(
        rounds: rounds, [{ system.assemble(state, time: 0, residual: residual, jacobian: jacobian) }])
      let triangles = 2 * cells * cells
      return BenchmarkRow(
        name: "sparse/elements/\(element.lowercased())-\(cells)/threads\(threads)",
        seconds: measured.median(0),
        limit: nil, ratio: nil,
        remark: "residual and Jacobian of \(triangles) triangles, "
          + "\(Int((1e9 * measured.median(0) / Double(triangles)).rounded())) ns each")
    }
  }

  /// The whole problem, fields and output values included, beside CHOLMOD alone on its matrix.
  func darcy(cells: Int) throws -> [BenchmarkRow] {
    let overrides = ["discretization.x=\(cells)", "discretization.y=\(cells)"]
    let system = try simulation("darcy", overrides, threads: threads).discretization
    let (state, residual) = (StateVector(count: system.count), StateVector(count: system.count))
    let values = AlignedStorage<Double>(count: system.pattern.nonzeroCount)
    system.assemble(state, time: 0, residual: residual, jacobian: values)
    let matrix = SparseMatrix(pattern: system.pattern, values: values)
    let bare = try DirectBenchmarks.cholmod(matrix, repetitions: rounds).bare.total
    var failure: (any Error)?
    let measured = Measurement(
      rounds: rounds,
      [
        {
          do {
            _ = try simulation("darcy", overrides, threads: threads).run()
          } catch { failure = error }
        }
      ])
    if let failure { throw failure }
    return [
      BenchmarkRow(
        name: "sparse/darcy/\(cells)", seconds: measured.median(0), limit: bare,
        ratio: measured.median(0) / bare,
        remark: "reading, random field, assembly, solve; beside CHOLMOD on the same matrix")
    ]
  }
}
