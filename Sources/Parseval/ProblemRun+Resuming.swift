import Exchange
import Glibc
public import ProblemFiles
import Simulation

extension ProblemRun {
  /// Continues a run that was stopped, bit for bit; from the start if it was stopped before its first
  /// checkpoint.
  ///
  /// The problem comes from the provenance in the output. The file that the run began with is looked at
  /// only to see whether it is still the same, where it exists.
  ///
  /// - Parameters:
  ///   - output: the output of the stopped run.
  ///   - path: the problem file that the caller means, if it is not the one that the run began with.
  ///   - overrides: changes that the caller means, beyond those that the run began with.
  ///   - reader: reads the problem's text.
  ///   - options: threads, planning, what is done beside the run.
  /// - Throws: `SimulationError.changedProblem` if the problem is another by now; `ExchangeError` if the output
  ///   cannot be read or its run has ended; `ProblemFileError`.
  public convenience init(
    resuming output: String, problem path: String? = nil, overrides: [String] = [],
    reader: ProblemFileReader = .standard, options: RunOptions = RunOptions()
  ) throws {
    let source = try NetCDFReader(path: output)
    let provenance = try Provenance(schema: source.schema, path: output)
    let checkpointPath = Checkpoint.path(besideOutput: output)
    let hasCheckpoint = access(checkpointPath, F_OK) == 0
    guard hasCheckpoint || provenance.wallSeconds == 0 else {
      throw ExchangeError(
        path: output, kind: .mismatch, reason: "this run has ended; there is nothing to resume")
    }
    let present = path ?? provenance.problemFile
    if path != nil || (!present.isEmpty && access(present, R_OK) == 0) {
      let text = try reader.read(file: present, overrides: provenance.overrides + overrides).resolvedText
      guard text == provenance.problem else {
        throw SimulationError.changedProblem(
          changes(from: provenance.problem, to: text).prefix(3).joined(separator: "; "))
      }
    }
    let file = try reader.read(text: provenance.problem, file: output)
    let checkpoint = hasCheckpoint ? try RunCheckpoint(path: checkpointPath) : nil
    try self.init(file, provenance, checkpoint: checkpoint, output: output, options: options)
  }
}

/// What differs between two resolved problem texts, as `parameters.nu is 0.02, and was 0.01`.
private func changes(from old: String, to new: String) -> [String] {
  let (before, after) = (entries(of: old), entries(of: new))
  var result: [String] = []
  for entry in after {
    let was = before.first { $0.path == entry.path }
    if let was, was.value == entry.value { continue }
    result.append("\(entry.path) is \(entry.value), and was \(was?.value ?? "not given")")
  }
  for entry in before where !after.contains(where: { $0.path == entry.path }) {
    result.append("\(entry.path) is not given, and was \(entry.value)")
  }
  return result
}

/// The lines of a resolved text, which has sections and below them one entry per line.
private func entries(of text: String) -> [(path: String, value: String)] {
  var result: [(path: String, value: String)] = []
  var section = ""
  var index = 0
  for line in text.split(separator: "\n") {
    if line.hasPrefix("  - ") {
      result.append(("\(section).\(index)", String(line.dropFirst(4))))
      index += 1
      continue
    }
    let isEntry = line.hasPrefix("  ")
    let words = line.drop { $0 == " " }
    guard let colon = words.firstRange(of: ":") else { continue }
    let key = String(words[..<colon.lowerBound])
    let value = String(words[colon.upperBound...].drop { $0 == " " })
    if isEntry {
      result.append(("\(section).\(key)", value))
    } else {
      (section, index) = (key, 0)
      if !value.isEmpty { result.append((key, value)) }
    }
  }
  return result
}
