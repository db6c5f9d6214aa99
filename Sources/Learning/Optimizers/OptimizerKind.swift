public import Arrays
public import Differentiation

/// A kind of optimizer that is set up for the parameters of a network.
///
/// One file each, and a line in `OptimizerRegistry`.
public protocol OptimizerKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }
  /// A learning rate to start from.
  var defaultRate: Double { get }
  /// Whether its steps come of differences of gradients and losses that single precision does not resolve near the end.
  var needsDouble: Bool { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// Sets the optimizer up, its state zero.
  ///
  /// - Parameter settings: numbers by name; the defaults hold for those that are not given.
  /// - Throws: `LearningError` for a parameter that the kind does not have, or that is out of its range.
  func make<Scalar: LearningScalar>(
    for layout: ParameterLayout, settings: [String: Double], as scalar: Scalar.Type
  ) throws(LearningError) -> any Optimizer<Scalar>
}

extension OptimizerKind {
  public var needsDouble: Bool { false }

  func values(_ settings: [String: Double]) throws(LearningError) -> MethodValues {
    try MethodValues(settings, of: parameters, method: name)
  }
}

/// Which parameters shrink by themselves, and how much.
struct WeightDecay: Sendable {
  var rate: Double
  var matricesOnly: Bool

  /// The parameters of kinds that have it.
  static func parameters(default rate: Double) -> [MethodParameter] {
    [
      MethodParameter("weightDecay", default: rate, "rate at which weights shrink by themselves"),
      MethodParameter(
        "decayMatricesOnly", default: 0,
        "1: biases and scales do not decay, only matrices, spectral weights and tensors; 0: all parameters do"
      ),
    ]
  }

  static let none = WeightDecay(rate: 0, matricesOnly: false)

  private init(rate: Double, matricesOnly: Bool) {
    self.rate = rate
    self.matricesOnly = matricesOnly
  }

  init(_ values: MethodValues) throws(LearningError) {
    rate = try values.notNegative("weightDecay")
    matricesOnly = try values.flag("decayMatricesOnly")
  }

  func acts(on slot: ParameterSlot) -> Bool {
    rate > 0 && slot.role != .state && !(matricesOnly && slot.role == .vector)
  }
}
