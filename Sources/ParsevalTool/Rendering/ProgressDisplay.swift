import Parseval
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Shows on standard error how far a run has come: a bar on a terminal, a line now and then elsewhere.
final class ProgressDisplay: Sendable {
  private struct State {
    var begin: ContinuousClock.Instant
    var last: ContinuousClock.Instant
    /// Where this process took up the run.
    var first: SimulationProgress?
    var isBarShown = false
  }
  private let state: Mutex<State>
  private let clock = ContinuousClock()
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let width = 28

  init() {
    let now = ContinuousClock().now
    state = Mutex(State(begin: now, last: now))
  }

  /// Takes note of a step; cheap enough to be called after each.
  func update(_ progress: SimulationProgress) {
    state.withLock { state in
      let now = clock.now
      if state.first == nil { state.first = progress }
      guard now - state.last >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
      state.last = now
      Console.write(line(progress, state, elapsed: now - state.begin))
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

  private func line(_ progress: SimulationProgress, _ state: State, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    let fraction = min(max((progress.time - progress.start) / (progress.end - progress.start), 0), 1)
    let begun = state.first.map { ($0.time - $0.start) / ($0.end - $0.start) } ?? 0
    let steps = progress.steps - (state.first?.steps ?? 0)
    var words = [
      "\(Int(fraction * 100)) %",
      "t = \(brief(progress.time, digits: 4)) of \(brief(progress.end, digits: 4))",
      counted(progress.steps, "step"), "\(brief(Double(steps) / max(seconds, 1e-9))) per second",
    ]
    if fraction > begun { words.append("\(duration(seconds * (1 - fraction) / (fraction - begun))) left") }
    let text = words.joined(separator: ", ")
    guard isTerminal else { return text + "\n" }
    let filled = Int(fraction * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\r\(bar) \(text)\u{1B}[K"
  }
}
