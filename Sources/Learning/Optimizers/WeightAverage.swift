public import Arrays

/// An exponential moving average of a network's parameters (Polyak averaging).
///
/// After each step: average ← decay · average + (1 − decay) · parameters. Optimizers do so in the same pass over memory
/// as their own update. It is no part of an optimizer's state: who owns it saves it.
public final class WeightAverage<Scalar: LearningScalar> {
  public let decay: Double
  public let values: AlignedStorage<Scalar>

  /// Begins with a copy of the parameters.
  public init(of parameters: AlignedStorage<Scalar>, decay: Double) {
    precondition(decay >= 0 && decay < 1, "WeightAverage: decay \(decay) must be at least 0 and below 1")
    self.decay = decay
    values = AlignedStorage(count: parameters.count)
    _ = values.buffer.update(fromContentsOf: parameters.buffer)
  }
}
