import Arrays
import CSuiteSparse

/// Which entries CHOLMOD reads of a square matrix.
enum CholmodTriangle: Int32 {
  /// All: the matrix as it is.
  case none = 0
  /// Those with row ≤ column; the others are taken to mirror them.
  case upper = 1
}

extension cholmod_sparse {
  /// A matrix in CHOLMOD's words, without a copy: its major axis becomes CHOLMOD's columns, so that a matrix by rows
  /// is seen transposed.
  ///
  /// Valid while `matrix` is.
  init(_ matrix: SparseMatrix<Int>, _ triangle: CholmodTriangle = .none) {
    self.init()
    nrow = matrix.pattern.minorCount
    ncol = matrix.pattern.majorCount
    nzmax = matrix.nonzeroCount
    p = UnsafeMutableRawPointer(matrix.pattern.starts.baseAddress)
    i = UnsafeMutableRawPointer(matrix.pattern.indices.baseAddress)
    x = UnsafeMutableRawPointer(matrix.values.baseAddress)
    stype = triangle.rawValue
    itype = CHOLMOD_LONG
    xtype = CHOLMOD_REAL
    dtype = CHOLMOD_DOUBLE
    sorted = 1
    packed = 1
  }
}

extension cholmod_dense {
  /// Vectors one after the other, without a copy. CHOLMOD does not write to what it takes as input.
  init(_ vectors: UnsafePointer<Double>, rows: Int, count: Int) {
    self.init()
    nrow = rows
    ncol = count
    nzmax = rows * count
    d = rows
    x = UnsafeMutableRawPointer(mutating: vectors)
    xtype = CHOLMOD_REAL
    dtype = CHOLMOD_DOUBLE
  }
}
