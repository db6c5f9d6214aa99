import Arrays
import Exchange
import Foundation
import Testing

/// Damaged and made-up safetensors files: read or refused, without a crash, a hang, or memory beyond the file's size.
@Suite("Safetensors: damaged and hostile")
struct HostileSafetensorsTests {
  private static let trials =
    ProcessInfo.processInfo.environment["PARSEVAL_LONG_TESTS"] != nil ? 1_000_000 : 20_000

  private static func file(_ header: String, data: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
      + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  private static let sound: [[UInt8]] = [
    file(#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, data: 24),
    file(
      #"{"__metadata__":{"k":"v\u00e9","\n":""},"b":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"#
        + #""c":{"shape":[0,9],"dtype":"I64","data_offsets":[8,8]},"d":{"dtype":"BF16","shape":[5],"data_offsets":[8,18]}}"#,
      data: 18),
    file("{}", data: 0),
    file(#" { "x" : { "dtype" : "U8" , "shape" : [ 4 ] , "data_offsets" : [ 0 , 4 ] } } "#, data: 4),
  ]

  @Test("A sound file is read", arguments: sound.indices) func soundFiles(_ number: Int) throws {
    _ = try SafetensorsFile(bytes: Self.sound[number], path: "m")
  }

  @Test(
    "What the format forbids is refused",
    arguments: [
      (
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
          + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
          + #""a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8
      ),
      (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
      (#"{"a":{"dtype":"F32","shape":[18446744073709551617],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4),
      (#"{"a":"b"}"#, 0), (#"{"a":"\ud800"}"#, 0), (#"{"__metadata__":{"a":1}}"#, 0),
      (#"{"__metadata__":{"a":"x","a":"y"}}"#, 0), ("{} {}", 0), ("[]", 0), ("", 0), ("{", 0), ("{\"a", 0),
    ])
  func forbidden(_ header: String, _ data: Int) {
    let error = #expect(throws: ExchangeError.self) {
      _ = try SafetensorsFile(bytes: Self.file(header, data: data), path: "m")
    }
    #expect(error?.kind == .corrupted)
  }

  @Test("Deep nesting and huge lengths cost nothing") func bombs() {
    for text in ["[", "{\"a\":", "{\"a\":[", "{\"__metadata__\":{\"a\":["] {
      #expect(throws: ExchangeError.self) {
        _ = try SafetensorsFile(bytes: Self.file(String(repeating: text, count: 1 << 18), data: 0), path: "m")
      }
    }
    for length in [UInt64.max, UInt64(Int.max), UInt64(Int.max) - 7, 1 << 40, 9] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
      #expect(throws: ExchangeError.self) { _ = try SafetensorsFile(bytes: bytes, path: "m") }
    }
    let bytes = [6, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xC3, 0x28] + Array("\":".utf8)
    #expect(throws: ExchangeError.self) { _ = try SafetensorsFile(bytes: bytes, path: "m") }
  }

  @Test("A file cut anywhere is refused") func truncated() {
    for whole in Self.sound {
      for length in 0..<whole.count {
        #expect(throws: ExchangeError.self, "\(length) bytes") {
          _ = try SafetensorsFile(bytes: Array(whole[..<length]), path: "m")
        }
      }
    }
  }

  @Test("Mutated files are read or refused") func mutated() throws {
    let stream = RandomStream(seed: 12, purpose: "mutated safetensors")
    var (accepted, refused) = (0, 0)
    for trial in 0..<Self.trials {
      let bytes = mutated(Self.sound[trial % Self.sound.count], stream, trial)
      do {
        try readAll(bytes)
        accepted += 1
      } catch let error as ExchangeError {
        #expect(!error.reason.isEmpty && error.reason.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        refused += 1
      }
    }
    // Both ways are travelled: some mutations only touch names, blanks or numbers.
    #expect(accepted > Self.trials / 100)
    #expect(refused > Self.trials / 2)
  }

  @Test("Random headers are read or refused") func random() throws {
    let stream = RandomStream(seed: 13, purpose: "random safetensors")
    for trial in 0..<Self.trials / 4 {
      var header = "{"
      let length = Int(stream.words(at: UInt64(trial) << 8).x % 24)
      for place in 0..<length {
        let random = stream.words(at: UInt64(trial) << 8 + UInt64(place) + 1).y
        header += Self.words[Int(random) % Self.words.count]
      }
      do { try readAll(Self.file(header, data: trial % 9)) } catch is ExchangeError {}
    }
  }

  private func readAll(_ bytes: [UInt8]) throws {
    let file = try SafetensorsFile(bytes: bytes, path: "m", memoryLimit: 1 << 20)
    for entry in file.entries {
      #expect(entry.range.upperBound <= bytes.count)
      #expect(try file.array(entry.name, as: Float.self).count == entry.count)
      #expect(try file.bytes(entry.name).count == entry.range.count)
    }
  }

  private static let words: [String] = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud834\\udd1e", "\"a\"", "\"dtype\":", "\"F32\"",
    "\"shape\":[",
    "\"data_offsets\":[0,8]", "\"__metadata__\":{", "9223372036854775807", "18446744073709551616", "-1", "0",
    "1e3",
    "null", "true", " ", "\u{1}", "\u{7F}", "é", "{\"a\":{", String(repeating: "[", count: 99), "8", "]}}",
  ]

  /// Changes one to four places: bits, bytes, digits, words put in or put over, parts left out, repeated, or cut off.
  private func mutated(_ seed: [UInt8], _ stream: RandomStream, _ trial: Int) -> [UInt8] {
    var bytes = seed
    let first = stream.words(at: UInt64(trial) * 8)
    for change in 0..<Int(first.x % 4 + 1) {
      guard !bytes.isEmpty else { return bytes }
      let random = stream.words(at: UInt64(trial) * 8 + 1 + UInt64(change))
      let place = Int(random.x) % bytes.count
      let word = Array(Self.words[Int(random.z) % Self.words.count].utf8)
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
      // The length of the header follows most changes, or hardly any would reach the parser.
      if random.y >> 8 % 4 != 0, bytes.count >= 8 {
        let header = bytes.count - 8 - min(bytes.count - 8, seed.count - 8 - Int(seed[0]))
        bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: UInt64(header).littleEndian) { Array($0) })
      }
    }
    return bytes
  }
}
