import Parseval

/// What `evaluate` says of a model.
struct EvaluateReport {
  private let evaluation: Evaluation
  private let report: EvaluationReport
  /// Pictures that were drawn.
  var written: [String] = []

  init(_ evaluation: Evaluation, _ report: EvaluationReport) {
    self.evaluation = evaluation
    self.report = report
  }

  private var header: ModelHeader { evaluation.model.header }

  /// What is judged.
  private var name: String {
    report.members.isEmpty
      ? header.architecture : "the mean of \(report.members.count) networks (\(header.architecture))"
  }

  private func grid(_ points: [Int]) -> String { points.map { "\($0)" }.joined(separator: "×") }

  var oneLine: String {
    "\(evaluation.folder.path): \(percentage(report.relativeL2)) on \(counted(report.samples, "sample"))"
  }

  var summary: String {
    var lines = [
      "\(evaluation.file.problem.title), recipe \(header.recipe): \(name) on "
        + counted(report.samples, "test sample")
        + " of \(grid(Array(report.target.shape.dropFirst().dropLast()))) points",
      "",
    ]
    var rows = [["method", "relative L2 error", "time per sample", ""]]
    rows.append(
      [
        header.architecture, percentage(report.relativeL2), shortTime(report.secondsPerSample),
        "\(shortTime(report.secondsForOne)) for one alone",
      ])
    for member in report.members {
      rows.append(["  \(member.folder) alone", percentage(member.relativeL2), "", ""])
    }
    for resolution in report.resolutions {
      let dropped = resolution.droppedModes > 0 ? "\(resolution.droppedModes) modes are beyond this grid" : ""
      rows.append(["  on \(grid(resolution.grid)) points", percentage(resolution.relativeL2), "", dropped])
    }
    if report.isOnAnotherGrid { rows.append(["baselines", "", "", "belong to the grid of the training"]) }
    if report.leftOut > 0 {
      rows.append([
        "left out", "", "", "\(counted(report.leftOut, "test sample")) that the model has learned from",
      ])
    }
    rows += BaselineRendering(reports: report.baselines).rows
    if let solver = report.solverSecondsPerSample {
      rows.append(["solver", "the reference", shortTime(solver), "on one thread, when the data were made"])
    }
    lines.append(Table(rows).text())
    lines.append("")
    lines.append(
      "worst sample \(percentage(report.errors.max() ?? 0)), median \(percentage(median(report.errors)))")
    let metrics = report.metrics.filter { $0.name != "relativeL2" && !$0.value.isNaN }
    lines.append(metrics.map { "\($0.name) \(brief($0.value, digits: 3))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return .object([
      ("problem", .text(header.problem)), ("recipe", .text(header.recipe)),
      ("model", report.members.isEmpty ? .text(evaluation.folder.model) : .null),
      ("samples", .integer(report.samples)), ("leftOut", .integer(report.leftOut)),
      ("relativeL2", .number(report.relativeL2)),
      (
        "members",
        .list(
          report.members.map {
            .object([("folder", .text($0.folder)), ("relativeL2", .number($0.relativeL2))])
          })
      ),
      (
        "resolutions",
        .list(
          report.resolutions.map {
            .object([
              ("resolution", .integer($0.grid[0])), ("grid", .list($0.grid.map { .integer($0) })),
              ("relativeL2", .number($0.relativeL2)),
              ("droppedModes", .integer($0.droppedModes)),
            ])
          })
      ),
      ("baselines", BaselineRendering(reports: report.baselines).json),
      ("secondsPerSample", .number(report.secondsPerSample)),
      ("secondsForOne", .number(report.secondsForOne)),
      ("solverSecondsPerSample", number(report.solverSecondsPerSample)),
      ("metrics", .object(report.metrics.map { ($0.name, .number($0.value)) })),
      ("errorSpectrum", .list(report.errorSpectrum.map { .number($0) })),
      ("targetSpectrum", .list(report.targetSpectrum.map { .number($0) })),
      ("sampleNumbers", .list(report.sampleNumbers.map { .integer($0) })),
      ("errors", .list(report.errors.map { .number($0) })), ("pictures", .list(written.map { .text($0) })),
    ])
  }

