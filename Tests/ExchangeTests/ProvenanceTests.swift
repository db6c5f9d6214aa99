import Arrays
import Exchange
import Foundation
import Testing

@Suite("Provenance and digests")
struct ProvenanceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "SHA-256 gives the values that FIPS 180-4 and its examples publish",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func sha256(text: String, hash: String) {
    #expect(SHA256.digest(of: text).description == hash)
    // Pieces of any length give the same.
    var pieces = SHA256()
    var rest = Array(text.utf8)[...]
    var length = 1
    while !rest.isEmpty {
      pieces.update(rest.prefix(length))
      rest = rest.dropFirst(length)
      length = length * 3 % 1009 + 1
    }
    #expect(pieces.finalized().description == hash)
  }

  private var provenance: Provenance {
    Provenance(
      problem: "problem: wärme\n", overrides: ["nu=0.1", "x=\"a,b\""], seed: .max,
      versions: ["parseval": "0.1", "netcdf": NetCDF.libraryVersion], commit: "abc123", precision: "double",
      threads: 2, wallSeconds: 0, commandLine: ["parseval", "solve", "a b.yaml"], date: "2026-01-02T03:04:05Z"
    )
  }

  @Test("Everything goes through a file and comes back")
  func roundTrip() throws {
    var schema = SampleFile.schema
    schema.attributes = provenance.attributes
    let writer = try NetCDFWriter(path: folder("a.nc"), schema: schema)
    var final = provenance
    final.wallSeconds = 12.75
    try writer.update(final.wallSecondsAttribute)
    try writer.close()
    let read = try Provenance(schema: NetCDFReader(path: folder("a.nc")).schema, path: folder("a.nc"))
    #expect(read == final)
    #expect(read.problemHash == SHA256.digest(of: "problem: wärme\n").description)
    #expect(NetCDF.libraryVersion.hasPrefix("4."))
  }

  @Test("A missing, malformed or forged attribute is refused")
  func refused() {
    let good = provenance.attributes
    for index in good.indices {
      var schema = NetCDFSchema(attributes: good)
      schema.attributes.remove(at: index)
      #expect(throws: ExchangeError.self) { try Provenance(schema: schema, path: "a.nc") }
    }
    for (name, text) in [("problem", "another"), ("seed", "-1"), ("overrides", "["), ("threads", "two")] {
      var schema = NetCDFSchema(attributes: good)
      schema.attributes[good.firstIndex { $0.name == name }!].value = .text(text)
      #expect(throws: ExchangeError.self, "\(name)") { try Provenance(schema: schema, path: "a.nc") }
    }
  }

  /// A file with one record variable of three rows, and whatever else the test wants.
  private func digest(
    _ value: Double = 1, name: String = "u", title: String = "t", reversed: Bool = false, records: Int = 3
  ) throws -> SHA256.Digest {
    var variables: [NetCDFVariable] = [
      .field(name: name, dimensions: ["time", "x"]), .field(name: "n", dimensions: ["time"], type: .int64),
      .field(name: "fixed", dimensions: ["x"], type: .float),
    ]
    if reversed { variables.reverse() }
    let schema = NetCDFSchema(
      dimensions: [.unlimited(name: "time"), NetCDFDimension(name: "x", length: 2)], variables: variables,
      attributes: [NetCDFAttribute("title", .text(title))])
    let writer = try NetCDFWriter(path: folder("d.nc"), schema: schema)
    try writer.write(NDArray(shape: [2], [1, 2]), to: "fixed")
    for number in 0..<records {
      try writer.append([
        name: NDArray(shape: [2], [Double(number), value]), "n": NDArray(shape: [], [Double(number)]),
      ])
    }
    try writer.close()
    return try DataDigest.ofFile(folder("d.nc"))
  }

  @Test("The digest depends on data, names and shapes, and on nothing else")
  func digests() throws {
    let standard = try digest()
    #expect(try digest() == standard)
    #expect(try digest(title: "another title") == standard)
    #expect(try digest(reversed: true) == standard)
    #expect(try digest(1.0.nextUp) != standard)
    #expect(try digest(name: "v") != standard)
    #expect(try digest(records: 2) != standard)
    #expect(try digest(0) != digest(-0.0))
  }

  @Test("Large files are hashed in blocks, to the value of the whole")
  func blocks() throws {
    let shape = [3, 700, 900]
    let schema = NetCDFSchema(
      dimensions: zip(["a", "b", "c"], shape).map { NetCDFDimension(name: $0, length: $1) },
      variables: [.field(name: "u", dimensions: ["a", "b", "c"])])
    let values = NDArray(shape: shape) { Double($0) * 1.5 }
    let writer = try NetCDFWriter(path: folder("l.nc"), schema: schema)
    try writer.write(values, to: "u")
    try writer.close()
    var hash = SHA256()
    hash.update(Array("u\0double\u{0}3,700,900\0".utf8))
    values.withUnsafeBuffer { hash.update(UnsafeRawBufferPointer($0)) }
    #expect(try DataDigest.ofFile(folder("l.nc")) == hash.finalized())
  }
}
