/// Text of numbers collected in a block of bytes, for files with millions of them.
struct DecimalText: ~Copyable {
  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(Self.blockSize + 256) }

  private static let blockSize = 1 << 20

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  mutating func append(_ value: Int) {
    guard value >= 0 else { return append(value.description) }
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// The shortest text that is read back as the same double; whole numbers without a point.
  mutating func append(_ value: Double) {
    if value.magnitude < 1e15, value == value.rounded(.towardZero), value != 0 || value.sign == .plus {
      if value < 0 { bytes.append(UInt8(ascii: "-")) }
      return append(Int(value.magnitude))
    }
    append(value.description)
  }

  /// Hands full blocks to a file; all that is left if `isComplete`.
  mutating func flush(to file: OutputFile, isComplete: Bool = false) throws(ExchangeError) {
    guard isComplete || bytes.count >= Self.blockSize else { return }
    try file.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
