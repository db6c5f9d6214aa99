import ArgumentParser
import Foundation
import Parseval

/// `parseval doctor`: whether everything is there, and what to install.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show versions, threads and memory, and what is missing.")

  @OptionGroup var options: OutputOptions

  private struct Finding {
    var name: String
    var value: String
    /// What to do; `nil` where all is well.
    var remedy: String?
  }

  func run() throws {
    let findings = findings
    let table = Table(
      findings.map {
        [$0.remedy == nil ? "ok" : "--", $0.name, $0.value + ($0.remedy.map { "; \($0)" } ?? "")]
      })
    options.console.show(table.text())
    let isWell = findings.allSatisfy { $0.remedy == nil }
    options.console.say(isWell ? "everything is in place" : "install what is marked with --")
    options.console.document(
      .object([
        ("isComplete", .boolean(isWell)),
        (
          "findings",
          .list(
            findings.map {
              .object([
                ("name", .text($0.name)), ("value", .text($0.value)), ("remedy", .optional($0.remedy)),
              ])
            })
        ),
      ]))
    if !isWell { throw ExitCode(ExitStatus.numericalFailure.rawValue) }
  }

  private var findings: [Finding] {
    let versions = Machine.versions
    var result = [
      Finding(name: "parseval", value: Machine.version),
      Finding(name: "commit", value: Machine.commit.isEmpty ? "none" : Machine.commit),
      Finding(name: "swift", value: Self.compiler),
    ]
    for name in ["fftw", "openblas", "netcdf"] {
      result.append(Finding(name: name, value: versions[name] ?? "unknown"))
    }
    result.append(
      Self.output(of: "gnuplot", ["--version"]).map { Finding(name: "gnuplot", value: $0) }
        ?? Finding(name: "gnuplot", value: "not found", remedy: "for pictures: apt-get install gnuplot-nox"))
    result.append(Finding(name: "threads", value: "\(Machine.processorCount)"))
    result.append(Finding(name: "memory", value: byteCount(Machine.memory)))
    result.append(Finding(name: "instructions", value: Machine.instructionSet))
    let problems = ProblemLibrary.standard.entries().count
    result.append(
      Finding(
        name: "problems", value: "\(problems) in the library",
        remedy: problems > 0 ? nil : "set PARSEVAL_PROBLEMS to the folder of the problem files"))
    return result
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// The first line that a program prints; `nil` if there is none of that name.
  private static func output(of program: String, _ arguments: [String]) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let paths = folders.filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }
    guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      return nil
    }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
