import Arrays
import Exchange
import Foundation
import Testing

@Suite("NetCDF: damaged and hostile files")
struct HostileFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A small file of each classic version; those of version 1 and 2 are made from CDL by ncgen.
  private func seeds() throws -> [[UInt8]] {
    let schema = NetCDFSchema(
      dimensions: [.unlimited(name: "time"), NetCDFDimension(name: "x", length: 3)],
      variables: [
        .coordinate(name: "time", units: "s"), .field(name: "u", dimensions: ["time", "x"], units: "m"),
        .field(name: "n", dimensions: ["x"], type: .int32),
        .field(name: "single", dimensions: [], type: .float),
      ], attributes: [NetCDFAttribute("title", .text("t")), NetCDFAttribute("k", .integers([1, 2]))])
    let writer = try NetCDFWriter(path: folder("5.nc"), schema: schema)
    for number in 0..<2 {
      try writer.append([
        "time": NDArray(shape: [], [Double(number)]), "u": NDArray(shape: [3]) { Double($0 + number) },
      ])
    }
    try writer.close()
    var files = [try bytes(of: folder("5.nc"))]
    guard let ncgen = program("ncgen") else { return files }
    let text = """
      netcdf a { dimensions: time = UNLIMITED ; x = 3 ;
      variables: double time(time) ; short u(time, x) ; u:units = "m" ; char c(x) ; byte b(time) ;
      :k = 1.5f ; data: time = 0, 1 ; u = 1, 2, 3, 4, 5, 6 ; c = "abc" ; b = 1, 2 ; }
      """
    try put(Array(text.utf8), to: folder("a.cdl"))
    for kind in ["nc3", "nc6"] {
      try #require(try run(ncgen, ["-k", kind, "-o", folder(kind), folder("a.cdl")]).code == 0)
      files.append(try bytes(of: folder(kind)))
    }
    return files
  }

  @Test("20,000 mutated classic files are read or refused, and no crash follows")
  func mutatedFiles() throws {
    let seeds = try seeds()
    let stream = RandomStream(seed: 7, purpose: "mutated NetCDF")
    var accepted = 0
    var refused = 0
    for trial in 0..<20_000 {
      let path = folder("m.nc")
      try put(mutated(seeds[trial % seeds.count], stream, trial), to: path)
      do throws(ExchangeError) {
        let reader = try NetCDFReader(path: path, memoryLimit: 1 << 20)
        for variable in reader.schema.variables { _ = try reader.read(variable.name) }
        accepted += 1
      } catch {
        #expect(!error.reason.isEmpty && error.path == path)
        refused += 1
      }
    }
    // Both ways are travelled: some mutations only touch data or names.
    #expect(accepted > 500)
    #expect(refused > 5_000)
  }

  /// Changes one to four places: bits, whole bytes, 4-byte and 8-byte fields to extreme values, the length.
  private func mutated(_ seed: [UInt8], _ stream: RandomStream, _ trial: Int) -> [UInt8] {
    var bytes = seed
    let first = stream.words(at: UInt64(trial) * 8)
    for change in 0..<Int(first.x % 4 + 1) {
      let words = stream.words(at: UInt64(trial) * 8 + 1 + UInt64(change))
      let place = Int(words.x) % min(bytes.count, 400)
      let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
      let value = extremes[Int(words.z) % 5]
      switch words.y % 5 {
      case 0: bytes[place] ^= 1 << UInt8(words.z % 8)
      case 1: bytes[place] = UInt8(truncatingIfNeeded: words.z)
      case 2:
        for offset in 0..<4 where place / 4 * 4 + offset < bytes.count {
          bytes[place / 4 * 4 + offset] = value
        }
      case 3:
        let start = place / 4 * 4
        for offset in 0..<8 where start + offset < bytes.count {
          bytes[start + offset] = offset == 0 ? value & 0x7F : value
        }
      default: if words.w % 4 == 0 { bytes = Array(bytes.prefix(max(1, Int(words.z) % bytes.count))) }
      }
      if bytes.isEmpty { bytes = [0] }
    }
    return bytes
  }

  @Test("A file cut anywhere is refused, with its length or its header named")
  func truncated() throws {
    let whole = try seeds()[0]
    for length in 0..<whole.count {
      try put(Array(whole.prefix(length)), to: folder("cut.nc"))
      let error = #expect(throws: ExchangeError.self, "\(length) bytes") {
        try NetCDFReader(path: folder("cut.nc"))
      }
      #expect(error?.kind == .corrupted || error?.kind == .unsupportedFormat)
    }
    try put(whole + [0, 0, 0], to: folder("longer.nc"))
    #expect(throws: Never.self) { try NetCDFReader(path: folder("longer.nc")) }
  }

  @Test("A header that promises more records than the file holds is refused before memory is taken")
  func promises() throws {
    var file = try seeds()[0]
    file[5] = 0x10
    try put(file, to: folder("p.nc"))
    let error = #expect(throws: ExchangeError.self) { try NetCDFReader(path: folder("p.nc")) }
    #expect(error?.kind == .corrupted)
    file = try seeds()[0]
    for index in 4..<12 { file[index] = 0xFF }
    try put(file, to: folder("p.nc"))
    #expect(throws: ExchangeError.self) { try NetCDFReader(path: folder("p.nc")) }
  }

  @Test("The header check agrees with the C library about sound files")
  func header() throws {
    try SampleFile.write(folder("a.nc"), records: 3)
    let header = try ClassicHeader(path: folder("a.nc"))
    #expect(header.recordCount == 3)
    #expect(header.recordSize == 8 + 6 * 8 + 8)
    #expect(header.variables.map(\.name) == ["time", "x", "u", "step", "mask", "coarse"])
    #expect(header.variables.map(\.isRecord) == [true, false, true, true, false, false])
    // The library may leave bytes behind the last record; exactly the required ones are enough.
    let whole = try bytes(of: folder("a.nc"))
    try put(Array(whole.prefix(header.requiredFileSize)), to: folder("exact.nc"))
    #expect(try NetCDFReader(path: folder("exact.nc")).read("u") == SampleFile.expected(records: 3))
    // The run has not ended, so the last record may have been counted but not written when it was killed; no others.
    try put(Array(whole.prefix(header.requiredFileSize - 1)), to: folder("killed.nc"))
    #expect(try NetCDFReader(path: folder("killed.nc")).read("u") == SampleFile.expected(records: 2))
    try put(Array(whole.prefix(header.requiredFileSize - header.recordSize - 1)), to: folder("short.nc"))
    #expect(throws: ExchangeError.self) { try NetCDFReader(path: folder("short.nc")) }
    // Name, type and count stand before the value.
    let name = try #require(whole.firstRange(of: Array("wall_seconds".utf8)))
    var ended = whole
    ended[name.upperBound + 12] = 0x3F
    try put(Array(ended.prefix(header.requiredFileSize - 1)), to: folder("ended.nc"))
    #expect(throws: ExchangeError.self) { try NetCDFReader(path: folder("ended.nc")) }
  }

  @Test(
    "Reads of shipped formats agree: version 1, version 2, NetCDF-4",
    .enabled(if: program("ncgen") != nil, "needs ncgen"))
  func foreign() throws {
    _ = try seeds()
    _ = try run(#require(program("ncgen")), ["-k", "nc4", "-o", folder("nc4"), folder("a.cdl")])
    for kind in ["nc3", "nc6", "nc4"] {
      let source = try NetCDF.open(folder(kind), isolation: .inProcess)
      #expect(try source.read("u").elements == [1, 2, 3, 4, 5, 6])
      #expect(try source.read("c").elements == [97, 98, 99])
      #expect(try source.readIntegers("b", start: [0], count: [2]).elements == [1, 2])
      #expect(source.schema.attribute("k")?.number == 1.5)
      #expect(source.schema.variable("u")?.attribute("units") == .text("m"))
      #expect(source.schema.dimension("time")?.isUnlimited == true)
    }
    let error = #expect(throws: ExchangeError.self) { try NetCDFReader(path: folder("nc4")) }
    #expect(error?.kind == .unsupportedFormat)
  }

  @Test(
    "Groups are read under their paths, with the dimensions they share",
    .enabled(if: program("ncgen") != nil, "needs ncgen"))
  func groups() throws {
    let text = """
      netcdf g {
      dimensions: s = 2;
      variables: int s(s);
      data: s = 7, 8;
      group: t0_fields {
        dimensions: x = 3;
        variables: double density(s, x);
        data: density = 1, 2, 3, 4, 5, 6;
        group: deeper { dimensions: x = 2; variables: float mass(x, s); data: mass = 1, 2, 3, 4; }
      }
      group: t1_fields { dimensions: x = 1; variables: int64 density(x); data: density = 9; }
      }
      """
    try put(Array(text.utf8), to: folder("g.cdl"))
    try #require(
      try run(#require(program("ncgen")), ["-k", "nc4", "-o", folder("g.nc"), folder("g.cdl")]).code == 0)
    let source = try NetCDF.open(folder("g.nc"), isolation: .inProcess)
    #expect(
      source.schema.variables.map(\.name) == [
        "s", "t0_fields/density", "t0_fields/deeper/mass", "t1_fields/density",
      ])
    #expect(source.schema.variable("t0_fields/density")?.dimensions == ["s", "t0_fields/x"])
    #expect(try source.shape(of: "t0_fields/deeper/mass") == [2, 2])
    #expect(try source.read("t0_fields/density", start: [1, 0], count: [1, 2]).elements == [4, 5])
    #expect(try source.read("t0_fields/deeper/mass").elements == [1, 2, 3, 4])
    #expect(try source.readIntegers("t1_fields/density", start: [0], count: [1]).elements == [9])
    #expect(throws: ExchangeError.self) { try source.read("t1_fields/mass") }
  }
}
