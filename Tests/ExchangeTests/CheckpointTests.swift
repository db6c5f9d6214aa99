import Arrays
import Exchange
import Foundation
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let checkpoint = Checkpoint(
    header: ["step": "12", "wisdom": "(fftw\n\"ü\")", "": ""],
    arrays: [
      ("u", [0.1, -0.0, .infinity, 0x1p-1074, Double(nan: 5, signaling: false)]), ("empty", []),
      ("ψ", [1 / 3]),
    ])

  @Test("Every bit comes back")
  func roundTrip() throws {
    let path = Checkpoint.path(besideOutput: folder("out.nc"))
    #expect(path == folder("out.nc.checkpoint"))
    try checkpoint.write(to: path)
    let read = try Checkpoint(path: path)
    #expect(read == checkpoint)
    #expect(read.array("u")?.map(\.bitPattern) == checkpoint.arrays[0].values.map(\.bitPattern))
    #expect(read.array("none") == nil)
    var other = checkpoint
    other.arrays[0].values[1] = 0
    #expect(read != other)
    try other.write(to: path)
    #expect(try Checkpoint(path: path) == other)
    #expect(folder.names == ["out.nc.checkpoint"])
  }

  @Test("A checkpoint cut anywhere, or with any byte altered, is refused")
  func damaged() throws {
    try checkpoint.write(to: folder("c"))
    let whole = try bytes(of: folder("c"))
    for index in whole.indices {
      try put(Array(whole.prefix(index)), to: folder("cut"))
      #expect(throws: ExchangeError.self, "cut at \(index)") { try Checkpoint(path: folder("cut")) }
      var altered = whole
      altered[index] ^= UInt8(1 << (index % 8))
      try put(altered, to: folder("altered"))
      #expect(throws: ExchangeError.self, "altered at \(index)") { try Checkpoint(path: folder("altered")) }
    }
    try put(whole + [0], to: folder("longer"))
    #expect(throws: ExchangeError.self) { try Checkpoint(path: folder("longer")) }
  }

  @Test(
    "A forged checkpoint with a right checksum is refused where it contradicts itself",
    arguments: [
      "{\"header\":{},\"arrays\":[{\"name\":\"u\",\"count\":3}]}",
      "{\"header\":{},\"arrays\":[{\"name\":\"u\",\"count\":-1}]}",
      "{\"header\":{},\"arrays\":[{\"name\":\"u\",\"count\":9223372036854775807}]}",
      "{\"header\":{},\"arrays\":[]}", "{\"header\":{}}", "[", "",
    ])
  func forged(head: String) throws {
    func forge(_ head: String) throws {
      var file = Array("PARSEVAL CHECKPOINT 1\n\n\n".utf8)
      file += (0..<8).map { UInt8(truncatingIfNeeded: head.utf8.count >> (8 * $0)) } + Array(head.utf8)
      file += [UInt8](repeating: 0, count: 16)
      try put(file + SHA256.digest(of: file).bytes, to: folder("f"))
    }
    try forge("{\"header\":{},\"arrays\":[{\"name\":\"u\",\"count\":2}]}")
    #expect(try Checkpoint(path: folder("f")).array("u") == [0, 0])
    try forge(head)
    let error = #expect(throws: ExchangeError.self) { try Checkpoint(path: folder("f")) }
    #expect(error?.kind == .corrupted)
  }

  @Test("One larger than the limit is refused before it is read")
  func limit() throws {
    try Checkpoint(arrays: [("u", [Double](repeating: 1, count: 1000))]).write(to: folder("c"))
    let error = #expect(throws: ExchangeError.self) { try Checkpoint(path: folder("c"), memoryLimit: 4000) }
    #expect(error?.kind == .tooLarge)
  }
}
