extension Tape {
  /// How many of `count` samples a tape of the same recording should take at once, so that its memory stays within some bytes
  /// where it can, and that the passes are alike.
  ///
  /// To be asked of a tape of capacity one.
  package func samplesPerPass(of count: Int, within bytes: Int) -> Int {
    precondition(capacity == 1, "Tape: the memory of one sample is what counts")
    let limit = min(count, max(1, bytes / max(arenaCount * MemoryLayout<Scalar>.stride, 1)))
    let passes = (count + limit - 1) / limit
    return (count + passes - 1) / passes
  }
}
