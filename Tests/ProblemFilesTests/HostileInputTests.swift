import ProblemFiles
import Testing

@Suite struct HostileInputTests {
  @Test(arguments: ["[", "{", "- ", "{a: ", "? ", "'", "\"", "&a ", "!!x ", "(", "a:\n", "a: 1, ", "é: [x, "])
  func megabytesOfOneThing(_ piece: String) {
    #expect(messages(String(repeating: piece, count: 1_000_000 / piece.utf8.count)) != "no mistake")
  }

  @Test func tenMegabytesOfBrackets() {
    #expect(messages(String(repeating: "[", count: 10_000_000)).contains("larger than 1 MiB"))
  }

  @Test func aMegabyteInOneLine() {
    let pieces = (0..<60_000).map { "é\($0): u\($0)" }
    #expect(messages("{" + pieces.joined(separator: ", ") + "}").contains("too many elements"))
    let groups = (0..<900).map { "é\($0): {é: [u, 1, 2], w: }" }
    #expect(messages("{" + groups.joined(separator: ", ") + "}").contains("more mistakes are not shown"))
  }

  @Test func aliasBomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<10 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(messages(text).contains("more than 16 aliases"))
  }

  @Test func fewAliasesAreExpanded() {
    let text = Examples.taylorGreen.replacing(
      "x: {interval: [0, 2*pi], periodic: true}", with: "x: &axis {interval: [0, 2*pi], periodic: true}"
    )
    .replacing("y: {interval: [0, 2*pi], periodic: true}", with: "y: *axis")
    #expect(messages(text) == "no mistake")
  }

  @Test func invalidUTF8() {
    #expect(throws: ProblemFileError.self) {
      try ProblemFileReader().read(bytes: Array("problem: p".utf8) + [0xFF, 0xFE], file: "p.yaml")
    }
  }

  @Test(arguments: ["/", "/nonexistent/file.yaml", "", "/proc/self/mem", "/dev/zero", "/bin/sh"])
  func placesThatAreNoProblemFiles(_ path: String) {
    #expect(throws: ProblemFileError.self) { try ProblemFileReader().read(file: path) }
  }

  @Test func directoriesAreCalledSo() {
    do {
      _ = try ProblemFileReader().read(file: "/tmp")
      Issue.record("a directory was read")
    } catch {
      #expect(error.description == "/tmp: error: this is a directory, not a problem file")
    }
  }

  @Test func mutatedFiles() { Mutations.run(count: 100_000, seed: 1) }

  /// Runs when the environment asks for long tests.
  @Test(.enabled(if: Mutations.runsLongTests)) func aMillionMutatedFiles() {
    Mutations.run(count: 1_000_000, seed: 2)
  }
}
