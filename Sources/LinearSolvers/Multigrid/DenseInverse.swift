import Arrays
import CKernels
import COpenBLAS

/// The pseudo-inverse of the coarsest matrix, dense.
///
/// Directions that the matrix maps to nothing (to a small share of its largest eigenvalue) are mapped to nothing, so
/// that pure Neumann problems need no special care.
final class DenseInverse: @unchecked Sendable {
  let count: Int
  private let inverse: AlignedStorage<Double>
  private let smallestShare: Double

  /// From a row-major matrix of `count` rows that is overwritten.
  init(
    _ matrix: AlignedStorage<Double>, count: Int, isSymmetric: Bool, smallestShare: Double = 1e-11
  ) {
    self.count = count
    self.smallestShare = smallestShare
    inverse = AlignedStorage(count: count * count)
    guard count > 0 else { return }
    OneBLASThread.ensure()
    isSymmetric ? invertSymmetric(matrix) : invertGeneral(matrix)
  }

  private func invertSymmetric(_ matrix: AlignedStorage<Double>) {
    let n = Int32(count)
    let eigenvalues = AlignedStorage<Double>(count: count)
    let status = LAPACKE_dsyev(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")), n, matrix.baseAddress, n,
      eigenvalues.baseAddress)
    // A matrix with numbers that are not finite: the cycle then returns zeros here, and the iteration says so.
    guard status == 0 else { return }
    let largest = eigenvalues.buffer.reduce(0) { max($0, abs($1)) }
    accumulate { k in
      let value = eigenvalues.baseAddress[k]
      guard abs(value) > smallestShare * largest else { return nil }
      return (
        1 / value, { matrix.baseAddress[$0 * self.count + k] }, { matrix.baseAddress[$0 * self.count + k] }
      )
    }
  }

  private func invertGeneral(_ matrix: AlignedStorage<Double>) {
    let n = Int32(count)
    let singular = AlignedStorage<Double>(count: count)
    let left = AlignedStorage<Double>(count: count * count)
    let right = AlignedStorage<Double>(count: count * count)
    let scratch = AlignedStorage<Double>(count: count)
    let status = LAPACKE_dgesvd(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "A")), CChar(UInt8(ascii: "A")), n, n, matrix.baseAddress, n,
      singular.baseAddress, left.baseAddress, n, right.baseAddress, n, scratch.baseAddress)
    guard status == 0 else { return }
    accumulate { k in
      let value = singular.baseAddress[k]
      guard value > smallestShare * singular.baseAddress[0] else { return nil }
      return (
        1 / value, { right.baseAddress[k * self.count + $0] }, { left.baseAddress[$0 * self.count + k] }
      )
    }
  }

  /// Sums factor · column · rowᵀ over the directions.
  private func accumulate(_ direction: (Int) -> (Double, (Int) -> Double, (Int) -> Double)?) {
    for k in 0..<count {
      guard let (factor, column, row) = direction(k) else { continue }
      let rows = (0..<count).map(row)
      for i in 0..<count {
        let scaled = factor * column(i)
        for j in 0..<count { inverse.baseAddress[i * count + j] += scaled * rows[j] }
      }
    }
  }

  func apply(_ b: CycleVector, into x: CycleVector) {
    if b.precision == .single {
      pvk_dense_multiply_f32(count, inverse.baseAddress, b.singles, x.singles)
    } else {
      pvk_dense_multiply_f64(count, inverse.baseAddress, b.doubles, x.doubles)
    }
  }

  /// The scaled matrix S A S as a dense one.
  static func scaled(_ A: SparseMatrix<Int32>, _ scale: AlignedStorage<Double>) -> AlignedStorage<Double> {
    let dense = AlignedStorage<Double>(count: A.rowCount * A.rowCount)
    A.forEachEntry { row, column, value in
      dense.baseAddress[row * A.rowCount + column] +=
        value * scale.baseAddress[row] * scale.baseAddress[column]
    }
    return dense
  }
}
