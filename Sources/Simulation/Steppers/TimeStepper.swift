import Arrays

/// A method that advances a system by one step.
///
/// A step is attempted into `next`; whoever controls the step size then accepts it or tries another.
package protocol TimeStepper: AnyObject {
  /// The state at the current time.
  var state: StateVector { get }
  /// What one attempted step led to.
  var next: StateVector { get }
  /// Vectors besides the state that the following steps depend on, and how many of them are filled;
  /// a checkpoint holds them.
  var history: [StateVector] { get }
  var filledHistory: Int { get set }

  /// Attempts a step of size `step` from `time`.
  ///
  /// - Parameter horizon: whether the caller will look at the error, and the time that it is about: a state
  ///   that grows from nothing is measured by what it will be then.
  /// - Returns: the estimated error relative to the state; zero when it is not wanted.
  func attempt(from time: Double, step: Double, errorOver horizon: Double?) -> Double
  /// Makes `next` the state.
  func accept()
  /// Bytes of all vectors that are held.
  var bytes: Int { get }
  /// Forgets what was kept from earlier steps, after the state was changed from outside.
  func reset()
}

/// What is known of a stepping method before it is made.
public struct StepperDescription: Sendable {
  /// The name in problem files.
  public let name: String
  /// One sentence.
  public let summary: String
  /// The order of convergence.
  public let order: Int
  /// The order of the embedded error estimate; `nil` when there is none and the step must be fixed.
  public let estimateOrder: Int?
  /// Whether the linear part limits the step size.
  public let isLinearPartImplicit: Bool
  /// Whether tables are made for every step size, so that few different ones should be used.
  public let prefersFewStepSizes: Bool
  /// Where the method comes from.
  public let source: String
  private let making: Making

  /// What kind of system the method steps.
  private enum Making: Sendable {
    case semiDiscrete(@Sendable (any SemiDiscreteSystem) -> any TimeStepper)
    case implicit(@Sendable (ImplicitStages) -> any TimeStepper)
  }

  package init(
    name: String, summary: String, order: Int, estimateOrder: Int?, isLinearPartImplicit: Bool,
    prefersFewStepSizes: Bool, source: String,
    make: @escaping @Sendable (any SemiDiscreteSystem) -> any TimeStepper
  ) {
    self.name = name
    self.summary = summary
    self.order = order
    self.estimateOrder = estimateOrder
    self.isLinearPartImplicit = isLinearPartImplicit
    self.prefersFewStepSizes = prefersFewStepSizes
    self.source = source
    making = .semiDiscrete(make)
  }

  /// A method that solves for every stage, for systems on cells and elements.
  package init(
    name: String, summary: String, order: Int, estimateOrder: Int?, source: String,
    implicit make: @escaping @Sendable (ImplicitStages) -> any TimeStepper
  ) {
    self.name = name
    self.summary = summary
    self.order = order
    self.estimateOrder = estimateOrder
    isLinearPartImplicit = true
    prefersFewStepSizes = true
    self.source = source
    making = .implicit(make)
  }

  /// Whether the method is for systems on cells and elements, not for spectral ones.
  public var solvesStages: Bool {
    if case .implicit = making { true } else { false }
  }

  package func make(_ system: any SemiDiscreteSystem) -> any TimeStepper {
    guard case .semiDiscrete(let make) = making else {
      preconditionFailure("StepperDescription: '\(name)' does not step spectral systems")
    }
    return make(system)
  }

  package func make(_ stages: ImplicitStages) -> any TimeStepper {
    guard case .implicit(let make) = making else {
      preconditionFailure("StepperDescription: '\(name)' does not solve for stages")
    }
    return make(stages)
  }
}
