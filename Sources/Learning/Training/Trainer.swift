public import Arrays
public import Differentiation
import Synchronization

/// Trains a network on pairs of inputs and targets.
///
/// Workers take the chunks of a batch, each with a tape of its own; the gradients of the chunks are summed in a fixed order. So the
/// sequence of losses is the same to the last bit for any number of workers, and after a restart.
///
/// ```swift
/// let trainer = try Trainer<Float>(network, training: data, validation: nil, options: options, workers: workers)
/// let outcome = try trainer.run()
/// ```
public final class Trainer<Scalar: NetworkScalar> {
  public let options: TrainingOptions
  /// The parameters; those of the last step until `run` ends, then the best ones.
  public let store: ParameterStore<Scalar>
  /// Every epoch that is done.
  public internal(set) var history: [EpochRecord] = []
  /// Asked after every step; `true` ends training.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told of every step.
  public var progress: (TrainingProgress) -> Void = { _ in }
  /// Told of every epoch; what it throws ends the training.
  public var epochEnded: (EpochRecord) throws -> Void = { _ in }

  let training: any TrainingData
  let validation: (any TrainingData)?
  /// Tells whether a saved training is one on these data.
  let dataFingerprint: UInt64
  let workers: Workers
  let optimizer: any Optimizer<Scalar>
  let average: WeightAverage<Scalar>?
  /// The weights with the least validation error.
  let best: AlignedStorage<Scalar>
  var stopping: EarlyStopping
  /// Steps that are done.
  package internal(set) var step = 0
  /// The sum of the losses of the epoch that is under way, and of its gradient norms.
  var epochLoss = 0.0
  var epochGradientNorm = 0.0
  private let schedule: any RateSchedule
  private let network: any Layer
  private(set) var growth: (any NetworkGrowth)?
  /// With what of a growing network is in use.
  private var pass: BatchPass<Scalar>
  /// Modes of spectral weights that the grid does not reach, and which nothing is learned for.
  public let droppedModes: Int
  private var order: BatchOrder
  var firstLoss: Double?

  /// - Throws: `LearningError` for options that do not fit, `ExchangeError` where data cannot be read.
  public init(
    _ network: any Layer, training: any TrainingData, validation: (any TrainingData)?,
    options: TrainingOptions = TrainingOptions(), store: ParameterStore<Scalar> = ParameterStore(),
    workers: Workers
  ) throws {
    guard training.count > 0 else { throw LearningError.noSamples(split: "training") }
    self.options = options
    self.training = try Self.packed(training)
    self.validation = try validation.map { try Self.packed($0) }
    if options.loss.isRelative { try Self.checkTargets(self.training, split: "training") }
    // What it is judged by is relative, whatever the loss.
    if let validation = self.validation { try Self.checkTargets(validation, split: "validation") }
    var hash = StableHash()
    hash.combine(try self.training.fingerprint())
    if let validation = self.validation { hash.combine(try validation.fingerprint()) }
    dataFingerprint = hash.value
    self.workers = workers
    self.store = store
    self.network = network
    pass = try Self.makePass(network, training, options, store, workers)
    droppedModes = pass.droppedModes
    if !store.isInitialized { store.initialize(seed: options.seed) }
    growth = options.growth
    if let growth {
      guard let limited = growth.limited(network) else {
        throw LearningError.unsuitable("this network has nothing that could grow")
      }
      growth.clearUnused(store)
      pass = try Self.makePass(limited, training, options, store, workers)
    }
    optimizer = try options.optimizer.make(
      for: store.layout, settings: options.optimizerSettings, as: Scalar.self)
    guard options.clipping == .none || optimizer.acceptsClipping else {
      throw LearningError.unsuitable(
        "\(optimizer.name) searches along the gradient, which must not be clipped: leave out one of the two")
    }
    average = options.averageDecay.map { WeightAverage(of: store.values, decay: $0) }
    best = AlignedStorage(count: store.layout.extent)
    best.baseAddress.update(from: store.values.baseAddress, count: best.count)
    stopping = EarlyStopping(patience: options.patience ?? .max)
    order = BatchOrder(count: training.count, seed: options.seed)
    schedule = try RateScheduleRegistry.schedule(
      named: options.schedule, rate: options.rate ?? options.optimizer.defaultRate,
      steps: options.epochs * Self.stepsPerEpoch(training, options),
      stepsPerEpoch: Self.stepsPerEpoch(training, options), settings: options.scheduleSettings)
    pass.prepareGradients()
  }

  private static func makePass(
    _ network: any Layer, _ training: any TrainingData, _ options: TrainingOptions,
    _ store: ParameterStore<Scalar>, _ workers: Workers
  ) throws(LearningError) -> BatchPass<Scalar> {
    try BatchPass(
      network, loss: options.loss, store: store, inputShape: training.inputShape,
      targetShape: training.targetShape, batchSize: min(options.batchSize, training.count),
      chunks: options.chunkCount, workers: workers)
  }

  /// Records the network again, with what is in use now.
  private func takeUpGrowth() throws(LearningError) {
    guard let limited = growth?.limited(network) else { return }
    pass = try Self.makePass(limited, training, options, store, workers)
    pass.prepareGradients()
  }

  /// Goes on with what a checkpoint says to be in use.
  ///
  /// - Throws: `LearningError.mismatchedState`.
  func restoreGrowth(inUse: [Int]?, lastLoss: Double?) throws(LearningError) {
    guard let inUse, growth?.restore(inUse: inUse, lastLoss: lastLoss) == true else {
      guard inUse == nil, growth == nil else {
        throw .mismatchedState("it is of a network that grows in another way")
      }
      return
    }
    try takeUpGrowth()
  }

