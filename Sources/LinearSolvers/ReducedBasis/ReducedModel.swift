import Arrays
import COpenBLAS

/// A parametrised linear system projected once, and then solved for each parameter in time that does not depend on its
/// size.
///
/// Galerkin: (Σ γ_m VᵀQ_mV) c = Vᵀb, u ≈ V c. The residual's norm is found without the large system, from the
/// triangular factor of (b, Q_1V, …, Q_dV); expanding its square instead would lose half of the digits. Casenave,
/// *Accurate a posteriori error evaluation in the reduced basis method*, C. R. Acad. Sci. Paris 350 (2012).
public struct ReducedModel: Sendable {
  public let matrix: SeparatedMatrix
  public let space: ReducedSpace
  /// VᵀQ_mV, row-major.
  private let projected: [[Double]]
  private let projectedRightHandSide: [Double]
  /// The triangular factor's columns: first b's, then those of Q_mV, m slowest.
  private let factor: [[Double]]
  private let rightHandSideNorm: Double

  /// Projects the terms of a family and a right-hand side.
  ///
  /// `O(n (rank · dimension)²)` for n unknowns.
  ///
  /// - Throws: `LinearSolverError.notSquare`, `.wrongLength`.
  public init(
    _ matrix: SeparatedMatrix, space: ReducedSpace, rightHandSide: [Double]
  ) throws(LinearSolverError) {
    let pattern = matrix.pattern
    guard pattern.isSquare else { throw .notSquare(rows: pattern.rowCount, columns: pattern.columnCount) }
    guard rightHandSide.count == pattern.rowCount else {
      throw .wrongLength(
        what: "the right-hand side", count: rightHandSide.count, expected: pattern.rowCount)
    }
    guard space.count == pattern.rowCount else {
      throw .wrongLength(what: "a vector of the basis", count: space.count, expected: pattern.rowCount)
    }
    self.matrix = matrix
    self.space = space
    var columns = [rightHandSide]
    var projected: [[Double]] = []
    for term in matrix.terms {
      let A = MatrixOperator(term)
      let images = space.basis.map { vector in
        var image = [Double](repeating: 0, count: vector.count)
        A.apply(vector, into: &image)
        return image
      }
      projected.append(space.basis.flatMap { row in images.map { Self.product(row, $0) } })
      columns += images
    }
    self.projected = projected
    projectedRightHandSide = space.basis.map { Self.product($0, rightHandSide) }
    rightHandSideNorm = Self.product(rightHandSide, rightHandSide).squareRoot()
    factor = Self.triangularFactor(columns)
  }

  /// A solution in the reduced space.
  public struct Solution: Sendable {
    /// Of the basis vectors.
    public var coefficients: [Double]
    /// ‖b − A(μ) V c‖ / ‖b‖, for the separated A(μ).
    public var residual: Double
  }

  /// Solves for the parameter whose matrix has these numbers at `matrix.places`.
  ///
  /// `O(rank · dimension² + dimension³)`, and for the residual `O((rank · dimension)²)`.
  ///
  /// - Throws: `LinearSolverError.singular` if the projected matrix is.
  public func solve(_ entries: [Double]) throws(LinearSolverError) -> Solution {
    OneBLASThread.ensure()
    let factors = matrix.coefficients(entries)
    let dimension = space.dimension
    guard dimension > 0 else { return Solution(coefficients: [], residual: rightHandSideNorm > 0 ? 1 : 0) }
    var system = [Double](repeating: 0, count: dimension * dimension)
    for (gamma, term) in zip(factors, projected) {
      cblas_daxpy(Int32(system.count), gamma, term, 1, &system, 1)
    }
    var coefficients = projectedRightHandSide
    var pivots = [Int32](repeating: 0, count: dimension)
    let status = LAPACKE_dgesv(
      LAPACK_ROW_MAJOR, Int32(dimension), 1, &system, Int32(dimension), &pivots, &coefficients, 1)
    guard status == 0 else { throw .singular(reciprocalCondition: 0) }
    return Solution(coefficients: coefficients, residual: residual(factors, coefficients))
  }

  private func residual(_ factors: [Double], _ coefficients: [Double]) -> Double {
    var rest = factor[0]
    var column = 1
    for gamma in factors {
      for coefficient in coefficients {
        cblas_daxpy(Int32(rest.count), -gamma * coefficient, factor[column], 1, &rest, 1)
        column += 1
      }
    }
    let size = cblas_dnrm2(Int32(rest.count), rest, 1)
    return rightHandSideNorm > 0 ? size / rightHandSideNorm : size
  }

  /// The columns of R in the factorisation Q R of some columns.
  private static func triangularFactor(_ columns: [[Double]]) -> [[Double]] {
    OneBLASThread.ensure()
    let (rows, count) = (columns[0].count, columns.count)
    let rank = min(rows, count)
    guard rank > 0 else { return columns }
    var matrix = columns.flatMap { $0 }
    var reflectors = [Double](repeating: 0, count: rank)
    let status = LAPACKE_dgeqrf(
      LAPACK_COL_MAJOR, Int32(rows), Int32(count), &matrix, Int32(rows), &reflectors)
    precondition(status == 0, "ReducedModel: LAPACKE_dgeqrf refused its argument \(-status)")
    return (0..<count).map { column in
      (0..<rank).map { row in row <= column ? matrix[column * rows + row] : 0 }
    }
  }

  private static func product(_ one: [Double], _ other: [Double]) -> Double {
    cblas_ddot(Int32(one.count), one, 1, other, 1)
  }
}
