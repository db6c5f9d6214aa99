public import Arrays
public import Differentiation

/// The numbers that networks are trained in: `Float` and `Double`.
public typealias LearningScalar = NetworkScalar

/// A method that moves the parameters of a network so that its loss falls.
///
/// Parameters, gradients and states are blocks of one `ParameterLayout`. The results are the same bits for any number of
/// workers, and nothing is allocated after the first step. Gaps between slots stay zero if the gradients are zero there.
public protocol Optimizer<Scalar>: AnyObject {
  associatedtype Scalar: LearningScalar

  /// The name of its kind.
  var name: String { get }
  var layout: ParameterLayout { get }
  /// Whether `evaluate` is called, and `loss` read: the loss must be that of the same samples then.
  var needsEvaluations: Bool { get }
  /// Whether gradients may be clipped: not where a line search follows them.
  var acceptsClipping: Bool { get }

  /// Moves the parameters once.
  ///
  /// - Parameters:
  ///   - step: where the parameters and their gradients lie. The blocks of gradients hold anything afterwards.
  ///   - evaluate: computes the loss of the parameters as they are in their block at that moment, writes its gradient into
  ///     the blocks of gradients, and returns the loss. First-order methods do not call it.
  func step(_ step: OptimizerStep<Scalar>, evaluate: () -> Double) -> StepOutcome

  /// What a saved state consists of, besides `stateNumbers`: always the same arrays, in the same order.
  ///
  /// They are the memory of the optimizer itself: what is written there is its state.
  var stateArrays: [OptimizerStateArray<Scalar>] { get }
  /// Numbers of the state by name, such as the count of steps, always the same names.
  var stateNumbers: [String: Double] { get set }
}

/// A named array of an optimizer's state.
public struct OptimizerStateArray<Scalar: LearningScalar> {
  public let name: String
  public let values: AlignedStorage<Scalar>
}

/// What a step works on.
public struct OptimizerStep<Scalar: LearningScalar> {
  /// `layout.extent` numbers.
  public var parameters: UnsafeMutablePointer<Scalar>
  /// One or more blocks of as many numbers: the gradient is `gradientScale` times their sum, taken in a fixed tree.
  public var gradients: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>
  public var gradientScale = 1.0
  /// The learning rate of this step, as its schedule has it.
  public var rate: Double
  /// The loss that belongs to the gradients, for methods that need evaluations.
  public var loss = Double.nan
  public var clipping = GradientClipping.none
  /// Receives its share of the new parameters, in the same pass over memory where the method has one.
  public var average: WeightAverage<Scalar>?
  /// Threads that share the work; serial unless given.
  public var workers: Workers?

  public init(
    parameters: UnsafeMutablePointer<Scalar>, gradients: UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>,
    rate: Double
  ) {
    precondition(
      (1...1024).contains(gradients.count),
      "OptimizerStep: \(gradients.count) blocks of gradients, and there must be 1 to 1024")
    self.parameters = parameters
    self.gradients = gradients
    self.rate = rate
  }
}

/// How large gradients are made smaller.
public enum GradientClipping: Sendable, Hashable {
  case none
  /// The whole gradient is scaled so that its Euclidean norm is at most this (Pascanu, Mikolov, Bengio 2013).
  ///
  /// By `min(1, limit / (norm + 1e-6))`, as PyTorch does.
  case norm(Double)
  /// Every element is cut to ± this.
  case value(Double)
}

/// What came of a step.
public struct StepOutcome: Sendable, Hashable {
  /// The Euclidean norm of the gradient that was given, before it was clipped: not finite where the gradient was not.
  public var gradientNorm: Double
  /// The loss at the new parameters, where the method has computed it.
  public var loss: Double?
  /// Calls of `evaluate`.
  public var evaluations = 0
  /// Whether no step was found along which the loss falls; the parameters are the old ones then.
  public var isStalled = false
}

extension Optimizer {
  public var acceptsClipping: Bool { true }

  /// Moves the parameters once, for methods that need no evaluations.
  public func step(_ step: OptimizerStep<Scalar>) -> StepOutcome {
    precondition(!needsEvaluations, "Optimizer: \(name) needs evaluations of the loss")
    return self.step(step) { .nan }
  }

  /// Continues from a saved state, bit for bit.
  ///
  /// - Throws: `LearningError.mismatchedState` where names or lengths differ from those of this optimizer, which is left as it
  ///   was then.
  public func restore(arrays: [String: NDArray<Scalar>], numbers: [String: Double]) throws(LearningError) {
    let own = stateArrays
    guard Set(arrays.keys) == Set(own.map(\.name)), Set(numbers.keys) == Set(stateNumbers.keys) else {
      throw .mismatchedState(
        "\(name) has \((own.map(\.name) + stateNumbers.keys.sorted()).joined(separator: ", ")), and it has "
          + (arrays.keys.sorted() + numbers.keys.sorted()).joined(separator: ", "))
    }
    for array in own where arrays[array.name]?.count != array.values.count {
      throw .mismatchedState(
        "'\(array.name)' has \(arrays[array.name]?.count ?? 0) numbers instead of \(array.values.count)")
    }
    for array in own {
      arrays[array.name]?.withUnsafeBuffer { _ = array.values.buffer.update(fromContentsOf: $0) }
    }
    stateNumbers = numbers
  }
}
