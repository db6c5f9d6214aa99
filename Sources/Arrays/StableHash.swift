/// FNV-1a: the same between runs and platforms, unlike `Hasher`.
///
/// Tells things apart that differ by accident; whoever wants to can make others with the same value.
package struct StableHash: Sendable {
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package mutating func combine(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01B3 }

  package mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(UInt64(byte)) }
  }
}
