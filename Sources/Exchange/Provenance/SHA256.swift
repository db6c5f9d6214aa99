import Glibc

/// The SHA-256 hash (FIPS 180-4), fed piece by piece.
public struct SHA256: Sendable {
  private var state = SHA256.initialState
  private var block = [UInt8](repeating: 0, count: 64)
  private var filled = 0
  private var length: UInt64 = 0

  public init() {}

  /// The hash of some bytes.
  public static func digest(of bytes: some Collection<UInt8>) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalized()
  }

  /// The hash of a text's UTF-8 bytes.
  public static func digest(of text: String) -> Digest { digest(of: Array(text.utf8)) }

  /// Appends bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    var hash = self
    let isDone: Void? = bytes.withContiguousStorageIfAvailable { hash.update(UnsafeRawBufferPointer($0)) }
    if isDone == nil { Array(bytes).withUnsafeBytes { hash.update($0) } }
    self = hash
  }

  /// Appends bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length += UInt64(bytes.count)
    var rest = bytes[...]
    if filled > 0 {
      let taken = min(64 - filled, rest.count)
      for index in 0..<taken { block[filled + index] = rest[rest.startIndex + index] }
      filled += taken
      rest = rest.dropFirst(taken)
      guard filled == 64 else { return }
      block.withUnsafeBytes { Self.compress(&state, $0) }
      filled = 0
    }
    while rest.count >= 64 {
      Self.compress(&state, UnsafeRawBufferPointer(rebasing: rest.prefix(64)))
      rest = rest.dropFirst(64)
    }
    for byte in rest {
      block[filled] = byte
      filled += 1
    }
  }

  /// The hash of everything so far.
  public func finalized() -> Digest {
    var hash = self
    let bits = length * 8
    hash.update([0x80])
    while hash.filled != 56 { hash.update([0]) }
    hash.update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
    return Digest(
      bytes: hash.state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } })
  }

  /// 32 bytes; the description is in lower-case hexadecimal digits.
  public struct Digest: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    public var description: String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  private static func compress(_ state: inout [UInt32], _ block: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      for index in 0..<16 {
        schedule[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      for index in 16..<64 {
        let late = schedule[index - 2]
        let early = schedule[index - 15]
        let first = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
        let second = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
        schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { constants in
        for index in 0..<64 {
          let choice = (e & f) ^ (~e & g)
          let sum =
            h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[index]
            &+ schedule[index]
          let majority = (a & b) ^ (a & c) ^ (b & c)
          let other = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ sum, c, b, a, sum &+ other)
        }
      }
      for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }
  }

  @inline(__always)
  private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value &>> count | value &<< (32 &- count)
  }

  private static let initialState = fractionalBits(count: 8) { $0.squareRoot() }
  private static let constants = fractionalBits(count: 64) { cbrt($0) }

  /// The first 32 fractional bits of a root of the first primes, which is how the standard defines its
  /// constants; double precision leaves 16 bits to spare.
  private static func fractionalBits(count: Int, root: (Double) -> Double) -> [UInt32] {
    let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
    return primes.prefix(count).map { prime in
      let value = root(Double(prime))
      return UInt32((value - value.rounded(.down)) * 0x1p32)
    }
  }
}
