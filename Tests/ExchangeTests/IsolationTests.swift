import Arrays
import Foundation
import Testing

import Exchange

@Suite("NetCDF: reading in a child process")
struct IsolationTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try SampleFile.write(folder("a.nc"), records: 3)
  }

  /// A program that stands in for the reading child: it runs `commands` with the request in `$@`.
  private func child(_ commands: String) throws -> String {
    let path = folder("child")
    // Another process writes it: a descriptor of ours could be inherited by a test that forks at this
    // moment, and a program open for writing cannot be started.
    let script = "printf '%s\\n' '#!/bin/sh' \"$1\" > \"$2\" && chmod 755 \"$2\""
    try #require(try run("/bin/sh", ["-c", script, "sh", commands, path]).code == 0)
    return path
  }

  /// Lets a process of its own answer a request, as the command-line tool does.
  private func served(_ request: ReaderRequest) async throws -> [UInt8] {
    let arguments = request.arguments(path: folder("a.nc"))
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) { [arguments = arguments as [String]] in
      exit(IsolatedReader.serve(arguments))
    }
    // The test runner may print before and after it.
    let output = result.standardOutputContent
    let mark = Array("PARSEVL1".utf8)
    let start = try #require(output.indices.first { output[$0...].starts(with: mark) })
    let length = try #require(
      IsolatedFrame.payloadLength(head: output[start..<start + IsolatedFrame.headSize]))
    return Array(output[start...].prefix(IsolatedFrame.headSize + Int(length) + IsolatedFrame.tailSize))
  }

  @Test("Schema and data cross the process border unchanged")
  func roundTrip() async throws {
    try put(try await served(.schema(memoryLimit: 1 << 24)), to: folder("schema.frame"))
    let block = ReaderRequest.block(
      name: "u", start: [1, 0], count: [2, 6], integers: false, memoryLimit: 1 << 24)
    try put(try await served(block), to: folder("block.frame"))
    let integers = ReaderRequest.block(
      name: "step", start: [0], count: [3], integers: true, memoryLimit: 1 << 24)
    try put(try await served(integers), to: folder("integers.frame"))
    let path = try child(
      """
      [ "$1" = --read-netcdf ] || exit 1
      case "$5" in
        '') cat \(folder("schema.frame"));;
        doubles) cat \(folder("block.frame"));;
        integers) cat \(folder("integers.frame"));;
      esac
      """)
    let here = try NetCDFReader(path: folder("a.nc"))
    let there = try IsolatedReader(path: folder("a.nc"), executable: path, memoryLimit: 1 << 24)
    #expect(there.schema == here.schema)
    #expect(
      try there.read("u", start: [1, 0], count: [2, 6]) == here.read("u", start: [1, 0], count: [2, 6]))
    #expect(try there.readIntegers("step", start: [0], count: [3]).elements == [0, 1, 2])
    #expect(throws: ExchangeError.self) { try there.read("u", start: [0, 0], count: [4, 6]) }
    // An answer to another question does not pass for the right one.
    #expect(throws: ExchangeError.self) { try there.read("u", start: [0, 0], count: [3, 6]) }
  }

  @Test("What the child refuses is refused with its words")
  func refusal() async throws {
    let request = ReaderRequest.block(
      name: "nothing", start: [], count: [], integers: false, memoryLimit: 1 << 24)
    let frame = try await served(request)
    let error = #expect(throws: ExchangeError.self) { try IsolatedFrame.decode(frame, path: "a.nc") }
    #expect(error?.kind == .noSuchName)
    #expect(error?.reason == "there is no variable 'nothing'")
  }

  @Test(
    "A child that crashes, hangs, lies or is missing becomes an error",
    arguments: [
      ("kill -SEGV $$", ExchangeError.Kind.readerCrashed), ("kill -ABRT $$", .readerCrashed),
      ("sleep 20", .readerTimedOut), ("exit 1", .readerCrashed), ("echo PARSEVL1", .readerCrashed),
      ("head -c 100000 /dev/zero", .corrupted),
      ("printf 'PARSEVL1\\001\\377\\377\\377\\377\\377\\377\\377\\377'", .corrupted),
      (
        "printf 'PARSEVL1\\001\\002\\000\\000\\000\\000\\000\\000\\000{}'; head -c 32 /dev/zero",
        .readerCrashed
      ),
    ])
  func badChildren(commands: String, kind: ExchangeError.Kind) throws {
    let path = try child(commands)
    let error = #expect(throws: ExchangeError.self) {
      try IsolatedReader(path: folder("a.nc"), executable: path, timeout: commands == "sleep 20" ? 0.2 : 20)
    }
    #expect(error?.kind == kind)
    #expect(error?.path == folder("a.nc"))
  }

  @Test("A missing program and a missing file are told apart")
  func missing() {
    let noProgram = #expect(throws: ExchangeError.self) {
      try IsolatedReader(path: folder("a.nc"), executable: folder("none"))
    }
    #expect(noProgram?.kind == .system)
    let noFile = #expect(throws: ExchangeError.self) {
      try IsolatedReader(path: folder("none.nc"), executable: "/bin/true")
    }
    #expect(noFile?.kind == .notFound)
  }

  @Test("Requests survive the way through command-line arguments")
  func arguments() {
    let requests: [ReaderRequest] = [
      .schema(memoryLimit: 5),
      .block(name: "a b", start: [0, 2], count: [3, 4], integers: true, memoryLimit: 9),
      .block(name: "", start: [], count: [], integers: false, memoryLimit: 0),
    ]
    for request in requests {
      let parsed = ReaderRequest.parse(request.arguments(path: "-x.nc"))
      #expect(parsed?.path == "-x.nc" && parsed?.request == request)
    }
    #expect(IsolatedReader.isRequest(["--read-netcdf", "a"]))
    #expect(!IsolatedReader.isRequest(["solve"]))
    #expect(ReaderRequest.parse(["--read-netcdf", "a"]) == nil)
    #expect(ReaderRequest.parse(["--read-netcdf", "a", "9", "u", "doubles", "x", "1"]) == nil)
    #expect(IsolatedReader.serve(["--read-netcdf"]) == 64)
  }
}
