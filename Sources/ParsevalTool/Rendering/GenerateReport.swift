import Parseval

/// What `generate` says of a data set, before and after.
struct GenerateReport {
  private let generation: DataGeneration
  private var problem: Problem { generation.file.problem }
  private var layout: StoredLayout { generation.generation.layout }
  private var plan: DataSetPlan { generation.generation.header.plan }

  init(_ generation: DataGeneration) { self.generation = generation }

  /// What is made.
  var introduction: String {
    let space = layout.spaceShape.map { "\($0)" }.joined(separator: "×")
    var words = [
      "\(problem.title): \(counted(plan.samples, "sample")) of "
        + (layout.parameters + layout.coefficients + layout.fields).map(\.name).joined(separator: ", ")
    ]
    words.append("\(space) points")
    if let times = layout.times { words.append(counted(times.count, "record")) }
    let kept = generation.generation.keptSamples
    return words.joined(separator: ", ") + (kept > 0 ? "\nresumed after \(counted(kept, "sample"))" : "")
  }

  func summary(_ report: GenerationReport) -> String {
    let splits = plan.splits
    var lines = [
      (report.isInterrupted ? "interrupted after " : "") + counted(report.samples, "sample")
        + " in \(duration(report.wallSeconds))"
    ]
    if !report.isInterrupted {
      lines[0] += ": \(splits.training) train, \(splits.validation) validation, \(splits.test) test"
    }
    if report.failed > 0 {
      lines.append(
        "\(counted(report.failed, "sample")) could not be solved and \(report.failed == 1 ? "was" : "were") left out"
      )
    }
    for (reason, numbers) in reasons(report).prefix(5) {
      lines.append(
        "  \(numbers.prefix(3).map { "\($0)" }.joined(separator: ", "))\(numbers.count > 3 ? ", …" : ""): \(reason)"
      )
    }
    lines.append("largest residual \(brief(report.largestResidual, digits: 2))")
    lines.append("output \(generation.outputPath), \(byteCount(generation.outputSize))")
    if report.isInterrupted { lines.append("continue with: \(resumeCommand)") }
    return lines.joined(separator: "\n")
  }

  func oneLine(_ report: GenerationReport) -> String {
    let line = "\(generation.outputPath): \(counted(report.samples, "sample")), \(report.failed) failed"
    return report.isInterrupted ? line + "; continue with: \(resumeCommand)" : line
  }

  private var resumeCommand: String { "parseval generate --resume \(shellQuoted(generation.outputPath))" }

  /// The numbers of failed samples by reason, in the order of their first ones.
  private func reasons(_ report: GenerationReport) -> [(String, [Int])] {
    var result: [(String, [Int])] = []
    for failure in report.failures {
      if let index = result.firstIndex(where: { $0.0 == failure.reason }) {
        result[index].1.append(failure.number)
      } else {
        result.append((failure.reason, [failure.number]))
      }
    }
    return result
  }

  func json(_ report: GenerationReport) -> JSON {
    .object([
      ("problem", .text(problem.name)), ("recipe", .optional(plan.recipe)),
      ("samples", .integer(report.samples)),
      ("failed", .integer(report.failed)),
      (
        "failures",
        .list(
          report.failures.map { .object([("sample", .integer($0.number)), ("reason", .text($0.reason))]) })
      ),
      ("wallSeconds", .number(report.wallSeconds)), ("largestResidual", .number(report.largestResidual)),
      ("output", .text(generation.outputPath)), ("bytes", .integer(generation.outputSize)),
      ("outcome", .text(report.isInterrupted ? "interrupted" : "completed")),
    ])
  }
}

extension Progress {
  /// How far a data set has come.
  init(_ generation: GenerationProgress) {
    self.init(
      fraction: Double(generation.samples) / Double(generation.total),
      count: generation.samples, noun: "sample",
      remark: generation.failed > 0 ? "\(generation.failed) failed" : "")
  }
}
