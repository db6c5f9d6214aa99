import Arrays

/// Numbers equal sets of vertices: edges or faces that several elements have in common.
///
/// Sets are put into buckets by their smallest vertex and sorted within: linear time for meshes.
struct VertexTuples {
  /// The number of different sets.
  let count: Int
  /// The number of the set of each slot; sets are numbered in lexicographic order.
  let number: AlignedStorage<Int32>
  /// The first slot of each set.
  let firstSlots: [Int32]

  /// - Parameters:
  ///   - slots: How many sets there are, equal ones counted each time.
  ///   - vertexCount: The number of vertices.
  ///   - tuple: The set of a slot: its smallest vertex, and a key that orders the others.
  init(slots: Int, vertexCount: Int, _ tuple: (Int) -> (smallest: Int32, rest: UInt64)) {
    var starts = [Int32](repeating: 0, count: vertexCount + 1)
    for slot in 0..<slots { starts[Int(tuple(slot).smallest) + 1] += 1 }
    for vertex in 0..<vertexCount { starts[vertex + 1] += starts[vertex] }
    var entries = [Entry](repeating: Entry(rest: 0, slot: 0), count: slots)
    var next = starts
    for slot in 0..<slots {
      let (smallest, rest) = tuple(slot)
      entries[Int(next[Int(smallest)])] = Entry(rest: rest, slot: Int32(slot))
      next[Int(smallest)] += 1
    }
    let number = AlignedStorage<Int32>(count: slots)
    var firstSlots: [Int32] = []
    firstSlots.reserveCapacity(slots / 2)
    entries.withUnsafeMutableBufferPointer { entries in
      for vertex in 0..<vertexCount {
        let bucket = UnsafeMutableBufferPointer(
          rebasing: entries[Int(starts[vertex])..<Int(starts[vertex + 1])])
        Self.sort(bucket)
        for (index, entry) in bucket.enumerated() {
          if index == 0 || bucket[index - 1].rest != entry.rest { firstSlots.append(entry.slot) }
          number.baseAddress[Int(entry.slot)] = Int32(firstSlots.count - 1)
        }
      }
    }
    self.number = number
    self.firstSlots = firstSlots
    count = firstSlots.count
  }

  private struct Entry: Comparable {
    var rest: UInt64
    var slot: Int32

    static func < (left: Entry, right: Entry) -> Bool {
      left.rest != right.rest ? left.rest < right.rest : left.slot < right.slot
    }
  }

  /// By insertion for the short buckets that meshes have.
  private static func sort(_ bucket: UnsafeMutableBufferPointer<Entry>) {
    guard bucket.count <= 64 else {
      var long = bucket
      return long.sort()
    }
    for index in stride(from: 1, to: bucket.count, by: 1) {
      let entry = bucket[index]
      var hole = index
      while hole > 0, entry < bucket[hole - 1] {
        bucket[hole] = bucket[hole - 1]
        hole -= 1
      }
      bucket[hole] = entry
    }
  }
}
