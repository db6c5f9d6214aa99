import Arrays

/// Ranges of rows that are worked on independently.
///
/// How many there are depends on the number of rows alone, never on the number of workers, so that results of
/// methods that treat chunks apart are the same for any number of workers.
enum RowChunks {
  /// Equal ranges of at least `minimum` rows each, unless there are fewer rows, and at most `maximum` ranges.
  static func ranges(_ count: Int, minimum: Int, maximum: Int = 16) -> [Range<Int>] {
    let chunks = max(1, min(maximum, count / minimum))
    return (0..<chunks).map { (count * $0 / chunks)..<(count * ($0 + 1) / chunks) }
  }

  /// Calls `body(chunk, worker)` for every chunk; in the calling thread without workers.
  static func run(_ chunks: Int, _ workers: Workers?, _ body: @escaping @Sendable (Int, Int) -> Void) {
    if let workers, chunks > 1 {
      workers.run(chunks: chunks, body)
    } else {
      for chunk in 0..<chunks { body(chunk, 0) }
    }
  }
}
