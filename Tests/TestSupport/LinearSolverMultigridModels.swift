import Arrays
package import LinearSolvers
import Spectral

#if canImport(Glibc)
  import Glibc
#endif

/// Systems that multigrid methods are measured with.
package enum MultigridModels {
  /// Numbers of a standard normal distribution.
  package static func normals(_ count: Int, seed: UInt64 = 0) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: "multigrid models")
    return (0..<count).map { stream.normals(at: UInt64($0)).x }
  }

  /// The singular 7-point graph Laplacian on the cells of the unit cube outside of a sphere, Neumann everywhere, and a
  /// dipole with a hundredth of noise, its mean removed (../shared/methods/linear-solvers.md, 1.6).
  package static func obstacle(_ n: Int) -> (matrix: SparseMatrix<Int32>, rightHandSide: [Double]) {
    var number = [Int](repeating: -1, count: n * n * n)
    var cells: [(Int, Int, Int)] = []
    func centre(_ i: Int) -> Double { (Double(i) + 0.5) / Double(n) }
    for i in 0..<n {
      for j in 0..<n {
        for k in 0..<n {
          let (x, y, z) = (centre(i) - 0.5, centre(j) - 0.5, centre(k) - 0.4)
          guard x * x + y * y + z * z > 0.04 else { continue }
          number[(i * n + j) * n + k] = cells.count
          cells.append((i, j, k))
        }
      }
    }
    var matrix = CoordinateMatrix(rowCount: cells.count, columnCount: cells.count)
    matrix.reserveCapacity(7 * cells.count)
    let noise = normals(cells.count)
    var b = [Double](repeating: 0, count: cells.count)
    for (row, (i, j, k)) in cells.enumerated() {
      for (a, b, c) in [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)] {
        let (p, q, s) = (i + a, j + b, k + c)
        guard (0..<n).contains(p), (0..<n).contains(q), (0..<n).contains(s) else { continue }
        let column = number[(p * n + q) * n + s]
        guard column >= 0 else { continue }
        matrix.add(-1, row: row, column: column)
        matrix.add(1, row: row, column: row)
      }
      func blob(_ height: Double) -> Double {
        let (x, y, z) = (centre(i) - 0.5, centre(j) - 0.5, centre(k) - height)
        return exp(-(x * x + y * y + z * z) / 0.005)
      }
      b[row] = blob(0.15) - blob(0.25) + 0.01 * noise[row]
    }
    let mean = b.reduce(0, +) / Double(b.count)
    return (matrix.compressed(.rows, as: Int32.self).matrix, b.map { $0 - mean })
  }

  /// Cell coefficients 1 and 100 of a 16 × 16 checkerboard on n × n cells.
  package static func checkerboard(_ n: Int) -> [Double] {
    (0..<n * n).map { cell in (cell / n * 16 / n + cell % n * 16 / n) % 2 == 0 ? 1 : 100 }
  }

  /// Face coefficients of cell coefficients by harmonic means; at the ends those of the cells.
  package static func harmonicFaces(_ cells: [Double], shape: [Int]) -> [[Double]] {
    shape.indices.map { axis in
      let inner = shape[(axis + 1)...].reduce(1, *)
      let outer = shape[..<axis].reduce(1, *)
      let count = shape[axis]
      var faces: [Double] = []
      for block in 0..<outer {
        for face in 0...count {
          for k in 0..<inner {
            let lower = cells[(block * count + max(face - 1, 0)) * inner + k]
            let upper = cells[(block * count + min(face, count - 1)) * inner + k]
            faces.append(2 * lower * upper / (lower + upper))
          }
        }
      }
      return faces
    }
  }

  /// The matrix of an operator, by its columns: for operators of some hundred thousand unknowns whose stencil reaches
  /// direct neighbours only, three at a time along each of at most two axes.
  package static func fivePointMatrix(_ diffusion: BoxDiffusion) -> SparseMatrix<Int32> {
    let A = BoxOperator(diffusion)
    let n = diffusion.axes[0].count
    let m = diffusion.axes.count > 1 ? diffusion.axes[1].count : 1
    var matrix = CoordinateMatrix(rowCount: n * m, columnCount: n * m)
    // No two unknowns of a colour have a neighbour in common.
    for colour in 0..<5 {
      var x = [Double](repeating: 0, count: n * m)
      for i in 0..<n { for j in 0..<m where (i + 2 * j) % 5 == colour { x[i * m + j] = 1 } }
      var y = x
      A.apply(x, into: &y)
      for i in 0..<n {
        for j in 0..<m {
          for (a, b) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
            let (p, q) = (i + a, j + b)
            guard (0..<n).contains(p), (0..<m).contains(q), x[p * m + q] == 1, y[i * m + j] != 0 else {
              continue
            }
            matrix.add(y[i * m + j], row: i * m + j, column: p * m + q)
          }
        }
      }
    }
    return matrix.compressed(.rows, as: Int32.self).matrix
  }

  /// Plane-strain elasticity (Young's modulus 1, Poisson's ratio 0.3) with n × n bilinear elements on the unit square,
  /// clamped on the left: two unknowns per node, and the three rigid modes.
  package static func elasticity(_ n: Int) -> (matrix: SparseMatrix<Int32>, rigidModes: [[Double]]) {
    let stiffness = elementStiffness(ratio: 0.3)
    let nodeCount = n * (n + 1)
    func number(_ i: Int, _ j: Int) -> Int? { i == 0 ? nil : (i - 1) * (n + 1) + j }
    var matrix = CoordinateMatrix(rowCount: 2 * nodeCount, columnCount: 2 * nodeCount)
    for i in 0..<n {
      for j in 0..<n {
        let corners = [number(i, j), number(i + 1, j), number(i + 1, j + 1), number(i, j + 1)]
        for (a, first) in corners.enumerated() {
          for (b, second) in corners.enumerated() {
            guard let first, let second else { continue }
            for c in 0..<2 {
              for d in 0..<2 {
                matrix.add(stiffness[2 * a + c][2 * b + d], row: 2 * first + c, column: 2 * second + d)
              }
            }
          }
        }
      }
    }
    var modes = [[Double]](repeating: [], count: 3)
    for node in 0..<nodeCount {
      let (x, y) = (Double(node / (n + 1) + 1) / Double(n), Double(node % (n + 1)) / Double(n))
      modes[0] += [1, 0]
      modes[1] += [0, 1]
      modes[2] += [-y, x]
    }
    return (matrix.compressed(.rows, as: Int32.self).matrix, modes)
  }

  private static func elementStiffness(ratio: Double) -> [[Double]] {
    let factor = 1 / ((1 + ratio) * (1 - 2 * ratio))
    let D = [
      [factor * (1 - ratio), factor * ratio, 0], [factor * ratio, factor * (1 - ratio), 0],
      [0, 0, factor * (1 - 2 * ratio) / 2],
    ]
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
    var K = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 8)
    let point = 1 / 3.0.squareRoot()
    for (s, t) in [(-point, -point), (point, -point), (point, point), (-point, point)] {
      // Derivatives on the reference square; the size of the element cancels in two dimensions.
      let gradients = corners.map { ($0.0 * (1 + $0.1 * t) / 4, $0.1 * (1 + $0.0 * s) / 4) }
      var B = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 3)
      for (a, g) in gradients.enumerated() {
        (B[0][2 * a], B[1][2 * a + 1], B[2][2 * a], B[2][2 * a + 1]) = (g.0, g.1, g.1, g.0)
      }
      for a in 0..<8 {
        for b in 0..<8 {
          for p in 0..<3 { for q in 0..<3 { K[a][b] += B[p][a] * D[p][q] * B[q][b] } }
        }
      }
    }
    return K
  }
}
