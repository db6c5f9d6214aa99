import Arrays
import CSuiteSparse

/// What the pattern alone says about the rank.
enum StructuralRank {
  /// A row of a square pattern that is left over by a maximum matching of rows with columns; `nil` where every row
  /// has a column.
  ///
  /// Duff's algorithm as in BTF: cheap where the diagonal is there, `O(n · nonzeros)` at worst.
  static func openRow(_ pattern: SparsityPattern<Int>) -> Int? {
    let count = pattern.majorCount
    let partner = AlignedStorage<Int>(count: count)
    let scratch = AlignedStorage<Int>(count: 5 * count)
    var work = 0.0
    let rank = btf_l_maxtrans(
      count, count, pattern.starts.baseAddress, pattern.indices.baseAddress, 0, &work, partner.baseAddress,
      scratch.baseAddress)
    guard rank < count else { return nil }
    if pattern.orientation == .columns { return (0..<count).first { partner.baseAddress[$0] < 0 } }
    // BTF's columns are our rows: the one that no column was given.
    var isMatched = [Bool](repeating: false, count: count)
    for minor in 0..<count where partner.baseAddress[minor] >= 0 {
      isMatched[partner.baseAddress[minor]] = true
    }
    return isMatched.firstIndex(of: false)
  }
}

extension SparsityPattern where Index == Int {
  /// The shares of off-diagonal entries that have a partner across the diagonal, and of the diagonal that is stored;
  /// for a square pattern, in one pass.
  var symmetry: (matched: Double, diagonal: Double) {
    let (starts, indices) = (starts.baseAddress, indices.baseAddress)
    let count = majorCount
    let scratch = AlignedStorage<Int>(count: count)
    let next = scratch.baseAddress
    next.update(from: starts, count: count)
    var (pairs, diagonals) = (0, 0)
    for row in 0..<count {
      var position = next[row]
      let end = starts[row + 1]
      while position < end, indices[position] < row { position += 1 }
      if position < end, indices[position] == row {
        diagonals += 1
        position += 1
      }
      while position < end {
        let column = indices[position]
        var partner = next[column]
        while partner < starts[column + 1], indices[partner] < row { partner += 1 }
        if partner < starts[column + 1], indices[partner] == row {
          pairs += 1
          partner += 1
        }
        next[column] = partner
        position += 1
      }
    }
    let others = nonzeroCount - diagonals
    return (others == 0 ? 1 : Double(2 * pairs) / Double(others), Double(diagonals) / Double(max(count, 1)))
  }
}
