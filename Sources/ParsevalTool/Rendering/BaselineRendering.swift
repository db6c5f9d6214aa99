import Parseval

/// What is said of the baselines beside a learned operator.
struct BaselineRendering {
  let reports: [BaselineReport]

  /// For a table of method, error, time per sample and remark.
  var rows: [[String]] {
    reports.map { report in
      [
        report.name, report.relativeL2.map(percentage) ?? "–", report.secondsPerSample.map(shortTime) ?? "–",
        report.remark,
      ]
    }
  }

  /// Errors by name; null where a baseline does not apply.
  var json: JSON {
    .object(reports.map { ($0.name, $0.relativeL2.map { .number($0) } ?? .null) })
  }
}

/// An error as a percentage.
func percentage(_ error: Double) -> String { "\(brief(100 * error, digits: 3)) %" }

/// A time that may be far below a second.
func shortTime(_ seconds: Double) -> String {
  seconds < 1e-3
    ? "\(brief(seconds * 1e6, digits: 3)) µs"
    : seconds < 1 ? "\(brief(seconds * 1e3, digits: 3)) ms" : duration(seconds)
}
