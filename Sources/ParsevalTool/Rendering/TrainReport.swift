import Parseval

/// What `train` says of a training, before and after.
struct TrainReport {
  private let run: TrainingRun
  var report = TrainingReport()
  var folder: String { run.folder.path }
  /// The folder of the series that it belongs to.
  var series: String?

  init(_ run: TrainingRun) { self.run = run }

  private var options: TrainingOptions { run.trainer.options }

  /// What is trained on what.
  var introduction: String {
    let header = run.header
    let grid = header.data.grid.map { "\($0)" }.joined(separator: "×")
    let lines = [
      "\(run.file.problem.title), recipe \(run.recipe): \(header.architecture) with "
        + "\(run.trainer.store.layout.count) parameters on \(grid) points",
      "from \(listed(header.inputs)) to \(listed(header.outputs))",
      "\(counted(options.epochs, "epoch")) of \(counted(run.trainer.stepsPerEpoch, "step")), batch "
        + "\(options.batchSize), \(options.optimizer.name), seed \(options.seed)",
    ]
    return lines.joined(separator: "\n")
      + (run.resumedEpochs > 0 ? "\nresumed after \(counted(run.resumedEpochs, "epoch"))" : "")
  }

  private func listed(_ names: [String]) -> String {
    names.count <= 4
      ? names.joined(separator: ", ") : "\(names[0]), …, \(names[names.count - 1]) (\(names.count) channels)"
  }

  private func percent(_ error: Double?) -> String {
    error.map(percentage) ?? "unknown"
  }

  var summary: String {
    var lines: [String] = []
    switch report.outcome {
    case .completed: lines.append("trained in \(duration(report.wallSeconds))")
    case .stoppedEarly(let epoch):
      lines.append(
        "stopped after epoch \(epoch), in \(duration(report.wallSeconds)): the validation error has not fallen for "
          + "\(options.patience ?? 0)")
    case .interrupted:
      lines.append("interrupted after step \(report.steps) of \(run.trainer.stepCount)")
      lines.append("continue with: \(resumeCommand)")
      return lines.joined(separator: "\n")
    case .diverged(let step, let loss):
      lines.append(
        "diverged at step \(step): the loss became \(brief(loss)); "
          + (report.history.isEmpty
            ? "no epoch had ended, and the weights are those of the beginning" : "the best weights were kept")
      )
      lines.append("a smaller rate (training.rate) or a limit for gradients (training.clip=1) may help")
    }
    lines.append(
      "relative L2 error: training \(percent(report.trainingError)), validation \(percent(report.validationError)), "
        + "test \(percent(report.testError))")
    if !report.baselines.isEmpty {
      lines.append("beside it, on the test split:")
      lines.append(Table(BaselineRendering(reports: report.baselines).rows).text())
    }
    lines.append("model \(run.folder.model)")
    if !report.history.isEmpty { lines.append("curves \(run.folder.curves)") }
    return lines.joined(separator: "\n")
  }

  var oneLine: String {
    report.outcome == .interrupted
      ? "\(folder): interrupted; continue with: \(resumeCommand)"
      : "\(run.folder.model): validation \(percent(report.validationError)), test \(percent(report.testError))"
  }

  private var resumeCommand: String { "parseval train --resume \(shellQuoted(series ?? folder))" }

  /// Errors by epoch; `nil` before the first one ended.
  var figure: Figure? {
    guard !report.history.isEmpty else { return nil }
    let epochs = report.history.map { Double($0.epoch) }
    var curves = [Curve(name: "training, \(run.lossName)", x: epochs, y: report.history.map(\.loss))]
    if report.history.contains(where: { $0.validationError != nil }) {
      curves.append(
        Curve(
          name: "validation, relative-l2", x: epochs, y: report.history.map { $0.validationError ?? .nan }))
    }
    return Figure(
      title: "\(run.file.problem.title): \(run.recipe)",
      panels: [
        .history(
          title: "Errors", curves, horizontal: Quantity("epoch"),
          vertical: Quantity("error", isLogarithmic: true)),
        .history(
          title: "Learning rate", [Curve(name: "rate", x: epochs, y: report.history.map(\.rate))],
          horizontal: Quantity("epoch"), vertical: Quantity("rate")),
      ])
  }

  /// Mean and spread over seeds.
  static func comparison(_ trained: [TrainReport]) -> String {
    let errors = trained.compactMap(\.report.testError)
    guard errors.count > 1 else { return "" }
    let mean = errors.reduce(0, +) / Double(errors.count)
    let spread =
      (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count - 1)).squareRoot()
    return
      "over \(errors.count) seeds: test error \(brief(100 * mean, digits: 3)) ± \(brief(100 * spread, digits: 2)) %"
  }

  private var json: JSON {
    .object([
      ("problem", .text(run.file.problem.name)), ("recipe", .text(run.recipe)),
      ("outcome", .text(outcomeName)),
      ("steps", .integer(report.steps)), ("epochs", .integer(report.history.count)),
      ("parameters", .integer(report.parameterCount)),
      ("trainingError", report.trainingError.map { .number($0) } ?? .null),
      ("validationError", report.validationError.map { .number($0) } ?? .null),
      ("testError", report.testError.map { .number($0) } ?? .null), ("seed", .integer(Int(options.seed))),
      ("baselines", BaselineRendering(reports: report.baselines).json),
      ("wallSeconds", .number(report.wallSeconds)),
      ("model", report.outcome == .interrupted ? .null : .text(run.folder.model)),
      ("folder", .text(folder)),
    ])
  }

  private var outcomeName: String {
    switch report.outcome {
    case .completed: "completed"
    case .stoppedEarly: "stoppedEarly"
    case .interrupted: "interrupted"
    case .diverged: "diverged"
    }
  }

  /// One training, or a list of them.
  static func json(_ trained: [TrainReport]) -> JSON {
    trained.count == 1 ? trained[0].json : .object([("trainings", .list(trained.map(\.json)))])
  }
}

extension Progress {
  /// How far a training has come.
  init(_ training: TrainingProgress) {
    var remark = "loss \(brief(training.loss, digits: 3))"
    if let error = training.validationError { remark += ", validation \(brief(error, digits: 3))" }
    self.init(
      fraction: Double(training.step) / Double(max(training.stepCount, 1)),
      position: "epoch \(training.epoch) of \(training.epochCount)", count: training.step, noun: "step",
      remark: remark)
  }
}
