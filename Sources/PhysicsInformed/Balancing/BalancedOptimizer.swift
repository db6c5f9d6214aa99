public import Arrays
public import Learning

/// An optimizer of a loss of several terms, which a balancer puts together.
///
/// The gradients of a step are those of the terms, one term after the other, as many blocks for each. A caller whose balancer does
/// not look at gradients at a step may as well begin its backward passes with `weights`, and use an optimizer alone.
public final class BalancedOptimizer<Scalar: LearningScalar> {
  public let balancer: any Balancer
  /// What moves the parameters: the balancer's own where it has one.
  public let optimizer: any Optimizer<Scalar>
  /// Whether the terms' gradients go to the optimizer apart.
  private let isApart: Bool
  private let terms: TermGradients<Scalar>
  private var products: [Double]
  private var stepCount = 0

  /// - Parameter optimizer: of the combined gradient, at its first step.
  /// - Throws: `LearningError.unsuitable` where the optimizer searches for less loss, and the balancer's steps are of no loss.
  public init(_ balancer: any Balancer, _ optimizer: any Optimizer<Scalar>) throws(LearningError) {
    let own = try balancer.makeOptimizer(for: optimizer.layout, as: Scalar.self)
    guard balancer.weighsLosses || own != nil || !optimizer.needsEvaluations else {
      throw .unsuitable(
        "\(optimizer.name) evaluates a loss, and the steps of \(balancer.name) are those of none: choose another of the two"
      )
    }
    self.balancer = balancer
    self.optimizer = own ?? optimizer
    isApart = own != nil
    let count = balancer.weights.count
    terms = TermGradients(optimizer.layout, terms: count)
    products = Array(repeating: 0, count: count * count)
  }

  /// Moves the parameters once.
  ///
  /// - Parameters:
  ///   - step: where the parameters and the terms' gradients lie; its loss is not read.
  ///   - losses: of the terms, which belong to the gradients.
  ///   - traces: of the terms, at steps where the balancer asks for them.
  ///   - evaluate: computes the losses of the terms at the parameters as they are at that moment, writes their gradients into their
  ///     blocks, and returns the losses.
  public func step(
    _ step: OptimizerStep<Scalar>, losses: [Double], traces: [Double] = [],
    evaluate: () -> [Double] = { [] }
  ) -> StepOutcome {
    let number = stepCount
    stepCount += 1
    if isApart { return optimizer.step(step) }
    terms.gather(step)
    let looks = balancer.needsGradients(at: number)
    if looks { terms.products(step, into: &products) }
    balancer.update(
      TermObservation(step: number, losses: losses, products: looks ? products : [], traces: traces))
    let weights = balancer.weights
    terms.combine(step, weights: weights)
    var inner = step
    inner.gradients = UnsafeBufferPointer(rebasing: step.gradients[..<1])
    inner.gradientScale = 1
    inner.loss = Self.total(losses, weights)
    return optimizer.step(inner) {
      let losses = evaluate()
      terms.gather(step)
      terms.combine(step, weights: weights)
      return Self.total(losses, weights)
    }
  }

  private static func total(_ losses: [Double], _ weights: [Double]) -> Double {
    var sum = 0.0
    for (loss, weight) in zip(losses, weights) { sum += weight * loss }
    return sum
  }

  /// What a saved state consists of, besides `stateNumbers`.
  public var stateArrays: [OptimizerStateArray<Scalar>] { optimizer.stateArrays }

  /// The optimizer's numbers, and the balancer's behind `balancer.`.
  public var stateNumbers: [String: Double] {
    var numbers = optimizer.stateNumbers
    for (name, number) in balancer.stateNumbers { numbers["balancer." + name] = number }
    numbers["balancedSteps"] = Double(stepCount)
    return numbers
  }

  /// Continues from a saved state, bit for bit.
  ///
  /// - Throws: `LearningError.mismatchedState` where names or lengths differ from those of this one, which is left as it was then.
  public func restore(arrays: [String: NDArray<Scalar>], numbers: [String: Double]) throws(LearningError) {
    var (own, others) = ([String: Double](), [String: Double]())
    for (name, number) in numbers where name != "balancedSteps" {
      if name.hasPrefix("balancer.") {
        others[String(name.dropFirst("balancer.".count))] = number
      } else {
        own[name] = number
      }
    }
    guard let steps = numbers["balancedSteps"] else {
      throw .mismatchedState("it does not say how many steps the terms were balanced for")
    }
    try balancer.checkState(others)
    try optimizer.restore(arrays: arrays, numbers: own)
    try balancer.restore(numbers: others)
    stepCount = Int(steps)
  }
}
