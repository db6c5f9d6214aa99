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
  /// A pattern in CHOLMOD's words, without a copy: its major axis becomes CHOLMOD's columns, so that a matrix by rows
  /// is seen transposed.
  ///
  /// Valid while `pattern` is.
  init(_ pattern: SparsityPattern<Int>) {
    self.init()
    nrow = pattern.minorCount
    ncol = pattern.majorCount
    nzmax = pattern.nonzeroCount
    p = UnsafeMutableRawPointer(pattern.starts.baseAddress)
    i = UnsafeMutableRawPointer(pattern.indices.baseAddress)
    itype = CHOLMOD_LONG
    xtype = CHOLMOD_PATTERN
    dtype = CHOLMOD_DOUBLE
    sorted = 1
    packed = 1
  }

  /// A matrix in CHOLMOD's words, seen like its pattern; valid while `matrix` is.
  init(_ matrix: SparseMatrix<Int>, _ triangle: CholmodTriangle = .none) {
    self.init(matrix.pattern)
    x = UnsafeMutableRawPointer(matrix.values.baseAddress)
    xtype = CHOLMOD_REAL
    stype = triangle.rawValue
  }
}

extension cholmod_dense {
  /// Vectors one after the other, without a copy: CHOLMOD does not write to what it takes as input.
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
