package import Arrays
import Differentiation
package import Learning

/// A record of a training, for its log and its curves.
package struct CollocationRecord: Sendable, Codable, Hashable {
  /// Steps that were made.
  package var step: Int
  /// Since the training began, earlier sessions included.
  package var seconds: Double
  /// What is made small, with all weights.
  package var loss: Double
  /// The mean square of every relation of every term, without weights.
  package var terms: [[Double]]
  package var evaluations: Int
}

/// How a collocation training ended.
package enum CollocationOutcome: Sendable, Hashable {
  case completed
  /// Nothing more was to be gained.
  case stalled(step: Int)
  case outOfTime(step: Int)
  case interrupted
  case diverged(step: Int)
}

/// Trains a function on a collocation system.
package final class CollocationTrainer<Scalar: LearningScalar> {
  package let system: CollocationSystem<Scalar>
  package let method: any CollocationMethod
  package private(set) var step = 0
  package private(set) var history: [CollocationRecord] = []
  /// Moves the points of the equations; they stay if `nil`.
  package var sampler: (any Sampler)?
  private var probe: CollocationProbe<Scalar>?
  private let workers: Workers
  package var stepCount: Int
  package var seconds: Double?
  package var shouldStop: () -> Bool = { false }
  package var recorded: (CollocationRecord) -> Void = { _ in }
  /// Told of every step: its number, its loss.
  package var progress: (Int, Double) -> Void = { _, _ in }
  /// Seconds of earlier sessions.
  package var earlierSeconds = 0.0
  /// Steps between two records.
  package var interval: Int
  private var evaluations = 0
  private var best: (loss: Double, values: [Scalar])?

  package init(
    _ system: CollocationSystem<Scalar>, _ method: any CollocationMethod, steps: Int, seconds: Double?,
    workers: Workers
  ) {
    self.system = system
    self.workers = workers
    self.method = method
    stepCount = steps
    self.seconds = seconds
    interval = max(1, steps / 200)
  }

  private var values: UnsafeMutableBufferPointer<Scalar> { system.store.values.buffer }

  /// Makes all steps, or as many as there is time for.
  ///
  /// - Throws: `SamplingError` where a sampler finds no points.
  package func run() throws -> CollocationOutcome {
    let clock = ContinuousClock()
    let start = clock.now
    func elapsed() -> Double { earlierSeconds + (clock.now - start) / .seconds(1) }
    best = (.infinity, Array(values))
    if step == 0 { record(loss: system.total(system.losses()), seconds: elapsed()) }
    var outcome = CollocationOutcome.completed
    while step < stepCount {
      if shouldStop() { return .interrupted }
      if let seconds, elapsed() >= seconds {
        outcome = .outOfTime(step: step)
        break
      }
      let made = method.step(step)
      step += 1
      evaluations += made.evaluations
      guard made.loss.isFinite, values.allSatisfy(\.isFinite) else {
        restoreBest()
        return .diverged(step: step)
      }
      try movePoints()
      if made.loss < best?.loss ?? .infinity, step % interval == 0 { best = (made.loss, Array(values)) }
      progress(step, made.loss)
      if step % interval == 0 || step == stepCount { record(loss: made.loss, seconds: elapsed()) }
      if made.isStalled {
        outcome = .stalled(step: step)
        break
      }
    }
    if history.last?.step != step { record(loss: system.total(system.losses()), seconds: elapsed()) }
    return outcome
  }

  /// Lets the sampler move the points of the equations.
  private func movePoints() throws {
    guard let sampler, let term = system.terms.first(where: { $0.description.kind == .equations }) else {
      return
    }
    if probe == nil {
      probe = try CollocationProbe(
        term.description, system.ansatz, store: system.store, tile: term.points.tile, workers: workers)
    }
    guard let probe else { return }
    var cloud = term.points.cloud
    let residuals = UnsafeBufferPointer(start: term.sizes.baseAddress, count: cloud.count)
    if try sampler.update(&cloud, residuals: residuals, step: step - 1, probe: probe) { term.set(cloud) }
  }

  private func restoreBest() {
    guard let best else { return }
    _ = values.update(fromContentsOf: best.values)
  }

  private func record(loss: Double, seconds: Double) {
    let record = CollocationRecord(
      step: step, seconds: seconds, loss: loss, terms: system.losses(), evaluations: evaluations)
    history.append(record)
    recorded(record)
  }

  /// Continues where a saved training stood.
  package func restore(step: Int, history: [CollocationRecord]) {
    self.step = step
    self.history = history
    earlierSeconds = history.last?.seconds ?? 0
    evaluations = history.last?.evaluations ?? 0
  }
}
