public import Arrays
import COpenBLAS

/// Damped linear least squares by the normal equations: `(JᵀJ + λ) s = −Jᵀr`, or `s = −Jᵀ (J Jᵀ + λ)⁻¹ r` where there are fewer rows
/// than parameters.
///
/// A third of the time of reflections, as long as λ is well above rounding, 1e-16 of the largest square of a singular value. The
/// kernel form is that of Chen, Heyl, Nature Physics 20 (2024).
public final class NormalEquations: DampedLeastSquares {
  private let columns: Int
  private let workers: Workers
  /// The order of the matrix.
  private var order = 0
  /// The lower triangle of JᵀJ or J Jᵀ, column by column.
  private var matrix = AlignedStorage<Double>(count: 1)
  private var factor = AlignedStorage<Double>(count: 1)
  /// Jᵀr, or r.
  private var right: [Double] = []
  /// J, where there are fewer rows.
  private var rows: (base: UnsafeMutablePointer<Double>, count: Int, distance: Int)?
  private var solution: [Double] = []
  /// Rows of the matrix that are made at once.
  private static var block: Int { 128 }

  /// - Parameter parameters: columns of J.
  public init(parameters: Int, workers: Workers) {
    columns = parameters
    self.workers = workers
  }

  /// - Precondition: the rows stay where they are, and as they are, until the last `solve`.
  public func factor(_ rows: UnsafeMutablePointer<Double>, count: Int, distance: Int) {
    let isWide = count <= columns
    order = isWide ? count : columns
    if matrix.count < order * order {
      matrix = AlignedStorage(uninitialized: order * order)
      factor = AlignedStorage(uninitialized: order * order)
    }
    self.rows = (rows, count, distance)
    multiply(rows, count: count, distance: distance, isWide: isWide)
    if isWide {
      right = (0..<count).map { rows[$0 * distance + columns] }
    } else {
      right = Array(repeating: 0, count: columns)
      cblas_dgemv(
        CblasColMajor, CblasNoTrans, Int32(columns), Int32(count), 1, rows, Int32(distance), rows + columns,
        Int32(distance), 0, &right, 1)
    }
    solution = right
  }

  /// The lower triangle, a block of rows at a time: the same products whoever computes them.
  private func multiply(
    _ rows: UnsafeMutablePointer<Double>, count: Int, distance: Int, isWide: Bool
  ) {
    let (order, columns) = (order, columns)
    let blocks = (order + Self.block - 1) / Self.block
    nonisolated(unsafe) let (rows, result) = (rows, matrix.baseAddress)
    workers.run(chunks: blocks) { chunk, _ in
      // The long ones first.
      let first = (blocks - 1 - chunk) * Self.block
      let (own, end) = (min(Self.block, order - first), min(first + Self.block, order))
      if isWide {
        cblas_dgemm(
          CblasColMajor, CblasTrans, CblasNoTrans, Int32(own), Int32(end), Int32(columns), 1,
          rows + first * distance, Int32(distance), rows, Int32(distance), 0, result + first, Int32(order))
      } else {
        cblas_dgemm(
          CblasColMajor, CblasNoTrans, CblasTrans, Int32(own), Int32(end), Int32(count), 1, rows + first,
          Int32(distance), rows, Int32(distance), 0, result + first, Int32(order))
      }
    }
  }

  /// The largest diagonal entry.
  public var scale: Double {
    (0..<order).reduce(0) { max($0, matrix.baseAddress[$1 * order + $1]) }
  }

  public func solve(_ damping: Double, into step: UnsafeMutablePointer<Double>) -> Double {
    for column in 0..<order {
      let start = column * order + column
      (factor.baseAddress + start).update(from: matrix.baseAddress + start, count: order - column)
      factor.baseAddress[start] += damping
    }
    let n = Int32(order)
    guard LAPACKE_dpotrf(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "L")), n, factor.baseAddress, n) == 0 else {
      return .nan
    }
    for index in 0..<order { solution[index] = -right[index] }
    LAPACKE_dpotrs(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "L")), n, 1, factor.baseAddress, n, &solution, n)
    guard let rows, order < columns || rows.count <= columns else {
      var (slope, square) = (0.0, 0.0)
      for index in 0..<order {
        step[index] = solution[index]
        slope += right[index] * solution[index]
        square += solution[index] * solution[index]
      }
      // s of the damped equations: |r|² − |J s + r|² = −gᵀs + λ |s|².
      return -slope + damping * square
    }
    cblas_dgemv(
      CblasColMajor, CblasNoTrans, Int32(columns), n, 1, rows.base, Int32(rows.distance), solution, 1, 0,
      step, 1)
    // J s + r = −λ y.
    var decrease = 0.0
    for index in 0..<order {
      decrease += right[index] * right[index] - damping * damping * solution[index] * solution[index]
    }
    return decrease
  }
}
