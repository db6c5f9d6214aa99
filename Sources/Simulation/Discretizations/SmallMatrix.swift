import Arrays
import COpenBLAS
package import Spectral

/// A dense complex matrix of a few rows: the linear operator at one wavenumber.
package struct SmallMatrix: Sendable, Hashable {
  package let rows: Int
  package let columns: Int
  package var elements: [Complex]

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    elements = Array(repeating: .zero, count: rows * columns)
  }

  package init(size: Int) { self.init(rows: size, columns: size) }

  /// The number of rows of a square matrix.
  package var size: Int { rows }

  package static func identity(_ size: Int) -> SmallMatrix {
    var matrix = SmallMatrix(size: size)
    for i in 0..<size { matrix[i, i] = .one }
    return matrix
  }

  package subscript(row: Int, column: Int) -> Complex {
    @inline(__always) get { elements[row * columns + column] }
    @inline(__always) set { elements[row * columns + column] = newValue }
  }

  package func scaled(by factor: Double) -> SmallMatrix {
    var result = self
    for i in elements.indices { result.elements[i] = factor * elements[i] }
    return result
  }

  package static func + (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = a
    for i in a.elements.indices { result.elements[i] += b.elements[i] }
    return result
  }

  package static func - (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = a
    for i in a.elements.indices { result.elements[i] -= b.elements[i] }
    return result
  }

  package static func * (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = SmallMatrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for k in 0..<a.columns {
        let factor = a[i, k]
        if factor.isZero { continue }
        for j in 0..<b.columns { result[i, j] += factor * b[k, j] }
      }
    }
    return result
  }

  package var oneNorm: Double {
    (0..<columns).map { j in (0..<rows).reduce(0) { $0 + self[$1, j].magnitude } }.max() ?? 0
  }

  /// Solves `self · X = right` by elimination with full pivoting.
  ///
  /// Columns without a pivot are free: their unknowns are set to zero and named in `free`.
  package func solve(_ right: SmallMatrix) -> (solution: SmallMatrix, free: [Int]) {
    var a = self
    var b = right
    let scale = elements.map(\.magnitude).max() ?? 0
    var columnOrder = Array(0..<columns)
    var rank = 0
    while rank < min(rows, columns) {
      var (best, pivotRow, pivotColumn) = (0.0, rank, rank)
      for i in rank..<rows {
        for j in rank..<columns where a[i, j].magnitude > best {
          (best, pivotRow, pivotColumn) = (a[i, j].magnitude, i, j)
        }
      }
      if best <= 1e-13 * scale || best == 0 { break }
      for j in 0..<columns { a.swap(rank, j, pivotRow, j) }
      for j in 0..<b.columns { b.swap(rank, j, pivotRow, j) }
      for i in 0..<rows { a.swap(i, rank, i, pivotColumn) }
      columnOrder.swapAt(rank, pivotColumn)
      for i in 0..<rows where i != rank && !a[i, rank].isZero {
        let factor = a[i, rank] / a[rank, rank]
        for j in rank..<columns { a[i, j] -= factor * a[rank, j] }
        for j in 0..<b.columns { b[i, j] -= factor * b[rank, j] }
      }
      rank += 1
    }
    var solution = SmallMatrix(rows: columns, columns: right.columns)
    for i in 0..<rank {
      for j in 0..<right.columns { solution[columnOrder[i], j] = b[i, j] / a[i, i] }
    }
    return (solution, Array(columnOrder[rank...]))
  }

  /// The inverse of a regular square matrix.
  package var inverse: SmallMatrix { solve(.identity(rows)).solution }

  private mutating func swap(_ i: Int, _ j: Int, _ k: Int, _ l: Int) {
    elements.swapAt(i * columns + j, k * columns + l)
  }

  /// D⁻¹ · self · D, with rows and columns brought to similar sizes by powers of two in the diagonal D.
  ///
  /// A wave's displacement and velocity differ by its frequency (Parlett and Reinsch, Numer. Math. 13, 1969).
  package var balanced: (matrix: SmallMatrix, scales: [Double]) {
    var result = self
    var scales = Array(repeating: 1.0, count: size)
    for _ in 0..<100 {
      var isDone = true
      for i in 0..<size {
        var (column, row) = (0.0, 0.0)
        for j in 0..<size where j != i {
          column += result[j, i].magnitude
          row += result[i, j].magnitude
        }
        guard column > 0, row > 0, column.isFinite, row.isFinite else { continue }
        let exponent = ((row / column).exponent / 2)
        guard exponent != 0 else { continue }
        let factor = Double(sign: .plus, exponent: Int(exponent), significand: 1)
        for j in 0..<size where j != i {
          result[j, i] = factor * result[j, i]
          result[i, j] = (1 / factor) * result[i, j]
        }
        scales[i] *= factor
        isDone = false
      }
      if isDone { break }
    }
    return (result, scales)
  }

  /// D · self · D⁻¹: undoes `balanced`.
  package func rescaled(by scales: [Double]) -> SmallMatrix {
    var result = self
    for i in 0..<rows { for j in 0..<columns { result[i, j] = (scales[i] / scales[j]) * self[i, j] } }
    return result
  }

  /// The eigenvalues of a square matrix (LAPACK's zgeev).
  package var eigenvalues: [Complex] {
    if rows == 1 { return [elements[0]] }
    OneBLASThread.ensure()
    var pairs = elements.flatMap { [$0.re, $0.im] }
    var values = Array(repeating: 0.0, count: 2 * rows)
    let status = parseval_eigenvalues(Int32(rows), &pairs, &values)
    precondition(status >= 0, "zgeev: argument \(-status) is illegal")
    return (0..<rows).map { Complex(values[2 * $0], values[2 * $0 + 1]) }
  }
}
