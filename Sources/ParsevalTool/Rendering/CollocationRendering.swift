import Parseval

/// What `train` and `evaluate` say of a network at points.
struct CollocationRendering {
  let run: CollocationRun
  var report = CollocationReport()
  /// The folder of the series that it belongs to.
  var series: String?

  init(_ run: CollocationRun) { self.run = run }

  private var folder: String { run.folder.path }
  private var resumeCommand: String { "parseval train --resume \(shellQuoted(series ?? folder))" }

  var summary: String {
    var lines: [String] = []
    let time = duration(report.wallSeconds)
    switch report.outcome {
    case .completed: lines.append("\(counted(report.steps, "step")) in \(time)")
    case .stalled: lines.append("nothing more to gain after \(counted(report.steps, "step")), in \(time)")
    case .outOfTime: lines.append("the time was over after \(counted(report.steps, "step")), \(time)")
    case .diverged:
      lines.append(
        "diverged at step \(report.steps): the loss is no longer finite; a smaller rate (training.rate) may help. The best "
          + "weights were kept")
    case .interrupted:
      lines.append("interrupted after \(counted(report.steps, "step"))")
      lines.append("continue with: \(resumeCommand)")
      return lines.joined(separator: "\n")
    }
    lines.append(
      "loss \(brief(report.loss, digits: 3)), \(counted(report.parameterCount, "parameter")); without weights:"
    )
    lines.append(
      Table(report.terms.map { [$0.name, brief($0.losses.last ?? .nan, digits: 3)] }).text())
    if !report.parameters.isEmpty { lines += ["found:", Self.table(of: report.parameters)] }
    if let judgement = report.judgement {
      lines.append(CollocationRendering.text(of: judgement, trainingSeconds: report.wallSeconds))
    }
    lines.append("model \(run.folder.model)")
    return lines.joined(separator: "\n")
  }

  /// Errors of network and classical solution, one beside the other.
  static func text(of judgement: CollocationJudgement, trainingSeconds: Double) -> String {
    var lines: [String] = []
    if let error = judgement.relativeL2 {
      var rows = [["", "relative L2 error", "time"]]
      rows.append(["network", brief(error, digits: 3), "\(duration(trainingSeconds)) to train"])
      if judgement.each.count > 1 {
        for (name, error) in judgement.each { rows.append(["  \(name)", brief(error, digits: 3), ""]) }
      }
      if let seconds = judgement.classicalSeconds {
        rows.append([
          "classical: \(judgement.classicalText)",
          judgement.classicalError.map { brief($0, digits: 3) } ?? "unknown", duration(seconds),
        ])
      }
      lines.append(
        "against \(judgement.reference)"
          + (judgement.referenceAccuracy.map { ", itself accurate to \(brief($0, digits: 2))" } ?? "") + ":")
      lines.append(Table(rows).text())
    }
    lines += judgement.remarks
    if let solution = judgement.solution { lines.append("solution \(solution)") }
    return lines.joined(separator: "\n")
  }

  private static func table(of parameters: [FoundParameter]) -> String {
    Table(
      parameters.map { parameter in
        let unit = parameter.unit.map { " \($0)" } ?? ""
        let truth = parameter.exact.map { exact in
          "in truth \(brief(exact, digits: 6)), \(brief(abs(parameter.value - exact) / max(abs(exact), 1e-300) * 100, digits: 2)) % off"
        }
        return ["  \(parameter.name)", brief(parameter.value, digits: 6) + unit, truth ?? ""]
      }
    ).text()
  }

  var oneLine: String {
    report.outcome == .interrupted
      ? "\(folder): interrupted; continue with: \(resumeCommand)"
      : "\(run.folder.model): loss \(brief(report.loss, digits: 3)), error "
        + (report.judgement?.relativeL2.map { brief($0, digits: 3) } ?? "unknown")
  }

  /// The loss and its terms by step.
  var figure: Figure? {
    guard report.history.count > 1 else { return nil }
    let steps = report.history.map { Double($0.step) }
    let curves =
      [Curve(name: "loss", x: steps, y: report.history.map(\.loss))]
      + report.terms.map { Curve(name: $0.name, x: steps, y: $0.losses) }
    return Figure(
      title: "\(run.file.problem.title): \(run.recipe)",
      panels: [
        .history(
          title: "Mean squares of residuals", curves, horizontal: Quantity("step"),
          vertical: Quantity("mean square", isLogarithmic: true))
      ])
  }

  private var json: JSON {
    .object(
      [
        ("problem", .text(run.file.problem.name)), ("recipe", .text(run.recipe)),
        ("outcome", .text(report.outcome.rawValue)), ("steps", .integer(report.steps)),
        ("parameters", .integer(report.parameterCount)), ("loss", .number(report.loss)),
        (
          "terms",
          .object(report.terms.map { ($0.name, .number($0.losses.last ?? .nan)) })
        ),
        (
          "found",
          .list(
            report.parameters.map {
              .object([
                ("name", .text($0.name)), ("value", .number($0.value)),
                ("exact", $0.exact.map { .number($0) } ?? .null),
              ])
            })
        ),
        ("wallSeconds", .number(report.wallSeconds)),
        ("model", report.outcome == .interrupted ? .null : .text(run.folder.model)),
        ("folder", .text(folder)),
      ] + (report.judgement.map(Self.json(of:)) ?? []))
  }

  static func json(of judgement: CollocationJudgement) -> [(String, JSON)] {
    [
      ("relativeL2", judgement.relativeL2.map { .number($0) } ?? .null),
      ("errors", .object(judgement.each.map { ($0.name, .number($0.error)) })),
      ("reference", .text(judgement.reference)),
      ("referenceAccuracy", judgement.referenceAccuracy.map { .number($0) } ?? .null),
      (
        "classical",
        .object([
          ("relativeL2", judgement.classicalError.map { .number($0) } ?? .null),
          ("seconds", judgement.classicalSeconds.map { .number($0) } ?? .null),
          ("method", .text(judgement.classicalText)),
        ])
      ), ("solution", judgement.solution.map { .text($0) } ?? .null),
    ]
  }

  /// Success, median and range over seeds.
  static func comparison(_ trained: [CollocationRendering]) -> String {
    let errors = trained.compactMap(\.report.judgement?.relativeL2).sorted()
    guard errors.count > 1, let first = errors.first, let last = errors.last else { return "" }
    let median =
      errors.count % 2 == 1
      ? errors[errors.count / 2] : (errors[errors.count / 2 - 1] + errors[errors.count / 2]) / 2
    let good = errors.count { $0 < 0.1 }
    return
      "over \(errors.count) seeds: median error \(brief(median, digits: 3)), from \(brief(first, digits: 3)) to "
      + "\(brief(last, digits: 3)); below 10 %: \(good) of \(errors.count)"
  }

  static func json(_ trained: [CollocationRendering]) -> JSON {
    trained.count == 1 ? trained[0].json : .object([("trainings", .list(trained.map(\.json)))])
  }
}

extension Progress {
  init(_ training: CollocationProgress) {
    self.init(
      fraction: Double(training.step) / Double(max(training.stepCount, 1)), count: training.step,
      noun: "step",
      remark: "loss \(brief(training.loss, digits: 3))")
  }
}
