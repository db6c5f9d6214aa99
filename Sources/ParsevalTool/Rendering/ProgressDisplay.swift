import Parseval
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// How far long work has come.
struct Progress: Sendable {
  /// From 0 to 1.
  var fraction: Double
  /// Where it is, in words; empty if the fraction says enough.
  var position = ""
  /// What is done one after the other, and how many of it are.
  var count: Int
  var noun: String
  /// What else should be known.
  var remark = ""
}

extension Progress {
  /// How far a run has come.
  init(_ run: SimulationProgress) {
    self.init(
      fraction: min(max((run.time - run.start) / (run.end - run.start), 0), 1),
      position: "t = \(brief(run.time, digits: 4)) of \(brief(run.end, digits: 4))", count: run.steps,
      noun: "step")
  }
}

/// Shows on standard error how far long work has come: a bar on a terminal, a line now and then elsewhere.
final class ProgressDisplay: Sendable {
  private struct State {
    var begin: ContinuousClock.Instant
    var last: ContinuousClock.Instant
    /// Where this process took up the work.
    var first: Progress?
    var isBarShown = false
  }
  private let state: Mutex<State>
  private let clock = ContinuousClock()
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let width = 28

  /// - Parameter first: where the work is taken up; where the first news find it unless given.
  init(from first: Progress? = nil) {
    let now = ContinuousClock().now
    state = Mutex(State(begin: now, last: now, first: first))
  }

  /// Takes note of the progress; cheap enough to be called after each step.
  func update(_ progress: @autoclosure () -> Progress) {
    state.withLock { state in
      let now = clock.now
      if state.first == nil { state.first = progress() }
      guard now - state.last >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
      state.last = now
      Console.write(line(progress(), state, elapsed: now - state.begin))
      state.isBarShown = isTerminal
    }
  }

  /// Removes the bar.
  func finish() {
    state.withLock { state in
      if state.isBarShown { Console.write("\r\u{1B}[K") }
      state.isBarShown = false
    }
  }

  private func line(_ progress: Progress, _ state: State, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    let fraction = progress.fraction
    let begun = state.first?.fraction ?? 0
    let done = progress.count - (state.first?.count ?? 0)
    var words = ["\(Int(fraction * 100)) %"]
    if !progress.position.isEmpty { words.append(progress.position) }
    words.append(counted(progress.count, progress.noun))
    words.append("\(brief(Double(done) / max(seconds, 1e-9))) per second")
    if fraction > begun { words.append("\(duration(seconds * (1 - fraction) / (fraction - begun))) left") }
    if !progress.remark.isEmpty { words.append(progress.remark) }
    let text = words.joined(separator: ", ")
    guard isTerminal else { return text + "\n" }
    let filled = Int(fraction * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\r\(bar) \(text)\u{1B}[K"
  }
}
