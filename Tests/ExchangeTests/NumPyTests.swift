import Arrays
import Exchange
import Foundation
import Testing

@Suite("NumPy files")
struct NumPyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "Arrays of any rank are read back bit for bit",
    arguments: [[], [0], [1], [5], [2, 3], [2, 0, 3], [3, 4, 5, 2]])
  func roundTrip(shape: [Int]) throws {
    let special: [Double] = [.nan, -0.0, .infinity, 0x1p-1074, 1 / 3]
    let array = NDArray(shape: shape) { $0 < 5 ? special[$0] : Double($0) / 7 }
    try NumPyFile.write(array, to: folder("a.npy"))
    let read = try NumPyFile.readDoubles(folder("a.npy"))
    #expect(read.shape == shape)
    #expect(read.elements.map(\.bitPattern) == array.elements.map(\.bitPattern))
    let narrow = NDArray(shape: shape) { Float($0) / 3 }
    try NumPyFile.write(narrow, to: folder("f.npy"))
    #expect(try NumPyFile.readFloats(folder("f.npy")) == narrow)
    #expect(try NumPyFile.readDoubles(folder("f.npy")).elements == narrow.elements.map { Double($0) })
    #expect(throws: ExchangeError.self) { try NumPyFile.readFloats(folder("a.npy")) }
  }

  @Test("The bytes are those that NumPy writes")
  func knownBytes() throws {
    try NumPyFile.write(NDArray<Double>(shape: [2], [1, -2]), to: folder("a.npy"))
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"
    let header = text + String(repeating: " ", count: 128 - 10 - text.utf8.count - 1) + "\n"
    let data: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0]
    #expect(
      try bytes(of: folder("a.npy")) == [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
        + data)
  }

  private func file(_ header: String, data: Int = 16, version: UInt8 = 1) throws -> String {
    let length = header.utf8.count
    let size: [UInt8] = [UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)] + (version == 1 ? [] : [0, 0])
    let start = [0x93] + Array("NUMPY".utf8) + [version, 0] + size
    try put(start + Array(header.utf8) + [UInt8](repeating: 0, count: data), to: folder("h.npy"))
    return folder("h.npy")
  }

  @Test("Headers in other spellings are understood")
  func spellings() throws {
    for header in [
      "{\"shape\":(2,),\"descr\":\"<f8\",\"fortran_order\":True}\n",
      "{ 'shape' : ( 2 , 1 ) , 'fortran_order' : False , 'descr' : '<f8' }",
    ] {
      #expect(try NumPyFile.readDoubles(file(header)).count == 2)
      #expect(try NumPyFile.readDoubles(file(header, version: 2)).count == 2)
    }
  }

  @Test(
    "Headers that lie or are not supported are refused",
    arguments: [
      "", "{", "{}", "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
      "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2)}",
      "{'descr': '>f8', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} x",
      "{'descr': '<f8' 'fortran_order': False, 'shape': (2,)}",
      "{'shape': (2,), 'fortran_order': False, 'descr': __import__('os')}",
    ])
  func refused(header: String) throws {
    let path = try file(header)
    #expect(throws: ExchangeError.self) { try NumPyFile.readDoubles(path) }
  }

  @Test("5,000 mutated files are read or refused")
  func mutated() throws {
    try NumPyFile.write(NDArray(shape: [2, 3]) { Double($0) }, to: folder("a.npy"))
    let seed = try bytes(of: folder("a.npy"))
    let stream = RandomStream(seed: 3, purpose: "mutated npy")
    var refused = 0
    for trial in 0..<5_000 {
      var file = seed
      let words = stream.words(at: UInt64(trial))
      file[Int(words.x) % 80] = UInt8(truncatingIfNeeded: words.y)
      file[Int(words.z) % 80] ^= UInt8(truncatingIfNeeded: words.w % 128)
      if words.w % 5 == 0 { file = Array(file.prefix(Int(words.y) % file.count)) }
      try put(file, to: folder("m.npy"))
      do throws(ExchangeError) { _ = try NumPyFile.readDoubles(folder("m.npy"), memoryLimit: 1 << 16) } catch
      {
        refused += 1
      }
    }
    #expect(refused > 2_000 && refused < 5_000)
  }
}
