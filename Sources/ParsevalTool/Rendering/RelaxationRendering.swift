import Parseval

/// What a run says of the relaxation that it learned.
struct RelaxationRendering {
  private let solver: RelaxedSequenceSolver
  private let record: RelaxationRecord
  /// What the policy is measured by, where that was asked for.
  private let baselines: RelaxationBaselines?

  init(_ solver: RelaxedSequenceSolver) {
    self.solver = solver
    record = solver.record
    baselines = solver.baselines
  }

  /// How the policy did, in one line; `nil` where there is nothing to measure it by.
  var text: String? {
    guard let baselines else { return nil }
    return "\(record.totalCost) iterations; the best fixed ω, \(brief(bestFixed(baselines))), takes "
      + "\(fixedCost(baselines)), the best ω of every system \(baselines.instanceOptimum)"
  }

  var json: JSON {
    var entries: [(String, JSON)] = [
      ("solves", .integer(record.costs.count)), ("iterations", .integer(record.totalCost)),
      ("solveSeconds", .number(record.solveSeconds)), ("learningSeconds", .number(record.learningSeconds)),
      ("relaxations", .list(record.relaxations.map { .number($0) })),
      ("costs", .list(record.costs.map { .integer($0) })),
      ("contexts", .list(solver.choices.map { .number($0.context) })),
    ]
    if let baselines {
      entries += [
        ("candidates", .list(baselines.candidates.map { .number($0) })),
        ("candidateIterations", .list(baselines.totals.map { .integer($0) })),
        ("bestFixed", .number(bestFixed(baselines))),
        ("bestFixedIterations", .integer(fixedCost(baselines))),
        ("instanceOptimalIterations", .integer(baselines.instanceOptimum)),
        ("regretAgainstBestFixed", .integer(record.totalCost - fixedCost(baselines))),
        ("regretAgainstInstanceOptimum", .integer(record.totalCost - baselines.instanceOptimum)),
      ]
    }
    return .object(entries)
  }

  /// The regret as it grows, beside the choices and the best ones; `nil` where nothing was measured.
  func figure(title: String) -> Figure? {
    guard let baselines else { return nil }
    let systems = record.costs.indices.map { Double($0 + 1) }
    func regret(_ name: String, _ values: [Int]) -> Curve {
      Curve(name: name, x: systems, y: values.map(Double.init))
    }
    let best = baselines.costs.map { costs in
      baselines.candidates[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
    }
    return Figure(
      title: "\(title): ω chosen by \(record.policy)",
      panels: [
        .history(
          title: "Regret",
          [
            regret(
              "against the fixed \(brief(bestFixed(baselines)))", record.regretAgainstBestFixed(baselines)),
            regret("against the best of each", record.regretAgainstInstanceOptimum(baselines)),
          ], horizontal: Quantity("system"), vertical: Quantity("iterations more")),
        .history(
          title: "Choices",
          [
            Curve(name: record.policy, x: systems, y: record.relaxations, style: .points),
            Curve(name: "the best of each", x: systems, y: best, style: .points),
          ], horizontal: Quantity("system"), vertical: Quantity("ω")),
      ])
  }

  private func bestFixed(_ baselines: RelaxationBaselines) -> Double {
    baselines.candidates[baselines.bestFixed]
  }

  private func fixedCost(_ baselines: RelaxationBaselines) -> Int { baselines.totals[baselines.bestFixed] }
}
