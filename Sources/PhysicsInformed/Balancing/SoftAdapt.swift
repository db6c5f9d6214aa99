public import Arrays
import Glibc
public import Learning

/// SoftAdapt: more weight for losses that fall more slowly than the others.
///
/// ```
/// sᵢ = Lᵢ(t) − Lᵢ(t − 1), divided by Σ |sⱼ| if `normalized`
/// wᵢ = n · fᵢ exp(sharpness · sᵢ) / Σ fⱼ exp(sharpness · sⱼ),   f = L(t) if `lossWeighted`, else 1
/// ```
/// The weights of the paper sum to one, these to the number n of terms, so that losses that fall alike count as they are. Those of
/// step 0 are 1.
public struct SoftAdaptKind: BalancerKind {
  public let name = "softadapt"
  public let summary = "weights from how fast each loss falls"
  public let source =
    "Heydari, Thompson, Mehmood, SoftAdapt: techniques for adaptive loss weighting of neural networks, arXiv:1912.12355"
  public let parameters = [
    MethodParameter("sharpness", default: 0.1, "how much the slower losses are favoured"),
    MethodParameter("normalized", default: 1, "1: rates are relative to the sum of their sizes"),
    MethodParameter("lossWeighted", default: 0, "1: large losses weigh more by themselves"),
    MethodParameter(
      "frequency", default: 1, "steps from one change of the weights to the next, and between the two losses"),
  ]

  public init() {}

  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    let values = try values(settings)
    return SoftAdapt(
      terms: terms.count, sharpness: try values.notNegative("sharpness"),
      isNormalized: try values.flag("normalized"), isLossWeighted: try values.flag("lossWeighted"),
      frequency: try values.count("frequency"))
  }
}

final class SoftAdapt: Balancer {
  let name = "softadapt"
  private(set) var weights: [Double]
  private let sharpness: Double
  private let isNormalized: Bool
  private let isLossWeighted: Bool
  private let frequency: Int
  private var last: [Double]
  private var isBegun = false
  private var rates: [Double]

  init(terms: Int, sharpness: Double, isNormalized: Bool, isLossWeighted: Bool, frequency: Int) {
    self.sharpness = sharpness
    self.isNormalized = isNormalized
    self.isLossWeighted = isLossWeighted
    self.frequency = frequency
    weights = Array(repeating: 1, count: terms)
    last = Array(repeating: 0, count: terms)
    rates = last
  }

  func update(_ terms: TermObservation) {
    guard terms.step % frequency == 0, terms.losses.allSatisfy(\.isFinite) else { return }
    if isBegun { weigh(terms.losses) }
    last = terms.losses
    isBegun = true
  }

  private func weigh(_ losses: [Double]) {
    var size = 0.0
    for term in rates.indices {
      rates[term] = losses[term] - last[term]
      size += abs(rates[term])
    }
    if isNormalized, size > 0 { for term in rates.indices { rates[term] /= size } }
    let largest = rates.max() ?? 0
    var sum = 0.0
    for term in rates.indices {
      rates[term] = exp(sharpness * (rates[term] - largest)) * (isLossWeighted ? losses[term] : 1)
      sum += rates[term]
    }
    // All losses are zero: nothing is left to be weighed.
    guard sum > 0 else { return }
    for term in rates.indices { weights[term] = Double(rates.count) * rates[term] / sum }
  }

  var stateNumbers: [String: Double] {
    get {
      ["isBegun": isBegun ? 1 : 0]
        .merging(NumberedState.numbers("weight", weights)) { $1 }
        .merging(NumberedState.numbers("last", last)) { $1 }
    }
    set {
      isBegun = newValue["isBegun"] == 1
      weights = NumberedState.values("weight", weights.count, of: newValue)
      last = NumberedState.values("last", weights.count, of: newValue)
    }
  }
}
