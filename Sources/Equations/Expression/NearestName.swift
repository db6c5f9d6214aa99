/// The name that `name` was probably meant to be, for "did you mean" hints.
///
/// The candidate at the least edit distance (insertions, deletions, replacements and swaps of neighbours
/// count 1), if that is at most a third of the longer name, rounded up. Ties go to the first candidate.
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
  let word = Array(name.utf8)
  guard !word.isEmpty, word.count <= 64 else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let other = Array(candidate.utf8)
    let limit = (max(word.count, other.count) + 2) / 3
    guard !other.isEmpty, other.count <= 64, abs(other.count - word.count) <= limit else { continue }
    let distance = editDistance(word, other)
    // A single letter is near to every other one, so a change of all letters is no suggestion.
    guard distance <= limit, distance < max(word.count, other.count) else { continue }
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// Optimal string alignment distance.
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  var beforePrevious = [Int](repeating: 0, count: second.count + 1)
  var previous = Array(0...second.count)
  var current = previous
  for row in 0..<first.count {
    current[0] = row + 1
    for column in 0..<second.count {
      let replacement = previous[column] + (first[row] == second[column] ? 0 : 1)
      var distance = min(previous[column + 1] + 1, current[column] + 1, replacement)
      if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
        distance = min(distance, beforePrevious[column - 1] + 1)
      }
      current[column + 1] = distance
    }
    (beforePrevious, previous, current) = (previous, current, beforePrevious)
  }
  return previous[second.count]
}
