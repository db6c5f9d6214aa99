/// How a network is trained.
public struct TrainingOptions: Sendable {
  public var epochs = 100
  /// Samples per step.
  public var batchSize = 16
  /// The pieces of a batch, each with its own gradient, that workers take.
  ///
  /// Part of the recipe and not of the machine, so that sums are the same bits on any number of threads; no more workers than this
  /// are of use. `nil` makes an even number of them, two to sixteen, of about eight samples: each has gradients of all weights.
  public var chunks: Int?
  public var optimizer: any OptimizerKind = AdamKind()
  /// Parameters of the optimizer by name.
  public var optimizerSettings: [String: Double] = [:]
  /// The largest learning rate; the optimizer's own unless given.
  public var rate: Double?
  /// The name of a schedule of `RateScheduleRegistry`.
  public var schedule = "oneCycle"
  public var scheduleSettings: [String: Double] = [:]
  public var clipping = GradientClipping.none
  /// The decay of an exponential moving average of the weights, which is what is judged and kept then.
  public var averageDecay: Double?
  /// Epochs without a better validation error after which training ends; never unless given.
  public var patience: Int?
  public var loss: any Loss = RelativeL2()
  /// How the network grows while it learns; it is whole from the beginning unless given.
  public var growth: (any NetworkGrowth)?
  /// Where first weights and the order of samples come from.
  public var seed: UInt64 = 0

  /// The pieces of a batch.
  var chunkCount: Int { chunks ?? min(max(2, (batchSize + 7) / 8 / 2 * 2), 16) }

  public init() {}
}

/// What an epoch brought.
public struct EpochRecord: Sendable, Hashable, Codable {
  /// From 1.
  public var epoch: Int
  /// The mean loss over the epoch's steps, each before its update.
  public var loss: Double
  /// The mean relative L2 error on the validation split; `nil` without one.
  public var validationError: Double?
  public var rate: Double
  public var gradientNorm: Double
  /// How much of a growing network was in use; see `NetworkGrowth`.
  public var inUse: [Int]?
  /// Seconds of the epoch, validation included.
  public var seconds: Double
}

/// How far training has come.
public struct TrainingProgress: Sendable {
  public var step: Int
  public var stepCount: Int
  public var epoch: Int
  public var epochCount: Int
  /// The loss of the last step.
  public var loss: Double
  public var validationError: Double?
}

/// How training ended.
public enum TrainingOutcome: Sendable, Hashable {
  case completed
  /// The validation error did not fall any more.
  case stoppedEarly(epoch: Int)
  /// Somebody asked for it; it can be resumed.
  case interrupted
  /// The loss became infinite, undefined or many times what it began with.
  case diverged(step: Int, loss: Double)
}
