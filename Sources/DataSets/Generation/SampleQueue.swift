import Exchange
import Synchronization

/// Puts samples that are solved in any order into the file in the order of their numbers.
final class SampleQueue: Sendable {
  private struct State {
    var waiting: [Int: SampleOutcome] = [:]
    /// The number that is solved next.
    var taken: Int
    /// The number that is written next.
    var next: Int
    var samples: Int
    var failures: [FailedSample] = []
    var largestResidual = 0.0
    var error: (any Error)?
    var isStopped = false
  }
  private let state: Mutex<State>
  private nonisolated(unsafe) let writer: DataSetWriter
  private let total: Int
  private let options: GenerationOptions
  /// Numbers that earlier sessions left out.
  private let failedBefore: Int
  private let first: Int

  /// Samples that are tried before their failures are looked at as a whole.
  private static let patience = 20

  /// - Parameters:
  ///   - kept: samples in the file.
  ///   - begin: the number of its first sample.
  ///   - next: the number of the sample that is tried next.
  init(
    writer: DataSetWriter, total: Int, kept: Int, begin: Int, next: Int, options: GenerationOptions
  ) {
    self.writer = writer
    self.total = total
    self.options = options
    failedBefore = next - begin - kept
    first = next
    state = Mutex(State(taken: next, next: next, samples: kept))
  }

  /// The number of a sample that nobody solves yet; `nil` once no further one is to begin.
  func take() -> Int? {
    state.withLock { state in
      guard !state.isStopped else { return nil }
      state.taken += 1
      return state.taken - 1
    }
  }

  /// Takes what became of a sample, and writes all that are ready.
  ///
  /// The file is written inside the lock, by whoever brought what was missing.
  func add(_ outcome: SampleOutcome, number: Int) {
    let progress = state.withLock { state -> GenerationProgress? in
      guard !state.isStopped else { return nil }
      state.waiting[number] = outcome
      let before = state.next
      while !state.isStopped, let ready = state.waiting.removeValue(forKey: state.next) {
        take(ready, &state)
      }
      guard state.next > before else { return nil }
      return GenerationProgress(
        samples: state.samples, total: total, failed: failedBefore + state.failures.count)
    }
    if let progress { options.progress(progress) }
  }

  private func take(_ outcome: SampleOutcome, _ state: inout State) {
    switch outcome {
    case .interrupted:
      state.isStopped = true
      return
    case .rejected(let reason):
      state.failures.append(FailedSample(number: state.next, reason: reason))
      let (failed, tried) = (state.failures.count, state.next + 1 - first)
      if tried >= Self.patience, 2 * failed > tried {
        state.error = DataSetError.tooManyFailures(failed: failed, tried: tried, reason: reason)
        state.isStopped = true
      }
    case .solved(let sample):
      do {
        try writer.append(sample)
        state.samples += 1
        state.largestResidual = max(state.largestResidual, sample.residual)
      } catch {
        state.error = error
        state.isStopped = true
      }
    }
    state.next += 1
  }

  /// Lets no further sample begin.
  func stop() { state.withLock { $0.isStopped = true } }

  var isStopped: Bool { state.withLock { $0.isStopped } }
  var isComplete: Bool { missing == 0 }
  /// Samples that the file lacks.
  var missing: Int { total - state.withLock { $0.samples } }
  var error: (any Error)? { state.withLock { $0.error } }

  var report: GenerationReport {
    state.withLock { state in
      var report = GenerationReport()
      report.samples = state.samples
      report.failures = state.failures
      report.failed = failedBefore + state.failures.count
      report.largestResidual = state.largestResidual
      return report
    }
  }
}
