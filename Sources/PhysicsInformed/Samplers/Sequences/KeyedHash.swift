import Arrays

/// A function of words that looks random, a different one for every key.
///
/// Steps and constants of the generator SplitMix64 (Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA
/// 2014). Cheaper than a block of Philox, and good enough to decide about single bits.
struct KeyedHash: Sendable {
  private let key: UInt64

  /// - Parameter number: tells functions of one stream apart.
  init(_ stream: RandomStream, _ number: Int) {
    let words = stream.words(at: UInt64(number))
    key = UInt64(words.x) << 32 | UInt64(words.y)
  }

  func callAsFunction(_ word: UInt64) -> UInt64 {
    var value = (word ^ key) &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number on (0, 1).
  func uniform(_ word: UInt64) -> Double { (Double(self(word) >> 11) + 0.5) * 0x1p-53 }
}

/// A random order of the whole numbers below a count that needs no memory.
///
/// A Feistel network permutes the numbers of a power of four that is large enough; whoever lands outside goes on until inside, at
/// most four times on average.
struct KeyedPermutation: Sendable {
  private let count: UInt64
  private let halfBits: UInt64
  private let hash: KeyedHash

  init(count: Int, _ hash: KeyedHash) {
    self.count = UInt64(count)
    let bits = count > 1 ? Int.bitWidth - (count - 1).leadingZeroBitCount : 0
    halfBits = UInt64(max(1, (bits + 1) / 2))
    self.hash = hash
  }

  /// Where a number below the count goes.
  func callAsFunction(_ index: Int) -> Int {
    var value = UInt64(index)
    repeat { value = scrambled(value) } while value >= count
    return Int(value)
  }

  private func scrambled(_ value: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << halfBits) - 1
    var (left, right) = (value >> halfBits, value & mask)
    for round in 0..<6 as Range<UInt64> {
      (left, right) = (right, left ^ (hash(right | round << 56) & mask))
    }
    return left << halfBits | right
  }
}
