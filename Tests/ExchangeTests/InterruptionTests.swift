import Arrays
import Exchange
import Foundation
import Testing

/// Each test runs the writer in a process of its own, which ends badly.
@Suite("NetCDF: killed runs and full disks")
struct InterruptionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A run killed at an arbitrary moment leaves a readable file and resumes", arguments: 0..<8)
  func killed(round: Int) async throws {
    let path = folder("a.nc")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
      let writer = try SampleFile.start(path)
      try writer.sync()
      try put([0], to: path + ".started")
      Thread.detachNewThread {
        usleep(UInt32(round * 700 + 100))
        kill(getpid(), SIGKILL)
      }
      for number in 0... {
        try writer.append(SampleFile.record(number))
        try writer.sync()
        // What was synced is written down outside, to be compared with what is found.
        try put(Array("\(number + 1)".utf8), to: path + ".count-\(number % 2)")
      }
    }
    let promised =
      (0...1).compactMap {
        (try? bytes(of: path + ".count-\($0)")).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
      }.max() ?? 0
    let reader = try NetCDFReader(path: path)
    let found = try #require(reader.schema.dimension("time")).length
    #expect(found >= promised)
    #expect(try reader.read("u") == SampleFile.expected(records: found))
    let writer = try NetCDFWriter(reopening: path, keptRecords: found)
    try writer.append(SampleFile.record(found))
    try writer.close()
    #expect(try NetCDFReader(path: path).read("u") == SampleFile.expected(records: found + 1))
  }

  @Test("A file-size limit is an error in plain words, at once or at closing, and the records stay readable")
  func fileSizeLimit() async throws {
    let path = folder("a.nc")
    await #expect(processExitsWith: .success) { [path = path as String] in
      let writer = try SampleFile.start(path)
      try writer.append(SampleFile.record(0))
      try writer.sync()
      let size = try bytes(of: path).count
      var limit = rlimit(rlim_cur: rlim_t(size + 20_000), rlim_max: rlim_t(size + 20_000))
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let error = #expect(throws: ExchangeError.self) {
        for number in 1..<10_000 {
          try writer.append(SampleFile.record(number))
          try writer.sync()
        }
      }
      #expect(error?.kind == .diskFull)
      #expect(error?.reason == "the file-size limit is reached")
      #expect(error?.path == path)
      let again = #expect(throws: ExchangeError.self) { try writer.close() }
      #expect(again == error)
    }
    let reader = try NetCDFReader(path: path)
    let found = try #require(reader.schema.dimension("time")).length
    #expect(found >= 200)
    #expect(try reader.read("u") == SampleFile.expected(records: found))
  }

  @Test("A small file that does not fit leaves the old one and no temporary file")
  func atomicFileSizeLimit() async throws {
    let path = folder("a.txt")
    try AtomicFile.write("old", to: path)
    await #expect(processExitsWith: .success) { [path = path as String] in
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let error = #expect(throws: ExchangeError.self) {
        try AtomicFile.write(String(repeating: "x", count: 2000), to: path)
      }
      #expect(error?.kind == .diskFull)
    }
    #expect(try bytes(of: path) == Array("old".utf8))
    #expect(folder.names == ["a.txt"])
  }
}
