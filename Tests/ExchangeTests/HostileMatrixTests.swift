import Arrays
import Exchange
import Foundation
import Testing

/// Damaged matrix files: read or refused, without a crash, a hang, or memory beyond the limit.
@Suite("Matrix files: damaged and hostile")
struct HostileMatrixTests {
  private static let trials =
    ProcessInfo.processInfo.environment["PARSEVAL_LONG_TESTS"] != nil ? 1_000_000 : 20_000
  private static let memoryLimit = 1 << 20

  private static let matrixMarket: [String] = [
    "%%MatrixMarket matrix coordinate real general\n% c\n3 4 4\n1 4 0.5\n3 1 -1e-3\n2 2 7\n2 3 1.25e+10\n",
    "%%MatrixMarket matrix coordinate pattern symmetric\n4 4 4\n1 1\n2 1\n4 3\n4 4\n",
    "%%MatrixMarket matrix coordinate integer skew-symmetric\n5 5 3\n2 1 -7\n5 4 12\n5 1 3\n",
    "%%MatrixMarket matrix array real general\n3 2\n1.5\n-2\n3e2\n.25\n5\n6\n",
    "%%MatrixMarket matrix array integer symmetric\n2 2\n1\n2\n3\n",
  ]
  private static let rutherfordBoeing: [String] = [
    """
    title                                                                   key
                 3             1             1             1
    rua                        3             3             4             0
    (4I3)           (4I3)           (4E12.4)
      1  2  4  5
      1  1  3  2
      1.0000E+00 -2.5000E-01  3.0000E+02  4.0000E+00

    """,
    """
    pattern                                                                 key
                 2             1             1             0
    psa                        2             2             2             0
    (3I1)           (2I1)
    123
    12

    """,
  ]

  @Test("Mutated Matrix Market files are read or refused")
  func mutatedMatrixMarket() throws {
    try run(seeds: Self.matrixMarket, purpose: "mutated matrix market") { bytes in
      switch try MatrixMarketFile.read(bytes: bytes, path: "m.mtx", memoryLimit: Self.memoryLimit) {
      case .coordinate(let entries): check(entries)
      case .array(let array): #expect(8 * array.count <= Self.memoryLimit)
      }
    }
  }

  @Test("Mutated Rutherford–Boeing files are read or refused")
  func mutatedRutherfordBoeing() throws {
    try run(seeds: Self.rutherfordBoeing, purpose: "mutated rutherford boeing") { bytes in
      check(try RutherfordBoeingFile.read(bytes: bytes, path: "m.rb", memoryLimit: Self.memoryLimit))
    }
  }

  private func check(_ entries: MatrixEntries) {
    #expect(24 * entries.count <= Self.memoryLimit)
    let isSound = zip(entries.rows, entries.columns).allSatisfy { row, column in
      (0..<entries.rowCount).contains(row) && (0..<entries.columnCount).contains(column)
    }
    #expect(isSound && entries.values.allSatisfy(\.isFinite) && entries.values.count == entries.count)
  }

  private func run(seeds: [String], purpose: String, read: ([UInt8]) throws -> Void) throws {
    let seeds = seeds.map { Array($0.utf8) }
    let stream = RandomStream(seed: 11, purpose: purpose)
    let before = peakMemory
    var (accepted, refused) = (0, 0)
    for trial in 0..<Self.trials {
      do {
        try read(mutated(seeds[trial % seeds.count], stream, trial))
        accepted += 1
      } catch let error as ExchangeError {
        #expect(!error.reason.isEmpty && error.path.hasPrefix("m."))
        #expect(error.reason.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        refused += 1
      }
    }
    // Both ways are travelled: some mutations only touch values or comments.
    #expect(accepted > Self.trials / 50)
    #expect(refused > Self.trials / 4)
    #expect(peakMemory - before < 64 << 20)
  }

  /// The largest memory of this process so far, in bytes; other tests may run beside this one.
  private var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
  }

  private static let words: [[UInt8]] = [
    "99999999999", "9223372036854775807", "18446744073709551616", "-1", "0", "1e308", "1e999", "nan", "inf",
    " ",
    "\n", "\r\n", "%", "general", "complex", "array", "symmetric", "\0", "(999999I9)", "(1I0)", "1 1 1\n",
    "\u{FEFF}",
    "0.0000000000000000000000000000001", String(repeating: "9", count: 400), ".", "e", "-",
  ].map { Array($0.utf8) }

  /// Changes one to four places: bits, bytes, words put in or put over, parts left out, repeated, or cut off.
  private func mutated(_ seed: [UInt8], _ stream: RandomStream, _ trial: Int) -> [UInt8] {
    var bytes = seed
    let first = stream.words(at: UInt64(trial) * 8)
    for change in 0..<Int(first.x % 4 + 1) {
      guard !bytes.isEmpty else { return bytes }
      let random = stream.words(at: UInt64(trial) * 8 + 1 + UInt64(change))
      let place = Int(random.x) % bytes.count
      let word = Self.words[Int(random.z) % Self.words.count]
      let length = min(Int(random.w % 20), bytes.count - place)
      switch random.y % 8 {
      case 0: bytes[place] ^= 1 << UInt8(random.z % 8)
      case 1: bytes[place] = UInt8(truncatingIfNeeded: random.z)
      case 2: bytes[place] = UInt8(ascii: "0") + UInt8(random.z % 10)
      case 3: bytes.insert(contentsOf: word, at: place)
      case 4: bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
      case 5: bytes.removeSubrange(place..<(place + length))
      case 6: bytes.insert(contentsOf: Array(bytes[place..<(place + length)]), at: place)
      default: if random.w % 4 == 0 { bytes = Array(bytes.prefix(place)) }
      }
    }
    return bytes
  }

  @Test("A file cut anywhere is refused, but for its last line end")
  func truncated() throws {
    for text in Self.matrixMarket {
      let whole = Array(text.utf8)
      for length in 0..<(whole.count - 1) {
        // A number without its last digits is a number.
        guard whole[length - 1 < 0 ? 0 : length - 1] == UInt8(ascii: "\n") else { continue }
        #expect(throws: ExchangeError.self, "\(length) bytes") {
          try MatrixMarketFile.read(
            bytes: Array(whole[..<length]), path: "m.mtx", memoryLimit: Self.memoryLimit)
        }
      }
    }
  }
}
