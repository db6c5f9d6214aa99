public import Arrays

/// An exponential moving average of a network's parameters (Polyak averaging).
///
/// After each step: average ← decay · average + (1 − decay) · parameters. Optimizers do so in the same pass over memory
/// as their own update. It is no part of an optimizer's state: who owns it saves it.
public final class WeightAverage<Scalar: LearningScalar> {
  /// Of the next step.
  public private(set) var decay: Double
  /// Of late steps.
  public let limit: Double
  public let values: AlignedStorage<Scalar>

  /// Begins with a copy of the parameters.
  public init(of parameters: AlignedStorage<Scalar>, decay: Double) {
    precondition(decay >= 0 && decay < 1, "WeightAverage: decay \(decay) must be at least 0 and below 1")
    self.decay = decay
    limit = decay
    values = AlignedStorage(count: parameters.count)
    _ = values.buffer.update(fromContentsOf: parameters.buffer)
  }

  /// Takes the decay that a training has at a step: early ones forget the first, random weights sooner.
  ///
  /// min(limit, (1 + step)/(10 + step)), as TensorFlow's averages have it: a memory of a ninth of the steps, until it is the limit's.
  ///
  /// - Parameter step: how many steps are done.
  public func warmUp(step: Int) { decay = min(limit, Double(1 + step) / Double(10 + step)) }
}
