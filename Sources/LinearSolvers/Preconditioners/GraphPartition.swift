import Arrays

/// The unknowns of a matrix in connected-looking pieces of about equal size.
///
/// Recursive bisection: a piece is searched breadth first from an unknown at its rim, and the nearer half split off.
/// `O(nonzeros · log pieces)`, deterministic. Pieces are thinner than a graph partitioner's would be: the cuts follow
/// levels.
struct GraphPartition: Sendable {
  /// The unknowns of each piece, in increasing order.
  private(set) var pieces: [[Int]] = []
  private let starts: [Int]
  private let neighbours: [Int]
  /// In which search an unknown was met last, and which piece it is in while pieces are split.
  private var metIn: [Int]
  private var owner: [Int]
  private var searches = 0

  /// - Parameter size: the most unknowns of a piece.
  @_specialize(where Index == Int32)
  @_specialize(where Index == Int)
  init<Index: SparseIndex>(_ matrix: SparseMatrix<Index>, size: Int) {
    let count = matrix.rowCount
    // Neighbours in either direction; those in both are listed twice, which does no harm.
    let patterns = [matrix.pattern, matrix.reoriented().pattern]
    var starts = [0]
    var neighbours: [Int] = []
    starts.reserveCapacity(count + 1)
    neighbours.reserveCapacity(2 * matrix.nonzeroCount)
    for unknown in 0..<count {
      for pattern in patterns {
        for position in pattern.positions(unknown) {
          neighbours.append(Int(pattern.indices.baseAddress[position]))
        }
      }
      starts.append(neighbours.count)
    }
    (self.starts, self.neighbours) = (starts, neighbours)
    metIn = [Int](repeating: 0, count: count)
    owner = [Int](repeating: 0, count: count)
    guard count > 0 else { return }
    split(Array(0..<count), into: (count + size - 1) / size)
  }

  private mutating func split(_ unknowns: [Int], into parts: Int) {
    guard parts > 1 else {
      pieces.append(unknowns.sorted())
      return
    }
    // From any unknown to the last one found, which is at the rim, and from there.
    let rim = search(unknowns, from: unknowns[0]).last ?? unknowns[0]
    let order = search(unknowns, from: rim)
    let near = unknowns.count * (parts / 2) / parts
    split(Array(order[..<near]), into: parts / 2)
    split(Array(order[near...]), into: parts - parts / 2)
  }

  /// The unknowns of a piece in the order of their distance; other connected components follow.
  private mutating func search(_ unknowns: [Int], from first: Int) -> [Int] {
    searches += 1
    for unknown in unknowns { owner[unknown] = searches }
    var order: [Int] = []
    order.reserveCapacity(unknowns.count)
    var next = 0
    for seed in [first] + unknowns where metIn[seed] != searches {
      metIn[seed] = searches
      order.append(seed)
      while next < order.count {
        let unknown = order[next]
        next += 1
        for position in starts[unknown]..<starts[unknown + 1] {
          let other = neighbours[position]
          guard owner[other] == searches, metIn[other] != searches else { continue }
          metIn[other] = searches
          order.append(other)
        }
      }
    }
    return order
  }

  /// A piece and the unknowns up to `layers` couplings away from it, in increasing order.
  mutating func extended(_ piece: [Int], layers: Int) -> [Int] {
    searches += 1
    var all = piece
    for unknown in piece { metIn[unknown] = searches }
    var frontier = 0
    for _ in 0..<layers {
      let end = all.count
      for place in frontier..<end {
        for position in starts[all[place]]..<starts[all[place] + 1]
        where metIn[neighbours[position]] != searches {
          metIn[neighbours[position]] = searches
          all.append(neighbours[position])
        }
      }
      frontier = end
    }
    return all.sorted()
  }
}
