public import Arrays
import COpenBLAS
import Glibc

/// Damped linear least squares by reflections and rotations, which lose no digits: for λ below 1e-12 of the largest square of a
/// singular value.
///
/// J is reduced to a triangle by Householder reflections, the triangle to a bidiagonal matrix B = Uᵀ R V; for every λ there remain
/// 2n rotations (Eldén, BIT 17, 1977). Where there are fewer rows than parameters, the triangle is that of Jᵀ, of the size of the
/// batch, and s lies in the span of the rows.
public final class OrthogonalLeastSquares: DampedLeastSquares {
  private let columns: Int
  /// The order of the bidiagonal matrix.
  private(set) var order = 0
  private var diagonal: [Double] = []
  private var upper: [Double] = []
  private var leftFactors: [Double] = []
  private var rightFactors: [Double] = []
  private var triangle = AlignedStorage<Double>(count: 1)
  /// Uᵀ c, c what of r lies in the range of J.
  private var right: [Double] = []
  /// Reflections of Jᵀ, where there are fewer rows than parameters.
  private var reflections: (matrix: AlignedStorage<Double>, factors: [Double])?
  private let workers: Workers
  // Room for solutions.
  private var solution: [Double] = []
  private var rotated: [Double] = []
  private var rotatedDiagonal: [Double] = []
  private var rotatedUpper: [Double] = []

  /// - Parameter parameters: columns of J.
  public init(parameters: Int, workers: Workers) {
    columns = parameters
    self.workers = workers
  }

  /// Factors `rows` rows of J with the residual behind each; what stands there is lost.
  public func factor(_ rows: UnsafeMutablePointer<Double>, count: Int, distance: Int) {
    if count > columns { factorTall(rows, count, distance) } else { factorWide(rows, count, distance) }
    bidiagonalize()
    solution = Array(repeating: 0, count: order)
    rotated = solution
    rotatedDiagonal = solution
    rotatedUpper = solution
  }

  /// More rows than parameters: the triangle of (J r), blocks of rows by themselves first.
  private func factorTall(_ rows: UnsafeMutablePointer<Double>, _ count: Int, _ distance: Int) {
    let width = columns + 1
    // The number of blocks depends on neither the machine nor its threads.
    let blocks = count >= 4 * width ? 2 : 1
    let size = (count + blocks - 1) / blocks
    let triangles = (0..<blocks).map { _ in AlignedStorage<Double>(count: width * width) }
    nonisolated(unsafe) let rows = rows
    workers.run(chunks: blocks) { block, _ in
      let (first, own) = (block * size, min(size, count - block * size))
      let base = rows + first * distance
      var factors = Array(repeating: 0.0, count: min(own, width))
      // Row by row J is column by column Jᵀ, whose lower triangle is the transpose of R.
      LAPACKE_dgelqf(
        LAPACK_COL_MAJOR, Int32(width), Int32(own), base, Int32(distance), &factors)
      for column in 0..<min(own, width) {
        for row in column..<width {
          // R(column, row), column by column.
          triangles[block].baseAddress[row * width + column] = base[column * distance + row]
        }
      }
    }
    if blocks == 2 { Self.merge(triangles[0], triangles[1], width) }
    order = columns
    triangle = AlignedStorage(count: columns * columns)
    right = Array(repeating: 0, count: columns)
    for row in 0..<columns {
      for k in 0...row {
        triangle.baseAddress[row * columns + k] = triangles[0].baseAddress[row * width + k]
      }
      right[row] = triangles[0].baseAddress[columns * width + row]
    }
    reflections = nil
  }

  /// The triangle of two triangles that stand one above the other, in the place of the first; column by column.
  private static func merge(_ first: AlignedStorage<Double>, _ second: AlignedStorage<Double>, _ order: Int) {
    let block = min(32, order)
    var factors = Array(repeating: 0.0, count: block * order)
    LAPACKE_dtpqrt(
      LAPACK_COL_MAJOR, Int32(order), Int32(order), Int32(order), Int32(block),
      first.baseAddress, Int32(order), second.baseAddress, Int32(order), &factors, Int32(block))
  }

