import Arrays
import Differentiation
import Exchange
import Foundation
import Learning
import Synchronization
import TestSupport
import Testing

@Suite struct TrainerTests {
  /// y = sin(2πx₀)·x₁ at eight points, in two input channels.
  private static func data(_ count: Int, first: Int = 0) -> ArrayData {
    let stream = RandomStream(seed: 4, purpose: "data")
    var inputs: [Float] = []
    var targets: [Float] = []
    for sample in first..<first + count {
      for point in 0..<8 {
        let pair = stream.uniforms(at: UInt64(sample * 8 + point))
        inputs += [Float(pair.x), Float(pair.y)]
        targets.append(Float(sin(2 * .pi * pair.x) * pair.y))
      }
    }
    return ArrayData(
      inputs: NDArray(shape: [count, 8, 2], inputs), targets: NDArray(shape: [count, 8, 1], targets))
  }

  private static let network = Sequential([
    Perceptron(hidden: 24, outputs: 16), Activate(.gelu), Dropout(rate: 0.05), Dense(outputs: 1),
  ])

  private static func options(_ change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingOptions {
    var options = TrainingOptions()
    options.epochs = 6
    options.batchSize = 10
    options.rate = 1e-2
    options.seed = 3
    change(&options)
    return options
  }

  /// The bits of everything that came of a training.
  private static func bits(_ trainer: Trainer<Float>) -> [UInt32] {
    trainer.store.values.buffer.map(\.bitPattern)
      + trainer.history.flatMap { [Float($0.loss).bitPattern, Float($0.validationError ?? 0).bitPattern] }
  }

  private static func trained(
    threads: Int, _ options: TrainingOptions = options(), stopAfter: Int? = nil, restoring path: String? = nil
  ) throws -> (trainer: Trainer<Float>, losses: [Double], outcome: TrainingOutcome) {
    // 47 samples: the last batch is smaller, and does not fill its chunks.
    let trainer = try Trainer<Float>(
      network, training: data(47), validation: data(13, first: 100), options: options,
      workers: Workers(count: threads))
    if let path { try trainer.restore(try SafetensorsFile(path: path)) }
    var losses: [Double] = []
    let count = Mutex(0)
    trainer.progress = { progress in
      losses.append(progress.loss)
      count.withLock { $0 = progress.step }
    }
    if let stopAfter { trainer.shouldStop = { count.withLock { $0 >= stopAfter } } }
    let outcome = try trainer.run()
    return (trainer, losses, outcome)
  }

  @Test func learns() throws {
    let (trainer, losses, outcome) = try Self.trained(threads: 2, Self.options { $0.epochs = 300 })
    #expect(outcome == .completed)
    #expect(losses.count == 300 * 5)
    let last = try #require(trainer.history.last)
    #expect(try #require(last.validationError) < 0.3)
    #expect(last.loss < 0.4 * losses[0])
  }

  @Test func lossesAreTheSameForAnyNumberOfWorkers() throws {
    let one = try Self.trained(threads: 1)
    let two = try Self.trained(threads: 2)
    let three = try Self.trained(threads: 3)
    #expect(one.losses == two.losses && one.losses == three.losses)
    #expect(Self.bits(one.trainer) == Self.bits(two.trainer))
    let other = try Self.trained(threads: 1, Self.options { $0.seed = 4 })
    #expect(other.losses != one.losses)
  }

  @Test(arguments: [
    "adam", "sgd", "adamw", "amsgrad", "adafactor", "lion", "muon", "soap", "adahessian", "psgd",
  ])
  func continuesBitForBit(_ optimizer: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("checkpoint.safetensors").path
    let kind = try OptimizerRegistry.kind(named: optimizer)
    let options = Self.options {
      $0.optimizer = kind
      $0.averageDecay = 0.9
      $0.clipping = .norm(0.5)
    }
    let whole = try Self.trained(threads: 2, options)
    // In the middle of an epoch, and at its end.
    for step in [7, 10] {
      let part = try Self.trained(threads: 2, options, stopAfter: step)
      #expect(part.outcome == .interrupted)
      try part.trainer.save(to: path)
      let rest = try Self.trained(threads: 1, options, restoring: path)
      #expect(part.losses + rest.losses == whole.losses)
      #expect(Self.bits(rest.trainer) == Self.bits(whole.trainer))
    }
  }

  @Test func zeroTargetsAreRefusedWhereErrorsAreRelative() throws {
    let inputs = NDArray<Float>(shape: [3, 4, 1]) { Float($0) }
    let targets = NDArray<Float>(shape: [3, 4, 1]) { $0 / 4 == 1 ? 0 : 1 }
    let data = ArrayData(inputs: inputs, targets: targets)
    func trainer(_ loss: any Loss, validation: (any TrainingData)? = nil) throws -> Trainer<Float> {
      try Trainer<Float>(
        Dense(outputs: 1), training: data, validation: validation, options: Self.options { $0.loss = loss },
        workers: Workers(count: 1))
    }
    #expect(throws: LearningError.zeroTarget(sample: 1, split: "training")) { try trainer(RelativeL2()) }
    #expect(throws: LearningError.zeroTarget(sample: 1, split: "training")) {
      try trainer(WeightedLoss([(1, MeanSquare()), (1, RelativeL2())]))
    }
    #expect(throws: LearningError.zeroTarget(sample: 1, split: "validation")) {
      try trainer(MeanSquare(), validation: data)
    }
    #expect(try trainer(MeanSquare()).run() == .completed)
  }

  @Test func checkpointsOfOthersAreRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("checkpoint.safetensors").path
    try Self.trained(threads: 1, stopAfter: 4).trainer.save(to: path)
    #expect(throws: LearningError.self) {
      _ = try Self.trained(
        threads: 1, Self.options { $0.optimizer = SGDKind() }, restoring: path)
    }
    let other = try Trainer<Float>(
      Dense(outputs: 1), training: Self.data(47), validation: nil, options: Self.options(),
      workers: Workers(count: 1))
    #expect(throws: LearningError.self) { try other.restore(try SafetensorsFile(path: path)) }
    let elsewhere = try Trainer<Float>(
      Self.network, training: Self.data(47, first: 1), validation: Self.data(13, first: 100),
      options: Self.options(), workers: Workers(count: 1))
    #expect(throws: LearningError.mismatchedState("it was begun on other data than these")) {
      try elsewhere.restore(try SafetensorsFile(path: path))
    }
    try SafetensorsFile.write([], to: path)
    #expect(throws: ExchangeError.self) { try other.restore(try SafetensorsFile(path: path)) }
  }

  @Test func divergenceEndsTrainingAndKeepsTheBestWeights() throws {
    let (trainer, _, outcome) = try Self.trained(
      threads: 1,
      Self.options {
        $0.epochs = 40
        $0.optimizer = SGDKind()
        $0.schedule = "exponential"
        $0.scheduleSettings = ["factor": 1]
        $0.rate = 1e4
      })
    guard case .diverged = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(trainer.store.values.buffer.allSatisfy { $0.isFinite })
  }

  /// L-BFGS on the whole training split as one batch.
  @Test func optimizersThatEvaluateTheLossTrain() throws {
    let change: (inout TrainingOptions) -> Void = {
      $0.optimizer = LBFGSKind()
      $0.schedule = "constant"
      $0.rate = 1
      $0.batchSize = 47
      $0.epochs = 40
    }
    let smooth = Sequential([Perceptron(hidden: 24, outputs: 1, activation: .tanh)])
    var options = Self.options(change)
    let trainer = try Trainer<Float>(
      smooth, training: Self.data(47), validation: nil, options: options, workers: Workers(count: 2))
    #expect(try trainer.run() == .completed)
    let losses = trainer.history.map(\.loss)
    #expect(losses[39] < 0.5 * losses[0])
    options.clipping = .norm(1)
    #expect(throws: LearningError.self) {
      _ = try Trainer<Float>(
        smooth, training: Self.data(47), validation: nil, options: options, workers: Workers(count: 1))
    }
  }

  @Test func trainingStopsEarlyOnTheValidationSplit() throws {
    let (trainer, _, outcome) = try Self.trained(
      threads: 1,
      Self.options {
        $0.epochs = 500
        $0.patience = 3
        $0.rate = 3e-2
        $0.schedule = "constant"
      })
    guard case .stoppedEarly(let epoch) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let errors = trainer.history.compactMap(\.validationError)
    let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
    #expect(epoch == errors.count && epoch - 1 - best == 3)
    // The best weights are those that are kept.
    #expect(try trainer.relativeError(on: Self.data(13, first: 100)) == errors[best])
  }

  @Test func stepsAllocateNothing() throws {
    let trainer = try Trainer<Float>(
      Self.network, training: Self.data(40), validation: nil, options: Self.options { $0.epochs = 100 },
      workers: Workers(count: 1))
    try trainer.takeEpoch()
    let count = try allocations { try trainer.takeEpoch() }
    #expect(count == 0)
  }

  @Test func dataThatAreNotFiniteAreRefused() {
    let bad = ArrayData(
      inputs: NDArray(shape: [2, 4, 1], [1, 2, 3, 4, 5, .nan, 7, 8]),
      targets: NDArray(shape: [2, 4, 1], [Float](repeating: 1, count: 8)))
    #expect(throws: LearningError.notFinite(sample: 1)) {
      _ = try Trainer<Float>(
        Dense(outputs: 1), training: bad, validation: nil, options: Self.options(), workers: Workers(count: 1)
      )
    }
    #expect(throws: LearningError.notFinite(sample: 1)) {
      _ = try Normalizer.fit(inputs: .channel, targets: .channel, to: bad)
    }
  }

  @Test func normalizersAreFittedPerScalarChannelAndPoint() throws {
    let data = ArrayData(
      inputs: NDArray(shape: [2, 2, 2], [0, 10, 2, 10, 4, 10, 6, 10]),
      targets: NDArray(shape: [2, 2, 1], [1, 2, 3, 4]))
    let channel = try Normalizer.fit(inputs: .channel, targets: .scalar, to: data)
    #expect(channel.inputs.means == [3, 10])
    // A constant channel is shifted only.
    #expect(channel.inputs.deviations[1] == 1 && abs(channel.inputs.deviations[0] - 5.0.squareRoot()) < 1e-12)
    #expect(channel.targets.means == [2.5])
    let point = try Normalizer.fit(inputs: .none, targets: .point, to: data)
    #expect(point.targets.means == [2, 3] && point.targets.deviations == [1, 1])
    #expect(point.inputs == .none)
  }
}
