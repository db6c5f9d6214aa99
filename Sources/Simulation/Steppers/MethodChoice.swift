public import Equations

/// The stepping method of a run and why it was chosen.
public struct MethodChoice: Sendable {
  public var stepper: StepperDescription
  /// A fixed step; `nil` where the tolerance decides.
  public var step: Double?
  /// The relative error that a step may make.
  public var tolerance: Double?
  /// One sentence.
  public var reason: String

  /// The relative tolerance of the step-size control when none is given.
  public static let defaultTolerance = 1e-9

  /// Follows the wishes of a problem file; chooses what they leave open.
  ///
  /// - Parameters:
  ///   - isConstant: whether the nonlinear part depends neither on the unknowns nor on time.
  /// - Throws: `SimulationError.unknownMethod`, `needsStep`.
  package init(_ wishes: SolverChoice, isConstant: Bool) throws(SimulationError) {
    if let name = wishes.method {
      stepper = try StepperRegistry.description(named: name)
      reason = "named in the problem"
    } else if isConstant && wishes.step == nil {
      stepper = .exponentialEuler
      reason =
        "the equations are linear with constant coefficients and steady data, so the exponential is exact"
    } else {
      stepper = .etdrk4
      reason = "a stiff linear part is integrated exactly, the rest with fourth order"
    }
    step = wishes.step
    if stepper.estimateOrder == nil {
      if step == nil, stepper.name == StepperDescription.exponentialEuler.name, isConstant { return }
      guard step != nil else { throw .needsStep(method: stepper.name) }
    } else if step == nil {
      tolerance = wishes.tolerance ?? Self.defaultTolerance
    }
  }

  /// Follows the wishes for a problem on cells or elements.
  ///
  /// - Throws: `SimulationError.unknownMethod`, `needsStep`.
  public init(implicit wishes: SolverChoice) throws(SimulationError) {
    if let name = wishes.method {
      stepper = try StepperRegistry.description(named: name, among: StepperRegistry.implicit)
      reason = "named in the problem"
    } else {
      stepper = .sdirk4
      reason = "everything is solved for implicitly, with fourth order"
    }
    step = wishes.step
    guard stepper.estimateOrder == nil else {
      if step == nil { tolerance = wishes.tolerance ?? Self.defaultImplicitTolerance }
      return
    }
    guard step != nil else { throw .needsStep(method: stepper.name) }
  }

  /// The relative tolerance of a step on cells and elements, whose error in space is larger anyhow.
  public static let defaultImplicitTolerance = 1e-6

  /// That a fixed step is longer than what lies between two records.
  func remark(onStepBefore interval: Double) -> String? {
    guard let step, step > interval * (1 + 1e-12) else { return nil }
    return "steps end at records: solver.step \(step) is cut to \(interval) (output.every)"
  }

  /// How well implicit stages are solved: far better than the steps' own errors.
  package var stageTolerance: Double { max(1e-13, 1e-3 * (tolerance ?? 0)) }

  /// The controller for intervals of the length between two records.
  package func controller(interval: Double, startLevel: Int) -> StepController {
    if let tolerance, let order = stepper.estimateOrder {
      return StepController(mode: .adaptive(tolerance: tolerance, order: order), level: startLevel)
    }
    guard let step else { return StepController(mode: .fixed(1)) }
    let count = (interval / step * (1 - 1e-12)).rounded(.up)
    return StepController(mode: .fixed(max(1, Int(min(count, 1e15)))))
  }
}
