import Foundation
import Testing

/// The built program, run as a subprocess in a folder of its own.
struct Tool {
  /// What a run of the program left behind.
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }
  let folder: URL

  /// A tool in a new empty folder.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("parseval-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The program stands beside the program of the tests.
  static var executable: String {
    get throws {
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("parseval").path
    }
  }

  static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  /// Writes `pairs.yaml`, whose recipe learns u from a in a file of others.
  ///
  /// - Parameters:
  ///   - model: the network, as the file has it; likewise `training`.
  ///   - split: the shares of the samples for validation and test, each.
  func writePairsProblem(
    points: (Int, Int), model: String, training: String, file: String, split: Double
  ) throws {
    try write(
      """
      problem: pairs
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [p]
      equations: [-lap(p) = 1]
      boundary: [{on: all, dirichlet: {p: 0}}]
      discretization: {x: \(points.0), y: \(points.1)}
      recipes:
        fno:
          model: \(model)
          training: \(training)
          data: {file: \(file), validation: \(split), test: \(split), layout: {input: a, output: u, sample: 0}}

      """, to: "pairs.yaml")
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Starts the program; its words go to files, so that no pipe can fill up.
  func start(_ arguments: [String], shell: String? = nil, tag: String = "") throws -> Process {
    let process = Process()
    let executable = try Self.executable
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell + #"; exec "$0" "$@""#, executable] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: executable)
      process.arguments = arguments
    }
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["COLUMNS"] = "100"
    environment["PARSEVAL_PROBLEMS"] = Self.checkout.appendingPathComponent("Problems").path
    process.environment = environment
    for (name, isError) in [("stdout" + tag, false), ("stderr" + tag, true)] {
      _ = FileManager.default.createFile(atPath: path(name), contents: nil)
      let handle = try #require(FileHandle(forWritingAtPath: path(name)))
      if isError { process.standardError = handle } else { process.standardOutput = handle }
    }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits for a program that was started.
  func finish(_ process: Process, tag: String = "") throws -> Result {
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }
    return Result(status: status, output: try text("stdout" + tag), errors: try text("stderr" + tag))
  }

  /// Runs the program to its end.
  func run(_ arguments: String..., shell: String? = nil) throws -> Result {
    try finish(try start(arguments, shell: shell))
  }

  /// The hash of the data in a file.
  func digest(_ file: String) throws -> String {
    let result = try run("check", "--digest", file)
    try #require(result.status == 0, "\(result.errors)")
    return String(result.output.prefix(64))
  }

  /// Removes the folder.
  func clean() { try? FileManager.default.removeItem(at: folder) }
}

/// Compares a text with a file of `Tests/Snapshots/Tool`; `PARSEVAL_UPDATE_SNAPSHOTS=1` writes the file instead.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws
{
  let file = Tool.checkout.appendingPathComponent("Tests/Snapshots/Tool/\(name).txt")
  if ProcessInfo.processInfo.environment["PARSEVAL_UPDATE_SNAPSHOTS"] != nil {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
  let expected = String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
  #expect(text == expected, "\(name) differs from its snapshot", sourceLocation: sourceLocation)
}
