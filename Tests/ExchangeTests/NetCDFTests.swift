import Arrays
import Exchange
import Foundation
import Testing

@Suite("NetCDF: writing and reading")
struct NetCDFTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("What was written is read back bit for bit")
  func roundTrip() throws {
    let path = folder("a.nc")
    try SampleFile.write(path, records: 4)
    let reader = try NetCDFReader(path: path)
    #expect(try reader.read("u") == SampleFile.expected(records: 4))
    #expect(try reader.read("time").elements == [0, 0.25, 0.5, 0.75])
    #expect(try reader.readIntegers("step", start: [1], count: [2]).elements == [1, 2])
    #expect(try reader.readIntegers("mask", start: [0], count: [6]).elements == [0, 1, 0, 1, 0, 1])
    #expect(
      try reader.read("coarse").elements == [
        .infinity, 1, 0.5, Double(Float(1.0 / 3)), 0.25, Double(Float(0.2)),
      ])
    #expect(
      try reader.read("u", start: [1, 2], count: [2, 3]).elements
        == [1, 2].flatMap { row in (2..<5).map { SampleFile.value(row, $0) } })
    #expect(try reader.read("u", record: 3).elements == (0..<6).map { SampleFile.value(3, $0) })
    #expect(reader.schema.dimension("time") == .unlimited(name: "time", records: 4))
    #expect(reader.schema.variables == SampleFile.schema.variables)
    #expect(
      reader.schema.attributes == [NetCDFAttribute("Conventions", .text("CF-1.10"))]
        + SampleFile.schema.attributes)
    #expect(try ClassicHeader(path: path).version == 5)
  }

  @Test("A copy taken after each sync has all records so far")
  func syncedCopies() throws {
    let path = folder("a.nc")
    let writer = try SampleFile.start(path)
    for number in 0..<5 {
      try writer.append(SampleFile.record(number))
      try writer.sync()
      #expect(writer.recordCount == number + 1)
      try put(bytes(of: path), to: folder("copy.nc"))
      let copy = try NetCDFReader(path: folder("copy.nc"))
      #expect(try copy.read("u") == SampleFile.expected(records: number + 1))
    }
  }

  @Test("A reopened file keeps the records asked for and equals an unbroken one")
  func resume() throws {
    try SampleFile.write(folder("whole.nc"), records: 6)
    try SampleFile.write(folder("broken.nc"), records: 5)
    let writer = try NetCDFWriter(reopening: folder("broken.nc"), keptRecords: 3)
    #expect(writer.recordCount == 3)
    #expect(try NetCDFReader(path: folder("broken.nc")).read("u") == SampleFile.expected(records: 3))
    for number in 3..<6 { try writer.append(SampleFile.record(number)) }
    try writer.close()
    #expect(try bytes(of: folder("broken.nc")) == bytes(of: folder("whole.nc")))
    #expect(throws: ExchangeError.self) {
      try NetCDFWriter(reopening: folder("whole.nc"), keptRecords: 7)
    }
  }

  @Test("An attribute is replaced in place, and not by a longer one")
  func updatedAttribute() throws {
    let writer = try SampleFile.start(folder("a.nc"))
    try writer.append(SampleFile.record(0))
    try writer.update(NetCDFAttribute("wall_seconds", .doubles([12.5])))
    #expect(throws: ExchangeError.self) {
      try writer.update(NetCDFAttribute("title", .text("a longer title than before")))
    }
    try writer.close()
    let reader = try NetCDFReader(path: folder("a.nc"))
    #expect(reader.schema.attribute("wall_seconds") == .doubles([12.5]))
    #expect(reader.schema.attribute("title") == .text("Wärme"))
    #expect(try reader.read("u") == SampleFile.expected(records: 1))
  }

  @Test("Blocks of every element type are written and converted")
  func blocks() throws {
    let path = folder("a.nc")
    let writer = try SampleFile.start(path)
    for number in 0..<3 { try writer.append(SampleFile.record(number)) }
    try [7.5, 8.5].withUnsafeBufferPointer { try writer.write($0, to: "u", start: [1, 4], count: [1, 2]) }
    try [Float(0.5)].withUnsafeBufferPointer { try writer.write($0, to: "u", start: [2, 0], count: [1, 1]) }
    try [Int64.max].withUnsafeBufferPointer { try writer.write($0, to: "step", start: [2], count: [1]) }
    #expect(throws: ExchangeError.self) { try writer.write(NDArray(shape: [6]) { _ in 0.5 }, to: "mask") }
    #expect(throws: ExchangeError.self) { try writer.write(NDArray(shape: [6]) { _ in 1e10 }, to: "mask") }
    #expect(throws: ExchangeError.self) { try writer.write(NDArray(shape: [4, 6]) { _ in 1 }, to: "u") }
    #expect(throws: ExchangeError.self) { try writer.write(NDArray(shape: [6]) { _ in 1 }, to: "nothing") }
    try writer.close()
    let reader = try NetCDFReader(path: path)
    #expect(
      try reader.read("u", start: [1, 3], count: [1, 3]).elements == [SampleFile.value(1, 3), 7.5, 8.5])
    #expect(try reader.read("u", start: [2, 0], count: [1, 1]).elements == [0.5])
    #expect(try reader.readIntegers("step", start: [2], count: [1]).elements == [.max])
  }

  @Test("A record with a missing, strange or misshapen value is refused, and the file stays usable")
  func wrongRecords() throws {
    let writer = try SampleFile.start(folder("a.nc"))
    var record = SampleFile.record(0)
    record["u"] = nil
    #expect(throws: ExchangeError.self) { try writer.append(record) }
    record["u"] = NDArray(shape: [5])
    #expect(throws: ExchangeError.self) { try writer.append(record) }
    record = SampleFile.record(0)
    record["v"] = NDArray(shape: [])
    #expect(throws: ExchangeError.self) { try writer.append(record) }
    try writer.append(SampleFile.record(0))
    try writer.close()
    #expect(try NetCDFReader(path: folder("a.nc")).read("u") == SampleFile.expected(records: 1))
    #expect(throws: ExchangeError.self) { try writer.append(SampleFile.record(1)) }
    try writer.close()
  }

  @Test(
    "Places that cannot hold the file are refused in plain words",
    arguments: [
      ("/proc/x.nc", "does not accept new files"), ("/no/such/folder/x.nc", "does not exist"),
      ("/tmp", "is a folder"), ("/dev/full", "device"), ("", "empty"), ("a\0b.nc", "zero byte"),
      ("http://example.invalid/x.nc", "does not exist"), ("/dev/null/x.nc", "does not exist"),
    ])
  func unwritable(path: String, words: String) throws {
    let error = try #require(throws: ExchangeError.self) {
      try NetCDFWriter(path: path, schema: SampleFile.schema)
    }
    #expect(error.path == path)
    #expect(error.reason.contains(words), "\(error)")
  }

  @Test("A schema that NetCDF cannot hold is refused, and no file is left")
  func wrongSchemas() throws {
    func fails(_ change: (inout NetCDFSchema) -> Void) throws {
      var schema = SampleFile.schema
      change(&schema)
      #expect(throws: ExchangeError.self) { try NetCDFWriter(path: folder("x.nc"), schema: schema) }
      #expect(folder.names.isEmpty)
    }
    try fails { $0.dimensions.append(NetCDFDimension(name: "x", length: 2)) }
    try fails { $0.dimensions.append(NetCDFDimension(name: "y", length: 0)) }
    try fails { $0.dimensions.append(.unlimited(name: "sample")) }
    try fails { $0.variables.append(.field(name: "v", dimensions: ["nothing"])) }
    try fails { $0.variables.append(.field(name: "v", dimensions: ["x", "time"])) }
    try fails { $0.variables.append(.field(name: "a/b", dimensions: ["x"])) }
    try fails { $0.variables.append(.field(name: "", dimensions: ["x"])) }
    try fails { $0.variables.append(.field(name: "v", dimensions: ["x"], type: .uint8)) }
    try fails {
      $0.dimensions.append(NetCDFDimension(name: "huge", length: 1 << 62))
      $0.variables.append(.field(name: "v", dimensions: ["huge", "x"]))
    }
  }

  @Test(
    "Names of files that look like addresses or options are plain names",
    arguments: ["a#mode=zarr.nc", "[log]a.nc", "a b.nc", "ü:1.nc", "x?y&z.nc"])
  func oddNames(name: String) throws {
    try SampleFile.write(folder(name), records: 1)
    #expect(folder.names == [name])
    #expect(try NetCDFReader(path: folder(name)).read("u") == SampleFile.expected(records: 1))
  }

  @Test("Reading more than the limit, outside the file, or what is not there is refused")
  func wrongReads() throws {
    try SampleFile.write(folder("a.nc"), records: 2)
    let reader = try NetCDFReader(path: folder("a.nc"))
    #expect(throws: ExchangeError.self) { try reader.read("nothing") }
    #expect(throws: ExchangeError.self) { try reader.read("u", start: [0, 1], count: [1, 6]) }
    #expect(throws: ExchangeError.self) { try reader.read("u", start: [-1, 1], count: [1, 1]) }
    #expect(throws: ExchangeError.self) { try reader.read("u", start: [0], count: [1]) }
    #expect(throws: ExchangeError.self) { try reader.read("u", start: [1, 0], count: [Int.max, 1]) }
    #expect(throws: ExchangeError.self) { try reader.readIntegers("u", start: [0, 0], count: [1, 1]) }
    #expect(try reader.read("u", start: [2, 0], count: [0, 6]).count == 0)
    let small = try NetCDFReader(path: folder("a.nc"), memoryLimit: 2_000_000)
    #expect(try small.read("u").count == 12)
    let error = try #require(throws: ExchangeError.self) {
      try NetCDFReader(path: folder("a.nc"), memoryLimit: 90).read("u")
    }
    #expect(error.kind == .tooLarge)
    for path in ["/tmp", "/dev/zero", folder("none.nc")] {
      #expect(throws: ExchangeError.self) { try NetCDFReader(path: path) }
    }
    try put(Array("problem: burgers\n".utf8), to: folder("text.nc"))
    let text = try #require(throws: ExchangeError.self) { try NetCDFReader(path: folder("text.nc")) }
    #expect(text.kind == .unsupportedFormat)
  }

  @Test("ncdump reads our files", .enabled(if: program("ncdump") != nil, "needs ncdump"))
  func ncdump() throws {
    try SampleFile.write(folder("a.nc"), records: 2)
    let (code, text) = try run(#require(program("ncdump")), ["-k", folder("a.nc")])
    #expect(code == 0 && text.contains("cdf5"))
    let (dumped, all) = try run(#require(program("ncdump")), ["-v", "time,step", folder("a.nc")])
    #expect(dumped == 0)
    #expect(all.contains("time = UNLIMITED ; // (2 currently)"))
    #expect(all.contains("u:units = \"K\""))
    #expect(all.contains(" time = 0, 0.25 ;"))
  }

  @Test(
    "xarray opens our files with coordinates and units",
    .enabled(if: pythonWithXarray != nil, "needs a python3 that can import xarray"))
  func xarray() throws {
    try SampleFile.write(folder("a.nc"), records: 2)
    let script = """
      import sys, xarray
      d = xarray.open_dataset(sys.argv[1], decode_times=False)
      assert d.u.dims == ('time', 'x') and d.u.attrs['units'] == 'K' and set(d.coords) == {'time', 'x'}
      assert d.time.values.tolist() == [0, 0.25] and d.attrs['title'] == 'Wärme'
      assert d.attrs['Conventions'] == 'CF-1.10' and len(d.attrs['problem']) > 1000000
      print('fine', float(d.u[1, 2]))
      """
    let (code, text) = try run(#require(pythonWithXarray), ["-c", script, folder("a.nc")])
    #expect(code == 0)
    #expect(text == "fine \(SampleFile.value(1, 2))\n")
  }
}

/// A Python interpreter with xarray: the one named by `PARSEVAL_PYTHON`, or `python3`.
private let pythonWithXarray: String? = {
  let named = ProcessInfo.processInfo.environment["PARSEVAL_PYTHON"]
  guard let python = named ?? program("python3") else { return nil }
  guard let (code, _) = try? run(python, ["-c", "import xarray"]), code == 0 else { return nil }
  return python
}()
