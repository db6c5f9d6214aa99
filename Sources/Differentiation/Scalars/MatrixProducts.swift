/// A matrix A, number by number, and a matrix B with contiguous rows that are multiplied.
///
/// A(r, k) stands at `left[r·leftRow + k·leftColumn]`, B(k, c) at `right[k·rightRow + c]`; matrices of a batch are
/// `leftBatch` and `rightBatch` numbers apart.
package struct MatrixProduct<Scalar> {
  package var left: UnsafePointer<Scalar>
  package var leftRow: Int
  package var leftColumn: Int
  package var leftBatch: Int
  package var right: UnsafePointer<Scalar>
  package var rightRow: Int
  package var rightBatch: Int
  /// How many k there are, in each segment.
  package var inner: Int
  /// Where segments of columns of A begin, as seen from `left`; the rows of B go on from one to the next.
  ///
  /// Such as the lines of a convolution's window. There is one that begins at `left` unless they are given.
  package var segments: UnsafeBufferPointer<Int>?

  package init(
    _ left: UnsafePointer<Scalar>, row: Int, column: Int = 1, batch leftBatch: Int = 0,
    times right: UnsafePointer<Scalar>, rightRow: Int, rightBatch: Int = 0, inner: Int
  ) {
    self.left = left
    leftRow = row
    leftColumn = column
    self.leftBatch = leftBatch
    self.right = right
    self.rightRow = rightRow
    self.rightBatch = rightBatch
    self.inner = inner
    segments = nil
  }
}

/// What is known of the matrix A of a product with n columns, or of n rows, and saves half of it: cosines and sines at points on both
/// sides of zero.
package enum MatrixSymmetry: Sendable, Hashable {
  case none
  /// Columns k and n − k, from 1 on, are equal in even rows and opposite in odd ones; column 0 is zero in odd rows.
  case folded
  /// Rows r and n − r, from 1 on, are equal in even columns and opposite in odd ones.
  case mirrored
}

/// `result = f(bias + first + second [+ result])` for every matrix of a batch.
package struct MatrixProducts<Scalar> {
  package var batch = 1
  package var rows: Int
  package var columns: Int
  package var first: MatrixProduct<Scalar>
  /// Of the first A.
  package var symmetry = MatrixSymmetry.none
  package var second: MatrixProduct<Scalar>?
  /// One number per column.
  package var bias: UnsafePointer<Scalar>?
  package var result: UnsafeMutablePointer<Scalar>
  package var resultRow: Int
  package var resultBatch = 0
  package var accumulates = false
  package var activation = Activation.identity
  /// Receives f′ in the layout of the result.
  package var derivative: UnsafeMutablePointer<Scalar>?

  package init(
    rows: Int, columns: Int, _ first: MatrixProduct<Scalar>, plus second: MatrixProduct<Scalar>? = nil,
    into result: UnsafeMutablePointer<Scalar>, row: Int
  ) {
    self.rows = rows
    self.columns = columns
    self.first = first
    self.second = second
    self.result = result
    resultRow = row
  }
}
