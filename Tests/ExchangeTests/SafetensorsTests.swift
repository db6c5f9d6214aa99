import Arrays
import Exchange
import Foundation
import Testing

@Suite("Safetensors: tensors come back as they were written")
struct SafetensorsTests {
  private let doubles = NDArray<Double>(shape: [2, 3], [1, -0.0, .pi, .infinity, 0x1p-1074, -7])
  private let floats = NDArray<Float>(shape: [5], [0, 1.5, -2, 0x1p-149, 3])
  private let indices = NDArray<Int64>(shape: [2], [-1, 1 << 40])

  private func write(to path: String) throws {
    try SafetensorsFile.write(
      [
        SafetensorsTensor("f", floats), SafetensorsTensor("layer.0/weight", doubles),
        SafetensorsTensor("n", indices), SafetensorsTensor("none", NDArray<Float>(shape: [0, 4])),
        SafetensorsTensor("one", NDArray<Double>(shape: [], [4])),
      ], metadata: ["format": "parseval", "a \"quoted\"\n": "ü 𝄞\\"], to: path)
  }

  @Test func everyTensorAndText() throws {
    let folder = try TemporaryFolder()
    let path = folder("t.safetensors")
    try write(to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == ["format": "parseval", "a \"quoted\"\n": "ü 𝄞\\"])
    #expect(Set(file.entries.map(\.name)) == ["f", "layer.0/weight", "n", "none", "one"])
    let read: NDArray<Double> = try file.array("layer.0/weight")
    #expect(read.shape == [2, 3])
    #expect(zip(read.elements, doubles.elements).allSatisfy { $0.bitPattern == $1.bitPattern })
    #expect(try file.array("f", as: Float.self) == floats)
    #expect(try file.array("f", as: Double.self).elements == floats.elements.map(Double.init))
    #expect(try file.array("n", as: Double.self).elements == [-1, 0x1p40])
    #expect(try file.array("none", as: Float.self).shape == [0, 4])
    #expect(try file.array("one", as: Float.self).elements == [4])
    #expect(folder.names == ["t.safetensors"])
  }

  /// Put together by hand from the description of the format.
  @Test func theBytesAreTheFormats() throws {
    let folder = try TemporaryFolder()
    let path = folder("t.safetensors")
    try SafetensorsFile.write([SafetensorsTensor("a", NDArray<Float>(shape: [2], [1, 2]))], to: path)
    let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  "#
    var expected = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
    expected += [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
    #expect(try bytes(of: path) == expected)
  }

  @Test func sameContentSameBytes() throws {
    let folder = try TemporaryFolder()
    try write(to: folder("a"))
    try write(to: folder("b"))
    #expect(try bytes(of: folder("a")) == bytes(of: folder("b")))
  }

  @Test func everyTypeOfNumber() throws {
    func value(_ type: String, _ bytes: [UInt8]) throws -> Double {
      let header = #"{"x":{"dtype":"\#(type)","shape":[],"data_offsets":[0,\#(bytes.count)]}}"#
      let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      return try SafetensorsFile(bytes: size + Array(header.utf8) + bytes, path: "x").array("x")[flat: 0]
    }
    #expect(try value("F16", [0x00, 0x3C]) == 1)
    #expect(try value("F16", [0xFF, 0x7B]) == 65504)
    #expect(try value("F16", [0x01, 0x80]) == -0x1p-24)
    #expect(try value("F16", [0x00, 0xFC]) == -.infinity)
    #expect(try value("F16", [0x01, 0x7C]).isNaN)
    #expect(try value("BF16", [0x49, 0x40]) == 3.140625)
    #expect(try value("I8", [0xFE]) == -2)
    #expect(try value("U8", [0xFE]) == 254)
    #expect(try value("I16", [0xFE, 0xFF]) == -2)
    #expect(try value("U16", [0xFE, 0xFF]) == 65534)
    #expect(try value("I32", [0xFE, 0xFF, 0xFF, 0xFF]) == -2)
    #expect(try value("U32", [0, 0, 0, 0x80]) == 0x1p31)
    #expect(try value("U64", [0, 0, 0, 0, 0, 0, 0, 0x80]) == 0x1p63)
    #expect(try value("BOOL", [1]) == 1)
  }

  @Test func aLargeTensorIsConvertedInPieces() throws {
    let folder = try TemporaryFolder()
    let path = folder("large")
    let array = NDArray<Float>(shape: [300_001]) { Float($0) * 0.5 }
    try SafetensorsFile.write([SafetensorsTensor("x", array)], to: path)
    let read = try SafetensorsFile(path: path).array("x", as: Double.self)
    #expect(read.elements == array.elements.map(Double.init))
  }

  @Test func mistakesOfTheCallerAreNamed() throws {
    let folder = try TemporaryFolder()
    try write(to: folder("t"))
    let file = try SafetensorsFile(path: folder("t"))
    let missing = #expect(throws: ExchangeError.self) { _ = try file.array("g", as: Float.self) }
    #expect(missing?.kind == .noSuchName)
    var small = [Float](repeating: 0, count: 4)
    let mismatch = small.withUnsafeMutableBufferPointer { target in
      #expect(throws: ExchangeError.self) { try file.read("f", into: target) }
    }
    #expect(mismatch?.kind == .mismatch)
    let limited = #expect(throws: ExchangeError.self) {
      _ = try SafetensorsFile(path: folder("t"), memoryLimit: 20)
    }
    #expect(limited?.kind == .tooLarge)
  }
}
