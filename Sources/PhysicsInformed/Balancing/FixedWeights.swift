public import Arrays
public import Learning

/// Weights that stay as they are given: one by the name of each term, 1 for those that are not named.
public struct FixedWeightsKind: BalancerKind {
  public let name = "fixed"
  public let summary = "weights that are given, one by the name of each term"
  public let source = "Raissi, Perdikaris, Karniadakis, J. Comput. Phys. 378, 2019"
  /// None of its own: terms are named by the problem.
  public let parameters: [MethodParameter] = []

  public init() {}

  /// - Throws: `LearningError` for a name that is no term, and for a weight below zero.
  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    let parameters = terms.map { MethodParameter($0, default: 1, "weight of the term") }
    let values = try MethodValues(settings, of: parameters, method: name)
    var weights: [Double] = []
    for term in terms { weights.append(try values.notNegative(term)) }
    return FixedWeights(weights)
  }
}

final class FixedWeights: Balancer {
  let name = "fixed"
  let weights: [Double]

  init(_ weights: [Double]) { self.weights = weights }

  func update(_ terms: TermObservation) {}

  var stateNumbers: [String: Double] {
    get { [:] }
    set {}
  }
}
