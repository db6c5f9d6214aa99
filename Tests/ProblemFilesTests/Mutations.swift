import Glibc
import ProblemFiles
import Testing

/// Problem files with random changes: whatever comes out must be read or refused, never crash.
enum Mutations {
  static let runsLongTests = getenv("PARSEVAL_LONG_TESTS") != nil

  private static let pieces: [String] = [
    "[", "]", "{", "}", "(", ")", ":", ": ", ",", "-", "- ", "\n", "\n  ", "\"", "'", "#", "&a ", "*a",
    "!!int ",
    "|\n", ">\n", "?", "%", "@", "`", "\t", "\r", "\u{0}", "é", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{F0000}",
    "1e999", "-1", "0", "1/0", ".nan", "9223372036854775808", "null", "~", "true", "u", "t", "x", "psi", "pi",
    "dt(u)", "mean(u)", "mean(", "integral(", "[0, 1]", "{u: 0}", "on: x", "<<: ", "---\n", "...\n", "^", "*",
    "equations:", "domain:", "initial:", "boundary:", "quantities:", "e: mean(u)\n",
  ]

  static func run(count: Int, seed: UInt64) {
    var random = SplitMix(state: seed)
    let reader = ProblemFileReader()
    var read = 0
    let seeds =
      Examples.all.map { Array($0.utf8) } + ProblemTemplate.allCases.map { Array($0.text(name: "p").utf8) }
    for number in 0..<count {
      var bytes = seeds[number % seeds.count]
      for _ in 0...random.below(4) { mutate(&bytes, seeds, &random) }
      let overrides = random.below(8) == 0 ? [override(&random)] : []
      do {
        _ = try reader.read(bytes: bytes, file: "m.yaml", overrides: overrides)
        read += 1
      } catch {
        if error.diagnostics.isEmpty || error.description.isEmpty {
          Issue.record("refused without a reason: \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
    // Some mutations change only comments and numbers; most break something.
    #expect(read > 0 && read < count)
  }

  private static func mutate(_ bytes: inout [UInt8], _ seeds: [[UInt8]], _ random: inout SplitMix) {
    let place = random.below(bytes.count + 1)
    let end = min(bytes.count, place + random.below(12))
    switch random.below(6) {
    case 0: bytes.replaceSubrange(place..<end, with: [])
    case 1: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
    case 2: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: place)
    case 3: bytes.replaceSubrange(place..<end, with: pieces[random.below(pieces.count)].utf8)
    case 4:
      let other = seeds[random.below(seeds.count)]
      let start = random.below(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + random.below(60))], at: place)
    default:
      let piece = pieces[random.below(pieces.count)]
      bytes.insert(contentsOf: String(repeating: piece, count: random.below(80)).utf8, at: place)
    }
  }

  private static func override(_ random: inout SplitMix) -> String {
    let paths = [
      "domain.t", "domain.x.periodic", "parameters.nu", "solver.step", "equations.0", "x", "initial.u",
      "discretization.x", "recipes.fno.model.width", "", "a..b", ".",
    ]
    return paths[random.below(paths.count)] + ["=", "= ", ""][random.below(3)]
      + pieces[random.below(pieces.count)]
  }
}

/// A small generator, so that a failure can be repeated from its seed.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}
