import Arrays
import Exchange
import Glibc
import Spectral

/// What a run from record to record needs to know of the system that is stepped.
package protocol EvolvedSystem: AnyObject {
  func makeVector() -> StateVector
  /// Whether every number of the state is finite.
  func isFinite(_ state: StateVector) -> Bool
  /// The name of an unknown that has become infinite or undefined.
  func nameOfNotFinite(_ state: StateVector) -> String
  /// How fast what limits the first step changes the state, relative to it.
  func rate(of state: StateVector, time: Double) -> Double
  /// About the largest step that explicit methods bear.
  var explicitStepLimit: Double { get }
}

/// Steps from record to record: errors, refusals, the finite check, checkpoints.
package struct EvolutionRun {
  private let system: any EvolvedSystem
  private let stepper: any TimeStepper
  private let method: MethodChoice
  private let times: RecordTimes
  private let options: SimulationOptions
  private var controller: StepController
  /// The record that is being stepped to; records before it are made.
  private var nextRecord = 0
  package private(set) var steps = 0
  package private(set) var refusedSteps = 0
  package private(set) var time: Double
  /// The states of the last steps, where the residual is asked for.
  package let recentStates: RecentStates?
  private let lastGood: StateVector
  private var lastGoodTime: Double
  private var checkpointPacer = CheckpointPacer()

  /// Steps between two looks at whether the state is finite.
  private static let checkInterval = 16

  package init(
    system: any EvolvedSystem, stepper: any TimeStepper, method: MethodChoice, times: RecordTimes,
    options: SimulationOptions
  ) {
    self.system = system
    self.stepper = stepper
    self.method = method
    self.times = times
    self.options = options
    controller = method.controller(interval: times.interval, startLevel: 0)
    time = times.start
    lastGoodTime = times.start
    lastGood = system.makeVector()
    recentStates = options.measuresResidual ? RecentStates(makeVector: system.makeVector) : nil
  }

  /// The last state that was found to be finite.
  package var lastGoodState: StateVector { lastGood }

  /// A first step in which the state changes by a few per cent.
  package mutating func chooseFirstStep() {
    guard method.tolerance != nil else { return }
    let rate = system.rate(of: stepper.state, time: time)
    var level = 2
    while level < 20 && rate.isFinite && rate * times.interval / Double(1 << level) > 0.05 { level += 1 }
    controller = method.controller(interval: times.interval, startLevel: level)
  }

  /// Steps to the end.
  ///
  /// - Parameters:
  ///   - record: keeps the state as a record with its number.
  ///   - checkpointExtras: what else a checkpoint holds.
  package mutating func advance(
    record: (Int, Double) throws -> Void, checkpointExtras: () -> CheckpointExtras
  ) throws -> Outcome {
    if nextRecord == 0 {
      keepAsGood()
      guard system.isFinite(stepper.state) else { return notFinite(step: 0) }
      try record(0, times.start)
      recentStates?.add(stepper.state, time: times.start)
      nextRecord = 1
      controller.startInterval()
    }
    while nextRecord < times.count {
      let interval = times.interval(before: nextRecord)
      let start = times.time(of: nextRecord - 1)
      if controller.position == 0, nextRecord > 1, interval != times.interval(before: nextRecord - 1) {
        // A last interval of another length has other steps; a resumed run would not notice by itself.
        stepper.reset()
      }
      while !controller.isAtRecord {
        if options.shouldStop() {
          try writeCheckpoint(checkpointExtras())
          return .interrupted(time: time)
        }
        let step = controller.step(interval: interval)
        let error = stepper.attempt(
          from: time, step: step, errorOver: method.tolerance == nil ? nil : interval)
        switch controller.decide(error: error) {
        case .accept:
          stepper.accept()
          steps += 1
          time = controller.time(start: start, interval: interval)
          recentStates?.add(stepper.state, time: time)
          if steps % Self.checkInterval == 0 {
            guard system.isFinite(stepper.state) else { return notFinite(step: step) }
            keepAsGood()
            if checkpointPacer.isOverdue { try writeCheckpoint(checkpointExtras()) }
          }
          options.progress(
            SimulationProgress(time: time, start: times.start, end: times.end, step: step, steps: steps))
        case .retry:
          refusedSteps += 1
        case .giveUp:
          if error.isFinite { return .stepTooSmall(time: time, step: step) }
          return notFinite(step: step)
        }
      }
      time = times.time(of: nextRecord)
      guard system.isFinite(stepper.state) else {
        return notFinite(step: controller.step(interval: interval))
      }
      keepAsGood()
      try record(nextRecord, time)
      nextRecord += 1
      controller.startInterval()
      if nextRecord < times.count, checkpointPacer.isDue { try writeCheckpoint(checkpointExtras()) }
    }
    return .completed
  }

  private mutating func keepAsGood() {
    lastGood.baseAddress.update(from: stepper.state.baseAddress, count: lastGood.count)
    lastGoodTime = time
  }

  private mutating func notFinite(step: Double) -> Outcome {
    let found = time
    time = lastGoodTime
    return .notFinite(
      unknown: system.nameOfNotFinite(stepper.state), step: steps, time: found,
      suggestedStep: suggestion(insteadOf: step))
  }

  /// A quarter of a step that failed, and for explicit methods what the linear part allows.
  private func suggestion(insteadOf step: Double) -> Double {
    guard !method.stepper.isLinearPartImplicit else { return step / 4 }
    let limit = system.explicitStepLimit
    guard limit < step / 4, limit > 0 else { return step / 4 }
    let digit = pow(10, log10(limit).rounded(.down))
    return (limit / digit).rounded(.down) * digit
  }

  private mutating func writeCheckpoint(_ extras: CheckpointExtras) throws {
    guard let path = options.checkpointPath else { return }
    let checkpoint = RunCheckpoint(
      problemHash: options.problemHash, nextRecord: nextRecord, controller: controller, steps: steps,
      refusedSteps: refusedSteps, filledHistory: stepper.filledHistory, state: stepper.state.elements,
      history: stepper.history.map(\.elements), comparisonSums: extras.sums, quantities: extras.quantities,
      solver: extras.solver, wisdom: options.planning == .measure ? FFTWLibrary.wisdom : nil)
    try checkpointPacer.time { try checkpoint.write(to: path) }
  }

  /// Takes up a run where a checkpoint left it.
  package mutating func restore(_ checkpoint: RunCheckpoint) throws {
    guard checkpoint.problemHash == options.problemHash else {
      throw SimulationError.changedProblem("its text, or an override, is another")
    }
    guard checkpoint.state.count == stepper.state.count,
      checkpoint.history.count == stepper.history.count,
      zip(checkpoint.history, stepper.history).allSatisfy({ $0.count == $1.count }),
      (1...times.count).contains(checkpoint.nextRecord), checkpoint.controller.mode == controller.mode,
      checkpoint.controller.isConsistent
    else { throw SimulationError.changedProblem("resolution, method or output times are others") }
    _ = stepper.state.buffer.update(fromContentsOf: checkpoint.state)
    for (vector, values) in zip(stepper.history, checkpoint.history) {
      _ = vector.buffer.update(fromContentsOf: values)
    }
    stepper.filledHistory = checkpoint.filledHistory
    controller = checkpoint.controller
    nextRecord = checkpoint.nextRecord
    steps = checkpoint.steps
    refusedSteps = checkpoint.refusedSteps
    if nextRecord < times.count {
      time = controller.time(
        start: times.time(of: nextRecord - 1), interval: times.interval(before: nextRecord))
    } else {
      time = times.end
    }
    keepAsGood()
  }
}

extension AlignedStorage<Double> {
  /// The numbers, copied.
  package var elements: [Double] { Array(buffer) }
}

/// Keeps checkpoints to a small part of the run's time.
private struct CheckpointPacer {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant?
  private var cost = Duration.zero
  private let begin = ContinuousClock().now

  var isDue: Bool {
    guard let last else { return true }
    return clock.now - last >= cost * 20
  }

  /// Whether so much time has passed that the next record should not be waited for.
  var isOverdue: Bool { clock.now - (last ?? begin) >= max(.seconds(30), cost * 20) }

  mutating func time(_ body: () throws -> Void) rethrows {
    let start = clock.now
    try body()
    last = clock.now
    cost = clock.now - start
  }
}
