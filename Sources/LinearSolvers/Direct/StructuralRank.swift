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
