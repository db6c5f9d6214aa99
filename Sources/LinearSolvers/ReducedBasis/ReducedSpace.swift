import Arrays
import COpenBLAS

/// A small orthonormal basis of what solutions of a family look like.
public struct ReducedSpace: Sendable {
  /// Orthonormal vectors.
  public let basis: [[Double]]

  public var dimension: Int { basis.count }
  /// The length of the vectors.
  public let count: Int

  /// The span of some solutions, orthonormalised one after the other; those that add less than `tolerance` of their
  /// norm are left out.
  public init(spannedBy solutions: [[Double]], tolerance: Double = 1e-12) {
    OneBLASThread.ensure()
    var basis: [[Double]] = []
    count = solutions.first?.count ?? 0
    for solution in solutions {
      precondition(
        solution.count == count, "ReducedSpace: solutions of \(solution.count) and \(count) numbers")
      let size = cblas_dnrm2(Int32(count), solution, 1)
      var rest = solution
      // Twice is enough (Kahan, Parlett).
      for _ in 0..<2 {
        for vector in basis {
          cblas_daxpy(
            Int32(count), -cblas_ddot(Int32(count), vector, 1, rest, 1), vector, 1, &rest, 1)
        }
      }
      let left = cblas_dnrm2(Int32(count), rest, 1)
      guard left > tolerance * size, left > 0 else { continue }
      basis.append(rest.map { $0 / left })
    }
    self.basis = basis
  }

  /// The directions in which most of the solutions' squares lie: proper orthogonal decomposition.
  ///
  /// - Parameters:
  ///   - solutions: Vectors of equal length.
  ///   - tolerance: Directions whose singular value is below this part of the largest are dropped.
  ///   - dimension: The most directions.
  /// - Throws: `LinearSolverError.unsupported` if LAPACK's singular values do not converge.
  public init(
    principalDirectionsOf solutions: [[Double]], tolerance: Double = 1e-10, dimension: Int = .max
  ) throws(LinearSolverError) {
    OneBLASThread.ensure()
    count = solutions.first?.count ?? 0
    let (rows, columns) = (count, solutions.count)
    let rank = min(rows, columns)
    guard rank > 0 else {
      basis = []
      return
    }
    // Column-major: solution after solution.
    var matrix = solutions.flatMap { $0 }
    precondition(matrix.count == rows * columns, "ReducedSpace: solutions of different lengths")
    var singular = [Double](repeating: 0, count: rank)
    var left = [Double](repeating: 0, count: rows * rank)
    var right = [Double](repeating: 0, count: rank * columns)
    let status = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "S")), Int32(rows), Int32(columns), &matrix, Int32(rows),
      &singular,
      &left, Int32(rows), &right, Int32(rank))
    guard status == 0 else { throw .unsupported("the singular values of the solutions were not found") }
    let kept = singular.prefix { $0 > tolerance * singular[0] }.count
    basis = (0..<min(kept, dimension)).map { Array(left[$0 * rows..<($0 + 1) * rows]) }
  }

  /// Σ coefficients[i] · basis[i].
  public func vector(_ coefficients: [Double]) -> [Double] {
    precondition(
      coefficients.count == dimension,
      "ReducedSpace: \(coefficients.count) coefficients for \(dimension) vectors")
    var result = [Double](repeating: 0, count: count)
    for (factor, vector) in zip(coefficients, basis) {
      cblas_daxpy(Int32(count), factor, vector, 1, &result, 1)
    }
    return result
  }
}
