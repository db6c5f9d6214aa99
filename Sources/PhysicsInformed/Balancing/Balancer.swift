public import Differentiation
public import Learning

/// Decides how several loss terms are put together: the loss of each condition, and how much it counts.
///
/// What it says is always a weight for each term. Weights may be of losses, so that the network descends Σ wᵢ Lᵢ, or of gradients
/// alone. A method whose moments are kept for each term has an optimizer of its own, which takes the gradients apart.
/// `BalancedOptimizer` puts a balancer and an optimizer together.
///
/// A class: it remembers what it has seen. All it draws is a function of its seed and the step.
public protocol Balancer: AnyObject {
  /// The name of its kind.
  var name: String { get }
  /// What each term is multiplied by now.
  var weights: [Double] { get }
  /// Steps from one look at the terms' gradients to the next; never for `nil`.
  var needsGradientsEvery: Int? { get }
  /// Steps from one look at the terms' traces to the next; never for `nil`.
  var needsTracesEvery: Int? { get }
  /// Whether steps are those of a loss Σ wᵢ Lᵢ whose weights change little from one to the next: methods that search along a line need
  /// one.
  var weighsLosses: Bool { get }

  /// Chooses the weights of a step.
  ///
  /// - Parameter terms: what is known before it, without any weights.
  func update(_ terms: TermObservation)

  /// The optimizer that takes the terms' gradients apart, in place of any other; `nil` where weights are all there is.
  func makeOptimizer<Scalar: LearningScalar>(
    for layout: ParameterLayout, as scalar: Scalar.Type
  ) throws(LearningError) -> (any Optimizer<Scalar>)?

  /// Numbers of the state by name, always the same names.
  var stateNumbers: [String: Double] { get set }
}

/// What balancers are told of the terms before a step.
public struct TermObservation: Sendable {
  /// The number of the step; the first is 0.
  public var step: Int
  /// The loss of each term.
  public var losses: [Double]
  /// The inner products of the terms' gradients, row after row, at steps where they are asked for.
  public var products: [Double]
  /// For each term the sum over its samples of the squared norm of the residual's gradient, at steps where they are asked for.
  public var traces: [Double]

  public init(step: Int, losses: [Double], products: [Double] = [], traces: [Double] = []) {
    self.step = step
    self.losses = losses
    self.products = products
    self.traces = traces
  }

  /// The Euclidean norm of a term's gradient.
  func gradientNorm(_ term: Int) -> Double { products[term * (losses.count + 1)].squareRoot() }
}

extension Balancer {
  public var needsGradientsEvery: Int? { nil }
  public var needsTracesEvery: Int? { nil }
  public var weighsLosses: Bool { true }

  public func makeOptimizer<Scalar: LearningScalar>(
    for layout: ParameterLayout, as scalar: Scalar.Type
  ) throws(LearningError) -> (any Optimizer<Scalar>)? { nil }

  /// Whether the terms' gradients are looked at before this step.
  public func needsGradients(at step: Int) -> Bool { needsGradientsEvery.map { step % $0 == 0 } ?? false }

  /// Whether the terms' traces are looked at before this step.
  public func needsTraces(at step: Int) -> Bool { needsTracesEvery.map { step % $0 == 0 } ?? false }

  /// Continues from a saved state, bit for bit.
  ///
  /// - Throws: `LearningError.mismatchedState` where names differ from those of this balancer, which is left as it was then.
  public func restore(numbers: [String: Double]) throws(LearningError) {
    try checkState(numbers)
    stateNumbers = numbers
  }

  /// Refuses numbers that have other names.
  func checkState(_ numbers: [String: Double]) throws(LearningError) {
    let own = stateNumbers.keys.sorted()
    guard own == numbers.keys.sorted() else {
      throw .mismatchedState(
        "\(name) has \(own.joined(separator: ", ")), and it has "
          + numbers.keys.sorted().joined(separator: ", "))
    }
  }
}

/// Lists as numbers with names.
enum NumberedState {
  static func numbers(_ name: String, _ values: [Double]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: values.enumerated().map { ("\(name).\($0)", $1) })
  }

  static func values(_ name: String, _ count: Int, of numbers: [String: Double]) -> [Double] {
    (0..<count).map { numbers["\(name).\($0)"] ?? 0 }
  }
}
