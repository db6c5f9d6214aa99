public import Arrays
public import Learning

/// A kind of balancer that is made for the terms of a loss.
///
/// One file each, and a line in `BalancerRegistry`.
public protocol BalancerKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// Sets the balancer up, with equal weights.
  ///
  /// - Parameters:
  ///   - terms: the names of the terms, at least one.
  ///   - seed: of what is drawn.
  ///   - settings: numbers by name; the defaults hold for those that are not given.
  /// - Throws: `LearningError` for a parameter that the kind does not have, or that is out of its range.
  func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer
}

extension BalancerKind {
  func values(_ settings: [String: Double]) throws(LearningError) -> MethodValues {
    try MethodValues(settings, of: parameters, method: name)
  }
}

/// The kinds of balancers, by name.
///
/// A new kind is one file and a line here.
public enum BalancerRegistry {
  public static let all: [any BalancerKind] = [
    FixedWeightsKind(), GradientNormKind(), TangentKernelKind(), ReLoBRaLoKind(), SoftAdaptKind(),
    ConFIGKind(), MultiAdamKind(),
  ]

  /// - Throws: `LearningError.unknownMethod` with the names that exist.
  public static func kind(named name: String) throws(LearningError) -> any BalancerKind {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "balancer", known: all.map(\.name))
    }
    return found
  }
}
