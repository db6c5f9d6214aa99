package import Arrays
import Foundation
package import LinearSolvers
package import Spectral

/// A system with what its transform preconditioner is made of.
package struct BoxProblem: Sendable {
  package var matrix: SparseMatrix<Int32>
  package var rightHandSide: [Double]
  package var axes: [PoissonAxis]
  package var mask: [Bool]?
  /// The coefficient at the unknowns.
  package var field: [Double]?
  package var isSingular = false

  package var nullSpace: NullSpace? { isSingular ? .constants(count: matrix.rowCount) : nil }

  package func preconditioner(isScaled: Bool = false, workers: Workers? = nil) throws
    -> TransformPreconditioner
  {
    try TransformPreconditioner(axes: axes, mask: mask, field: isScaled ? field : nil, workers: workers)
  }
}

extension BoxProblem {
  /// Pressure around a sphere: the unit cube with n³ cells, Neumann everywhere, without the cells whose centres are in the
  /// sphere of radius 0.2 at (½, ½, 0.4); the graph Laplacian of what is left.
  ///
  /// The right-hand side is a Gaussian blob exp(−ρ²/0.005) at z = 0.15 minus one at z = 0.25 on the cube's axis, plus
  /// 0.01 times normal noise, without its mean.
  ///
  /// - Parameter noise: n³ normal numbers, one for every cell of the box; Philox with seed 0 unless given.
  package static func obstacle(_ n: Int, noise given: [Double]? = nil) -> BoxProblem {
    let centre = (0..<n).map { (Double($0) + 0.5) / Double(n) }
    let stream = RandomStream(seed: 0, purpose: "obstacle")
    var mask: [Bool] = []
    var source: [Double] = []
    for x in centre {
      for y in centre {
        for z in centre {
          let square = (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)
          mask.append(square + (z - 0.4) * (z - 0.4) >= 0.04)
          func blob(_ height: Double) -> Double { exp(-(square + (z - height) * (z - height)) / 0.005) }
          let noise = given?[source.count] ?? stream.normals(at: UInt64(source.count / 2))[source.count % 2]
          source.append(blob(0.15) - blob(0.25) + 0.01 * noise)
        }
      }
    }
    let axis = PoissonAxis(
      ends: .bounded(lower: .neumann, upper: .neumann), grid: .faces, count: n, length: Double(n))
    var b = mask.indices.filter { mask[$0] }.map { source[$0] }
    let mean = b.reduce(0, +) / Double(b.count)
    for index in b.indices { b[index] -= mean }
    let axes = [axis, axis, axis]
    return BoxProblem(
      matrix: .laplacian(axes, mask: mask), rightHandSide: b, axes: axes, mask: mask,
      isSingular: true)
  }

  /// −∇·(a∇u) on the n × n interior nodes of the unit square, times h², by differences with arithmetic means of a between
  /// nodes; right-hand side of ones.
  ///
  /// a = contrastᵍ with a smooth periodic random field g scaled to go from 0 to 1 on the nodes: white noise (Philox, the
  /// seed given) smoothed by a Gaussian of width `smoothness`. The field is the same on every mesh.
  package static func variable(
    _ n: Int, contrast: Double, seed: UInt64 = 0, smoothness: Double = 0.055
  ) -> BoxProblem {
    // Nodes 0 and n + 1 are on the boundary.
    let field = smoothField(n, seed: seed, width: smoothness)
    let (low, high) = (field.min() ?? 0, field.max() ?? 1)
    let a = field.map { pow(contrast, ($0 - low) / (high - low)) }
    var matrix = CoordinateMatrix(rowCount: n * n, columnCount: n * n)
    func node(_ i: Int, _ j: Int) -> Int { i * n + j }
    for i in 0..<n {
      for j in 0..<n {
        var diagonal = 0.0
        for (other, otherJ) in [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)] {
          let isInside = (0..<n).contains(other) && (0..<n).contains(otherJ)
          let face = isInside ? (a[node(i, j)] + a[node(other, otherJ)]) / 2 : a[node(i, j)]
          diagonal += face
          if isInside { matrix.add(-face, row: node(i, j), column: node(other, otherJ)) }
        }
        matrix.add(diagonal, row: node(i, j), column: node(i, j))
      }
    }
    let axis = dirichlet(n)
    return BoxProblem(
      matrix: matrix.compressed(.rows, as: Int32.self).matrix,
      rightHandSide: [Double](repeating: 1, count: n * n), axes: [axis, axis], field: a)
  }

  /// A periodic Gaussian random field on the interior nodes, by its waves.
  private static func smoothField(_ n: Int, seed: UInt64, width: Double) -> [Double] {
    let stream = RandomStream(seed: seed, purpose: "smooth field")
    let highest = 12
    let place = (1...n).map { 2 * Double.pi * Double($0) / Double(n + 1) }
    var field = [Double](repeating: 0, count: n * n)
    var number: UInt64 = 0
    // Half of the wave vectors: the others are their conjugates.
    for first in 0...highest {
      for second in -highest...highest where first > 0 || second > 0 {
        let draw = stream.normals(at: number)
        number += 1
        let square = Double(first * first + second * second)
        let size = exp(-2 * Double.pi * Double.pi * width * width * square)
        let (real, imaginary) = (size * draw.x, size * draw.y)
        let columns = place.map { (cos(Double(second) * $0), sin(Double(second) * $0)) }
        for i in 0..<n {
          let (c, s) = (cos(Double(first) * place[i]), sin(Double(first) * place[i]))
          for j in 0..<n {
            let (c2, s2) = columns[j]
            field[i * n + j] += real * (c * c2 - s * s2) + imaginary * (s * c2 + c * s2)
          }
        }
      }
    }
    return field
  }

  /// The Dirichlet Laplacian on the nodes of a square that lie in a shape; right-hand side of ones.
  package static func masked(_ n: Int, _ contains: (_ x: Double, _ y: Double) -> Bool) -> BoxProblem {
    let axis = dirichlet(n)
    let place = (1...n).map { Double($0) / Double(n + 1) }
    let mask = place.flatMap { x in place.map { contains(x, $0) } }
    let count = mask.count { $0 }
    return BoxProblem(
      matrix: .laplacian([axis, axis], mask: mask, outside: .dirichlet),
      rightHandSide: [Double](repeating: 1, count: count), axes: [axis, axis], mask: mask)
  }

  /// The unit square without the disc of radius 0.2 in its middle.
  package static func disc(_ n: Int) -> BoxProblem {
    masked(n) { x, y in (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) >= 0.04 }
  }

  /// The unit square without its upper right quarter.
  package static func corner(_ n: Int) -> BoxProblem { masked(n) { x, y in x < 0.5 || y < 0.5 } }

  private static func dirichlet(_ n: Int) -> PoissonAxis {
    PoissonAxis(
      ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: n, length: Double(n + 1))
  }
}
