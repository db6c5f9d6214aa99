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

  package func preconditioner(isScaled: Bool = false, workers: Workers? = nil) throws -> TransformPreconditioner {
    try TransformPreconditioner(axes: axes, mask: mask, field: isScaled ? field : nil, workers: workers)
  }
}

extension BoxProblem {
  /// Pressure around a sphere: the unit cube with n³ cells, Neumann everywhere, without the cells whose centres are in the
  /// sphere of radius 0.2 at (½, ½, 0.4); the graph Laplacian of what is left.
  ///
  /// The right-hand side is a Gaussian blob exp(−ρ²/0.005) at z = 0.15 minus one at z = 0.25 on the cube's axis, plus
  /// 0.01 times normal noise (Philox, seed 0), without its mean.
  package static func obstacle(_ n: Int) -> BoxProblem {
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
          let noise = stream.normals(at: UInt64(source.count / 2))[source.count % 2]
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
      matrix: graph(axes, mask: mask, isClosed: true), rightHandSide: b, axes: axes, mask: mask,
      isSingular: true)
  }

  /// The Dirichlet Laplacian on the nodes of a square that lie in a shape; right-hand side of ones.
  package static func masked(_ n: Int, _ contains: (_ x: Double, _ y: Double) -> Bool) -> BoxProblem {
    let axis = dirichlet(n)
    let place = (1...n).map { Double($0) / Double(n + 1) }
    let mask = place.flatMap { x in place.map { contains(x, $0) } }
    let count = mask.count { $0 }
    return BoxProblem(
      matrix: graph([axis, axis], mask: mask, isClosed: false),
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

  /// The graph Laplacian of the kept cells; walls are closed (Neumann), or cells that are left out are zero.
  private static func graph(_ axes: [PoissonAxis], mask: [Bool], isClosed: Bool) -> SparseMatrix<Int32> {
    var numbers = [Int](repeating: -1, count: mask.count)
    var count = 0
    for cell in mask.indices where mask[cell] {
      numbers[cell] = count
      count += 1
    }
    var matrix = CoordinateMatrix(rowCount: count, columnCount: count)
    matrix.reserveCapacity(count * (2 * axes.count + 1))
    for cell in mask.indices where mask[cell] {
      var diagonal = 0.0
      var (stride, rest) = (1, cell)
      for axis in axes.reversed() {
        let index = rest % axis.count
        rest /= axis.count
        for (isInside, other) in [(index > 0, cell - stride), (index < axis.count - 1, cell + stride)] {
          let isKept = isInside && mask[other]
          if isKept { matrix.add(-1, row: numbers[cell], column: numbers[other]) }
          if isKept || !isClosed { diagonal += 1 }
        }
        stride *= axis.count
      }
      matrix.add(diagonal, row: numbers[cell], column: numbers[cell])
    }
    return matrix.compressed(.rows, as: Int32.self).matrix
  }
}
