import Arrays
import CSuiteSparse

#if canImport(Glibc)
  import Glibc
#endif

/// What the diagonal of a factor says about the matrix.
struct CholmodPivots {
  /// The column, in the user's numbering, of the first pivot that is not positive.
  var firstNotPositive: Int?
  var smallest = Double.infinity
  var largest = 0.0
  /// The smallest ratio of a pivot to the diagonal entry that it is left of.
  ///
  /// Where it is of the size of rounding, the pivot is rounding. Unlike the ratio of pivots it does not depend on the
  /// scaling of the unknowns.
  var cancellation = Double.infinity

  init() {}

  /// The pivots of a factor; without the matrix, the cancellation is the ratio of the smallest to the largest.
  init(_ factor: cholmod_factor, of matrix: SparseMatrix<Int>?) {
    let order = factor.permutation
    // Gathered in the order in which it is stored: afterwards columns come in the order of the factor.
    let diagonal = matrix?.storedDiagonal()
    let entries = diagonal?.baseAddress
    factor.forEachPivot { column, pivot in
      guard pivot > 0, pivot < .infinity else {
        firstNotPositive = order[column]
        return false
      }
      smallest = min(smallest, pivot)
      largest = max(largest, pivot)
      if let entries { cancellation = min(cancellation, pivot / entries[order[column]]) }
      return true
    }
    if matrix == nil { cancellation = smallest / largest }
  }
}

extension SparseMatrix where Index == Int {
  /// The diagonal, zeros where nothing is stored.
  fileprivate func storedDiagonal() -> AlignedStorage<Double> {
    let count = pattern.majorCount
    let storage = AlignedStorage<Double>(count: count)
    let (starts, indices) = (pattern.starts.baseAddress, pattern.indices.baseAddress)
    let (values, diagonal) = (values.baseAddress, storage.baseAddress)
    for row in 0..<count {
      var position = starts[row]
      while position < starts[row + 1], indices[position] < row { position += 1 }
      if position < starts[row + 1], indices[position] == row { diagonal[row] = values[position] }
    }
    return storage
  }
}

extension cholmod_factor {
  /// New position → old number.
  var permutation: UnsafeMutablePointer<Int> { Perm.assumingMemoryBound(to: Int.self) }

  /// log det A.
  var logDeterminant: Double {
    var sum = 0.0
    forEachPivot { _, pivot in
      sum += log(pivot)
      return true
    }
    return sum
  }

  /// The pivots of elimination in the order of the factor, until `body` returns false: D of LDLᵀ, the squares of the
  /// diagonal of LLᵀ.
  @inline(__always)
  func forEachPivot(_ body: (_ column: Int, _ pivot: Double) -> Bool) {
    guard xtype == CHOLMOD_REAL else { return }
    let values = x.assumingMemoryBound(to: Double.self)
    if is_super == 0 {
      let starts = p.assumingMemoryBound(to: Int.self)
      for column in 0..<n {
        let entry = values[starts[column]]
        guard body(column, is_ll == 0 ? entry : entry * entry) else { return }
      }
      return
    }
    let firsts = `super`.assumingMemoryBound(to: Int.self)
    let integers = pi.assumingMemoryBound(to: Int.self)
    let blocks = px.assumingMemoryBound(to: Int.self)
    for block in 0..<nsuper {
      let rows = integers[block + 1] - integers[block]
      for column in firsts[block]..<firsts[block + 1] {
        let entry = values[blocks[block] + (column - firsts[block]) * (rows + 1)]
        guard body(column, entry * entry) else { return }
      }
    }
  }
}
