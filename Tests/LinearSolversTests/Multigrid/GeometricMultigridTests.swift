import Arrays
import LinearSolvers
import Spectral
import TestSupport
import Testing

@Suite struct GeometricMultigridTests {
  static let endings: [PoissonAxis.Ends] = [
    .periodic, .bounded(lower: .dirichlet, upper: .dirichlet), .bounded(lower: .neumann, upper: .neumann),
    .bounded(lower: .dirichlet, upper: .neumann), .bounded(lower: .neumann, upper: .dirichlet),
  ]

  /// The matrix-free operator is the assembled one.
  @Test(arguments: endings, [PoissonAxis.Grid.nodes, .faces])
  func operatorIsTheMatrix(_ ends: PoissonAxis.Ends, _ grid: PoissonAxis.Grid) {
    let axes = [
      PoissonAxis(ends: ends, grid: grid, count: 5, length: 2),
      PoissonAxis(ends: .bounded(lower: .dirichlet, upper: .neumann), grid: .faces, count: 4, length: 1),
      PoissonAxis(ends: ends, grid: grid, count: 7, length: 1.5),
    ]
    for dimension in 1...3 {
      let some = Array(axes.suffix(dimension))
      let matrix = SparseMatrix<Int>.laplacian(some, shift: dimension == 2 ? 3 : 0)
      let diffusion = BoxDiffusion(some, shift: dimension == 2 ? 3 : 0)
      let x = MultigridModels.normals(diffusion.count)
      var (y, z) = (x, x)
      MatrixOperator(matrix).apply(x, into: &y)
      BoxOperator(diffusion).apply(x, into: &z)
      let error = zip(y, z).map { abs($0 - $1) }.max() ?? 0
      #expect(error < 1e-11 * (y.map(abs).max() ?? 0), "\(dimension) dimensions: \(error)")
    }
  }

  static func contraction(_ diffusion: BoxDiffusion, cycle: MultigridCycle = .v, sweeps: Int = 2, isSymmetric: Bool = true) -> Double {
    let A = BoxOperator(diffusion)
    let M = GeometricMultigrid(diffusion, cycle: cycle, sweeps: sweeps, isSymmetric: isSymmetric)
    var x = MultigridModels.normals(diffusion.count)
    var (r, z) = (x, x)
    var last = 0.0
    var factor = 0.0
    for iteration in 0..<12 {
      A.apply(x, into: &r)
      if diffusion.isSingular {
        let mean = x.reduce(0, +) / Double(x.count)
        for i in x.indices { x[i] -= mean }
      }
      let norm = ReferencePCG.dot(r, r).squareRoot()
      if iteration > 6 { factor = max(factor, norm / last) }
      last = norm
      M.apply(r, into: &z)
      for i in x.indices { x[i] -= z[i] }
    }
    return factor
  }

  @Test func printContractions() {
    for n in [64, 100, 127] {
      for grid in [PoissonAxis.Grid.nodes, .faces] {
        let list = Self.endings.map { ends in
          let axis = PoissonAxis(ends: ends, grid: grid, count: n, length: 1)
          let v = Self.contraction(BoxDiffusion([axis, axis]))
          let w = Self.contraction(BoxDiffusion([axis, axis]), isSymmetric: false)
          return "\((1000 * v).rounded() / 1000)/\((1000 * w).rounded() / 1000)"
        }
        print(n, grid, list)
      }
    }
    for n in [31, 32] {
      for grid in [PoissonAxis.Grid.nodes, .faces] {
        let list = Self.endings.map { ends in
          let axis = PoissonAxis(ends: ends, grid: grid, count: n, length: 1)
          return (1000 * Self.contraction(BoxDiffusion([axis, axis, axis]))).rounded() / 1000
        }
        print(n, "3-D", grid, list)
      }
    }
  }
}
