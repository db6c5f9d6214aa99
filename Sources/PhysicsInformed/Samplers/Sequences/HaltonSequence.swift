package import Arrays
import Glibc

/// Halton's sequence: coordinate k of a point is its number with the digits of base p_k, the k-th prime, behind the point.
///
/// J. H. Halton, Numer. Math. 2 (1960). Scrambled, every digit goes through a random permutation of its own, also the zeros behind
/// the last one: without it coordinates of large bases that follow each other lie on lines (A. B. Owen, *A randomized Halton
/// algorithm in R*, 2017).
package struct HaltonSequence: Sendable {
  /// The digits of a coordinate and where each of them goes.
  private struct Digits {
    let base: Int
    let count: Int
    /// Base numbers for every digit, the first one first; empty for the sequence itself.
    let permutations: [UInt32]
  }
  private let axes: [Digits]

  /// - Parameter stream: scrambles the points; without it they are those of the sequence.
  package init(dimension: Int, scrambledBy stream: RandomStream? = nil) {
    precondition(dimension >= 1, "HaltonSequence: \(dimension) dimensions")
    axes = Self.primes(dimension).enumerated().map { axis, base in
      // Behind them a number has no bits.
      let count = Int((53 / log2(Double(base))).rounded(.up))
      guard let stream else { return Digits(base: base, count: count, permutations: []) }
      let permutations = (0..<count).flatMap { digit in
        Self.permutation(base, KeyedHash(stream, axis * 64 + digit))
      }
      return Digits(base: base, count: count, permutations: permutations)
    }
  }

  private static func permutation(_ base: Int, _ hash: KeyedHash) -> [UInt32] {
    (0..<UInt32(base)).sorted { hash(UInt64($0)) < hash(UInt64($1)) }
  }

  private static func primes(_ count: Int) -> [Int] {
    var found = [2]
    var number = 3
    while found.count < count {
      if found.allSatisfy({ number % $0 != 0 }) { found.append(number) }
      number += 2
    }
    return found
  }

  /// A coordinate of a point, below 1.
  package func coordinate(_ dimension: Int, of index: Int) -> Double {
    let digits = axes[dimension]
    var (rest, value, size, place) = (index, 0.0, 1.0, 0)
    while digits.permutations.isEmpty ? rest > 0 : place < digits.count {
      var digit = rest % digits.base
      if !digits.permutations.isEmpty { digit = Int(digits.permutations[place * digits.base + digit]) }
      size /= Double(digits.base)
      value += size * Double(digit)
      rest /= digits.base
      place += 1
    }
    return min(value, 1 - 0x1p-53)
  }
}

extension HaltonSequence: PointSequence {
  func write(_ index: Int, into point: UnsafeMutablePointer<Double>) {
    for dimension in axes.indices { point[dimension] = coordinate(dimension, of: index) }
  }
}
