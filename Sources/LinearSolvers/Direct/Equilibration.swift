import Arrays

/// Powers of two that rows and columns of a matrix are multiplied by, after which the largest entry of each is near one.
///
/// What the units of equations and unknowns are does not show in the result, nor does D in D A D. By halving exponents:
/// Ruiz, A scaling algorithm to equilibrate both rows and columns norms in matrices, RAL-TR-2001-034 (2001).
struct Equilibration {
  /// The exponents.
  private var rows: [Int]
  private var columns: [Int]

  /// Nil where a row or a column is empty.
  init?(_ matrix: SparseMatrix<Int>) {
    (rows, columns) = (
      [Int](repeating: 0, count: matrix.rowCount), [Int](repeating: 0, count: matrix.columnCount)
    )
    var isMoving = true
    // Exponents of doubles are below 2¹¹.
    for _ in 0..<12 where isMoving {
      var tallest = [Int?](repeating: nil, count: rows.count)
      var widest = [Int?](repeating: nil, count: columns.count)
      matrix.forEachEntry { row, column, value in
        guard value != 0 else { return }
        let exponent = Int(value.exponent) + rows[row] + columns[column]
        tallest[row] = max(tallest[row] ?? exponent, exponent)
        widest[column] = max(widest[column] ?? exponent, exponent)
      }
      isMoving = false
      for index in rows.indices {
        guard let exponent = tallest[index] else { return nil }
        rows[index] -= exponent / 2
        isMoving = isMoving || abs(exponent) > 1
      }
      for index in columns.indices {
        guard let exponent = widest[index] else { return nil }
        columns[index] -= exponent / 2
        isMoving = isMoving || abs(exponent) > 1
      }
    }
  }

  /// An entry of the multiplied matrix.
  func scaled(_ value: Double, row: Int, column: Int) -> Double {
    Double(sign: .plus, exponent: rows[row] + columns[column], significand: value)
  }

  /// The multiplied matrix, on the same pattern.
  func scaled(_ matrix: SparseMatrix<Int>) -> SparseMatrix<Int> {
    var scaled = matrix
    var values: [Double] = []
    values.reserveCapacity(matrix.nonzeroCount)
    matrix.forEachEntry { values.append(self.scaled($2, row: $0, column: $1)) }
    scaled.withUnsafeMutableValues { _ = $0.update(fromContentsOf: values) }
    return scaled
  }

  /// Which factors a vector is multiplied by.
  enum Side { case rows, columns }

  /// Multiplies a vector.
  func multiply(_ vector: UnsafeMutablePointer<Double>, by side: Side) { apply(vector, side, 1) }

  /// Divides a vector.
  func divide(_ vector: UnsafeMutablePointer<Double>, by side: Side) { apply(vector, side, -1) }

  private func apply(_ vector: UnsafeMutablePointer<Double>, _ side: Side, _ direction: Int) {
    let exponents = side == .rows ? rows : columns
    for index in exponents.indices {
      vector[index] = Double(
        sign: .plus, exponent: direction * exponents[index], significand: vector[index])
    }
  }
}
