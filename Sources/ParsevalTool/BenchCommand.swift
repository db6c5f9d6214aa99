import ArgumentParser
import Parseval

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `parseval bench`: speed and memory, each beside its physical limit, measured in one run.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed and memory beside their physical limits.")

  @Option(help: ArgumentHelp("Only benchmarks whose name contains this.", valueName: "text"))
  var only: String?

  @Option(help: "How often each measurement is repeated; the median counts.")
  var rounds = 7

  @Option(help: "Threads that share the work.")
  var threads = 2

  @Option(help: "How FFTW plans: estimate, or measure.")
  var plan = Planning.estimate

  @Option(help: "Write text or one JSON document.")
  var format = Format.text

  enum Planning: String, ExpressibleByArgument { case estimate, measure }

  enum Format: String, ExpressibleByArgument { case text, json }

  private struct Document: Encodable { var rows: [BenchmarkRow] }

  func validate() throws {
    guard (1...1000).contains(rounds) else {
      throw ValidationError("--rounds must be 1 to 1000, not \(rounds)")
    }
    guard (1...256).contains(threads) else {
      throw ValidationError("--threads must be 1 to 256, not \(threads)")
    }
  }

  func run() throws {
    limitBLASToOneThread()
    let suite = BenchmarkSuite(
      threads: threads, rounds: rounds, planning: plan == .measure ? .measure : .estimate, library: .standard)
    let chosen = BenchmarkSuite.entries.filter { only == nil || $0.name.contains(only!) }
    guard !chosen.isEmpty else {
      throw ValidationError(
        "no benchmark is called '\(only ?? "")'; known are \(BenchmarkSuite.entries.map(\.name).joined(separator: ", "))"
      )
    }
    var rows: [BenchmarkRow] = []
    for entry in chosen {
      let made = try entry.run(suite)
      rows += made
      if format == .text { for row in made { print(line(row)) } }
    }
    if format == .json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(Document(rows: rows)), as: UTF8.self))
    }
  }

  private func line(_ row: BenchmarkRow) -> String {
    func column(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let time =
      row.seconds == 0
      ? "–" : row.seconds < 1e-3 ? "\(rounded(row.seconds * 1e6)) µs" : "\(rounded(row.seconds * 1e3)) ms"
    let ratio = row.ratio.map { "\(rounded($0))" } ?? "–"
    return column(row.name, 44) + column(time, 14) + column(ratio, 9) + row.remark
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
