/// Places arrays that live for some time each in as little memory as a greedy rule needs.
///
/// The largest first, each at the lowest place that none of the same time has.
struct ArenaPlan {
  /// An array of `count` numbers that lives from one time to another, both included.
  struct Interval {
    var count: Int
    var first: Int
    var last: Int
  }

  private(set) var offsets: [Int]
  /// Numbers in all.
  private(set) var extent = 0

  init(_ intervals: [Interval], alignment: Int) {
    offsets = Array(repeating: 0, count: intervals.count)
    var placed: [(start: Int, end: Int, interval: Interval)] = []
    let order = intervals.indices.sorted {
      (intervals[$1].count, $0) < (intervals[$0].count, $1)
    }
    for index in order where intervals[index].count > 0 {
      let interval = intervals[index]
      let size = (interval.count + alignment - 1) / alignment * alignment
      var start = 0
      // In the order of their places, so that the first gap that is wide enough is found in one pass.
      for other in placed
      where other.interval.first <= interval.last && interval.first <= other.interval.last {
        if other.start >= start + size { break }
        start = max(start, other.end)
      }
      offsets[index] = start
      extent = max(extent, start + size)
      let position = placed.firstIndex { $0.start > start } ?? placed.count
      placed.insert((start, start + size, interval), at: position)
    }
  }
}