  // MARK: Pictures

  /// The most channels of a sample that are drawn.
  private static let channelLimit = 4
  private static let sampleLimit = 3

  /// The worst samples, and the errors of all.
  func figures() throws -> [(name: String, figure: Figure)] {
    let order = report.errors.indices.sorted { report.errors[$0] > report.errors[$1] }
    var panels: [Panel] = []
    for sample in order.prefix(Self.sampleLimit) { panels += try self.panels(sample) }
    let ranks = order.indices.map { Double($0 + 1) }
    let errors = Panel.history(
      title: "Errors of the test samples",
      [Curve(name: header.architecture, x: ranks, y: order.map { report.errors[$0] }, style: .points)],
      horizontal: Quantity("rank"), vertical: Quantity("relative L2 error", isLogarithmic: true))
    let shells = report.errorSpectrum.indices.map { Double($0) }
    let spectra = Panel.history(
      title: "Spectra, means over the test samples",
      [
        Curve(name: "target", x: shells, y: report.targetSpectrum),
        Curve(name: "error of \(header.architecture)", x: shells, y: report.errorSpectrum),
      ],
      horizontal: Quantity("wavenumber |k|"), vertical: Quantity("amplitude", isLogarithmic: true))
    let title = evaluation.file.problem.title
    let worst = Figure(title: "\(title): worst samples", panels: panels, columns: 3)
    // Of three dimensions there is no picture.
    return (panels.isEmpty ? [] : [("worst", worst)])
      + [("errors", Figure(title: "\(title): \(header.recipe)", panels: [errors, spectra], columns: 2))]
  }

  /// Target, prediction and their difference, at the last channel.
  private func panels(_ sample: Int) throws -> [Panel] {
    let shape = Array(report.target.shape.dropFirst())
    let (space, channels) = (Array(shape.dropLast()), shape.last ?? 1)
    let points = space.reduce(1, *)
    func field(_ array: NDArray<Float>) -> [Double] {
      (0..<points).map { Double(array[flat: (sample * points + $0) * channels + channels - 1]) }
    }
    let (target, prediction) = (field(report.target), field(report.predicted))
    let axes = space.indices.map { axis -> PlotAxis in
      let known =
        axis < evaluation.file.problem.domain.axes.count ? evaluation.file.problem.domain.axes[axis] : nil
      let (lower, upper) = (known?.lower ?? 0, known?.upper ?? 1)
      let isPeriodic = known?.isPeriodic ?? false
      let count = Double(space[axis])
      return PlotAxis(
        name: axis < header.axes.count ? header.axes[axis] : "x\(axis + 1)",
        coordinates: (0..<space[axis]).map {
          lower + (upper - lower) * (Double($0) + (isPeriodic ? 0 : 0.5)) / count
        }, interval: lower...upper, isPeriodic: isPeriodic)
    }
    let name = header.outputs.last ?? "output"
    func series(_ name: String, _ values: [Double]) -> FieldSeries {
      FieldSeries(name: name, times: [], axes: axes, values: NDArray(shape: space, values))
    }
    let title = "sample \(report.sampleNumbers[sample]), \(percentage(report.errors[sample]))"
    let difference = zip(prediction, target).map { $0 - $1 }
    guard space.count == 2 else {
      guard space.count == 1 else { return [] }
      let x = axes[0].coordinates
      return [
        Panel.history(
          title: title,
          [Curve(name: "target", x: x, y: target), Curve(name: "prediction", x: x, y: prediction)],
          horizontal: Quantity(axes[0].name), vertical: Quantity(name))
      ]
    }
    // What is beyond all numbers has no colour.
    let both = (target + prediction).filter(\.isFinite)
    let range = (both.min() ?? 0)...max(both.max() ?? 1, (both.min() ?? 0) + 1e-30)
    var panels = [
      try Panel.map(series(name, target), at: 0, range: range),
      try Panel.map(series("prediction", prediction), at: 0, range: range),
      try Panel.map(series("difference", difference), at: 0),
    ]
    panels[0].title = title
    panels[1].title = "prediction"
    panels[2].title = "difference"
    return panels
  }
}