  /// Data that fit into a quarter of the memory are read once; others sample by sample, whenever they are needed.
  private static func packed(_ data: any TrainingData) throws -> any TrainingData {
    PackedData<Scalar>.bytes(data) <= PhysicalMemory.bytes / 4 ? try PackedData<Scalar>(data) : data
  }

  /// Refuses targets that are zero, as far as they are in memory.
  private static func checkTargets(_ data: any TrainingData, split: String) throws(LearningError) {
    guard let sample = (data as? PackedData<Scalar>)?.firstZeroTarget else { return }
    throw .zeroTarget(sample: sample, split: split)
  }

  private static func stepsPerEpoch(_ training: any TrainingData, _ options: TrainingOptions) -> Int {
    let size = min(options.batchSize, training.count)
    return (training.count + size - 1) / size
  }

  /// Steps that an epoch has; the last batch may be smaller.
  public var stepsPerEpoch: Int { Self.stepsPerEpoch(training, options) }
  public var stepCount: Int { options.epochs * stepsPerEpoch }

  /// Trains until all epochs are done, or one of the other ends of `TrainingOutcome`.
  ///
  /// The store has the best weights afterwards, if there is a validation split and the end is not an interruption.
  ///
  /// - Throws: what reading the data throws, and what `epochEnded` throws.
  public func run() throws -> TrainingOutcome {
    let clock = ContinuousClock()
    while step < stepCount {
      let epoch = step / stepsPerEpoch
      order.shuffle(epoch: epoch)
      let start = clock.now
      if let outcome = try runEpoch(epoch) {
        if case .diverged = outcome { keepBest() }
        return outcome
      }
      let inUse = growth?.inUse
      let meanLoss = epochLoss / Double(stepsPerEpoch)
      let grows =
        pass.withGradients { growth?.update(loss: meanLoss, gradients: $0, layout: store.layout) } ?? false
      let validationError = try validation.map { try relativeError(on: $0, parameters: judged) }
      let elapsed = clock.now - start
      let record = EpochRecord(
        epoch: epoch + 1, loss: meanLoss, validationError: validationError,
        rate: schedule.rate(at: step - 1), gradientNorm: epochGradientNorm / Double(stepsPerEpoch),
        inUse: inUse,
        seconds: Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds))
      history.append(record)
      (epochLoss, epochGradientNorm) = (0, 0)
      let isBest = stopping.check(validationError ?? record.loss)
      if isBest { best.baseAddress.update(from: judged, count: best.count) }
      try epochEnded(record)
      if grows { try takeUpGrowth() }
      if stopping.shouldStop {
        keepBest()
        return .stoppedEarly(epoch: record.epoch)
      }
      if shouldStop() && step < stepCount { return .interrupted }
    }
    keepBest()
    return .completed
  }

  /// The weights that are judged: the average where there is one.
  var judged: UnsafeMutablePointer<Scalar> { average?.values.baseAddress ?? store.values.baseAddress }

  private func keepBest() { store.values.baseAddress.update(from: best.baseAddress, count: best.count) }

  /// A loss of many times the first one is taken for divergence.
  private static var divergenceFactor: Double { 1e3 }

  /// Takes the steps of the next epoch, and neither judges nor keeps anything: what a benchmark repeats.
  ///
  /// - Throws: what reading the data throws.
  package func takeEpoch() throws {
    order.shuffle(epoch: step / stepsPerEpoch)
    _ = try runEpoch(step / stepsPerEpoch)
  }

  private func runEpoch(_ epoch: Int) throws -> TrainingOutcome? {
    while step < (epoch + 1) * stepsPerEpoch {
      let batch = step % stepsPerEpoch
      let size = pass.batchSize
      let samples = order.samples[(batch * size)..<min((batch + 1) * size, training.count)]
      let loss = try pass.run(training, samples, step: step)
      if firstLoss == nil { firstLoss = loss }
      guard loss.isFinite, loss <= Self.divergenceFactor * max(firstLoss ?? loss, 1) else {
        return .diverged(step: step + 1, loss: loss)
      }
      let norm = update(loss, samples)
      epochLoss += loss
      epochGradientNorm += norm
      step += 1
      progress(
        TrainingProgress(
          step: step, stepCount: stepCount, epoch: epoch + 1, epochCount: options.epochs, loss: loss,
          validationError: history.last?.validationError))
      if step % stepsPerEpoch != 0, shouldStop() { return .interrupted }
    }
    return nil
  }

  /// Moves the weights; returns the norm of the gradient.
  private func update(_ loss: Double, _ samples: ArraySlice<Int>) -> Double {
    pass.withGradients { gradients in
      // Numbers that are moved, but not by slopes.
      for block in gradients { store.updateStates(gradients: block, samples: samples.count) }
      var update = OptimizerStep(
        parameters: store.values.baseAddress, gradients: gradients, rate: schedule.rate(at: step))
      update.loss = loss
      update.clipping = options.clipping
      average?.warmUp(step: step)
      update.average = average
      update.workers = workers
      guard optimizer.needsEvaluations else { return optimizer.step(update).gradientNorm }
      return optimizer.step(update) { (try? pass.run(training, samples, step: step)) ?? .nan }.gradientNorm
    }
  }

  /// The mean over samples of the relative L2 error, in physical units.
  ///
  /// - Parameter parameters: in the store's layout; the store's own unless given.
  public func relativeError(
    on data: any TrainingData, parameters: UnsafeMutablePointer<Scalar>? = nil
  ) throws -> Double {
    try pass.relativeError(on: data, parameters: parameters)
  }
}
