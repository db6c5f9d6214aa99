/// A step of a computation with its adjoint, both written by hand.
///
/// A coarse one: a whole Fourier block or a loss, so that a sample stays in the cache. It is recorded once and run many
/// times; whatever memory it needs it asks the tape for when it is recorded.
public protocol Operation<Scalar>: AnyObject {
  associatedtype Scalar: NetworkScalar

  /// What it reads, parameters included.
  var inputs: [Variable] { get }
  /// What it writes.
  var outputs: [Variable] { get }
  /// Which inputs `backward` reads again, by position.
  var savedInputs: [Int] { get }
  /// Which outputs `backward` reads again, by position.
  var savedOutputs: [Int] { get }

  /// Computes the outputs of `context.samples` samples.
  func forward(_ context: OperationContext<Scalar>)
  /// Takes gradients from the outputs to the inputs.
  ///
  /// Those of the outputs are read for the last time and may be overwritten. Those of an input are to be added where
  /// `context.accumulates(into:)` says so, else written; inputs without a gradient pointer want none.
  func backward(_ context: OperationContext<Scalar>)
}

extension Operation {
  public var savedInputs: [Int] { Array(inputs.indices) }
  public var savedOutputs: [Int] { [] }
}

/// Memory that an operation asked for.
public struct TapeBuffer: Sendable, Hashable {
  package let index: Int

  /// How long the numbers in it are kept.
  public enum Lifetime: Sendable, Hashable {
    /// From `forward` to `backward`.
    case saved
    /// While `forward` runs.
    case forward
    /// While `backward` runs.
    case backward
  }
}