  /// Fewer rows than parameters: J = Rᵀ Qᵀ with the triangle R of Jᵀ.
  private func factorWide(_ rows: UnsafeMutablePointer<Double>, _ count: Int, _ distance: Int) {
    let matrix = AlignedStorage<Double>(count: columns * count)
    right = Array(repeating: 0, count: count)
    for row in 0..<count {
      (matrix.baseAddress + row * columns).update(from: rows + row * distance, count: columns)
      right[row] = rows[row * distance + columns]
    }
    var factors = Array(repeating: 0.0, count: count)
    LAPACKE_dgeqrf(
      LAPACK_COL_MAJOR, Int32(columns), Int32(count), matrix.baseAddress, Int32(columns), &factors)
    order = count
    triangle = AlignedStorage(count: count * count)
    // Rᵀ, column by column.
    for row in 0..<count {
      for k in row..<count { triangle.baseAddress[row * count + k] = matrix.baseAddress[k * columns + row] }
    }
    reflections = (matrix, factors)
  }

  private func bidiagonalize() {
    diagonal = Array(repeating: 0, count: order)
    upper = Array(repeating: 0, count: max(order, 1))
    leftFactors = diagonal
    rightFactors = diagonal
    let n = Int32(order)
    LAPACKE_dgebrd(
      LAPACK_COL_MAJOR, n, n, triangle.baseAddress, n, &diagonal, &upper, &leftFactors, &rightFactors)
    LAPACKE_dormbr(
      LAPACK_COL_MAJOR, Int8(UInt8(ascii: "Q")), Int8(UInt8(ascii: "L")), Int8(UInt8(ascii: "T")), n, 1, n,
      triangle.baseAddress, n, leftFactors, &right, n)
  }

  public var scale: Double {
    let largest = max(diagonal.reduce(0) { max($0, abs($1)) }, upper.reduce(0) { max($0, abs($1)) })
    return largest * largest
  }

  public func solve(_ damping: Double, into step: UnsafeMutablePointer<Double>) -> Double {
    rotate(damping)
    self.step(into: step)
    return decrease()
  }

  /// Solves for a λ, up to the rotation V.
  private func rotate(_ damping: Double) {
    let root = damping.squareRoot()
    var (mu, carried) = (root, 0.0)
    for i in 0..<order {
      let length = hypot(diagonal[i], mu)
      let (c, s) = length > 0 ? (diagonal[i] / length, mu / length) : (1, 0)
      rotatedDiagonal[i] = length
      rotated[i] = c * right[i] + s * carried
      let rest = c * carried - s * right[i]
      guard i + 1 < order else { break }
      rotatedUpper[i] = c * upper[i]
      let fill = -s * upper[i]
      mu = hypot(root, fill)
      carried = mu > 0 ? fill * rest / mu : 0
    }
    for i in (0..<order).reversed() {
      let next = i + 1 < order ? rotatedUpper[i] * solution[i + 1] : 0
      solution[i] = rotatedDiagonal[i] > 0 ? (-rotated[i] - next) / rotatedDiagonal[i] : 0
    }
  }

  /// How much smaller |J s + r|² is than |r|².
  private func decrease() -> Double {
    var sum = 0.0
    for i in 0..<order {
      let change = diagonal[i] * solution[i] + (i + 1 < order ? upper[i] * solution[i + 1] : 0)
      sum -= change * (change + 2 * right[i])
    }
    return sum
  }

  /// The solution, turned back by V.
  private func step(into step: UnsafeMutablePointer<Double>) {
    var y = solution
    let n = Int32(order)
    LAPACKE_dormbr(
      LAPACK_COL_MAJOR, Int8(UInt8(ascii: "P")), Int8(UInt8(ascii: "L")), Int8(UInt8(ascii: "N")), n, 1, n,
      triangle.baseAddress, n, rightFactors, &y, n)
    step.update(repeating: 0, count: columns)
    for i in 0..<order { step[i] = y[i] }
    guard let reflections else { return }
    LAPACKE_dormqr(
      LAPACK_COL_MAJOR, Int8(UInt8(ascii: "L")), Int8(UInt8(ascii: "N")), Int32(columns), 1, n,
      reflections.matrix.baseAddress, Int32(columns), reflections.factors, step, Int32(columns))
  }
}
