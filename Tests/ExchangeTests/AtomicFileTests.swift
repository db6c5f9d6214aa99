import Exchange
import Foundation
import Testing

@Suite("Small files, written at once")
struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Content, permissions and links are kept")
  func replaces() throws {
    try AtomicFile.write("one", to: folder("a.txt"))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder("a.txt"))
    try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: folder("a.txt"))
    try AtomicFile.write([1, 2, 3] as [UInt8], to: folder("link"))
    #expect(try bytes(of: folder("a.txt")) == [1, 2, 3])
    let attributes = try FileManager.default.attributesOfItem(atPath: folder("a.txt"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")) == folder("a.txt"))
    try AtomicFile.write(Data([9, 8]), to: folder("b"))
    #expect(try bytes(of: folder("b")) == [9, 8])
    #expect(folder.names == ["a.txt", "b", "link"])
  }

  @Test("A body that fails leaves the old content and nothing else")
  func failingBody() throws {
    try AtomicFile.write("old", to: folder("a.txt"))
    let failure = ExchangeError(path: "x", kind: .system, reason: "stop")
    let error = #expect(throws: ExchangeError.self) {
      try AtomicFile.write(to: folder("a.txt")) { file throws(ExchangeError) in
        try file.write(Array("new".utf8))
        throw failure
      }
    }
    #expect(error == failure)
    #expect(try bytes(of: folder("a.txt")) == Array("old".utf8))
    #expect(folder.names == ["a.txt"])
  }

  @Test(
    "Places that cannot be written to are errors in plain words",
    arguments: [
      ("/dev/full", "the disk is full"), ("/proc/x", "does not accept new files"),
      ("/tmp", "it is a folder, not a file"),
      ("/no/such/folder/x", "the folder '/no/such/folder' does not exist"), ("", "the file name is empty"),
      ("/tmp/a\0b", "the file name contains a zero byte"),
      ("/tmp/" + String(repeating: "x", count: 300), "the file name is too long"),
    ])
  func unwritable(path: String, words: String) {
    let error = #expect(throws: ExchangeError.self) { try AtomicFile.write("text", to: path) }
    #expect(error?.path == path)
    #expect(error?.reason.contains(words) == true, "\(String(describing: error))")
    // Devices must still be there afterwards: a rename over one would replace it.
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }
}
