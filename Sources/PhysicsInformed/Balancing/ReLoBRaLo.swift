public import Arrays
import Glibc
public import Learning

/// ReLoBRaLo: weights from how far each loss has come, since the last step and, now and then, since the first one.
///
/// ```
/// B(t, s)ᵢ = n · softmax(Lᵢ(t) / (temperature · Lᵢ(s)))
/// w(t) = keep · (ρ w(t − 1) + (1 − ρ) B(t, 0)) + (1 − keep) · B(t, t − 1)
/// ```
/// where ρ is 1 with the probability `memory`, else 0, drawn anew at each step. The weights of step 0 are 1.
public struct ReLoBRaLoKind: BalancerKind {
  public let name = "relobralo"
  public let summary =
    "weights from the losses' progress since the last step, with random looks back at the first"
  public let source =
    "Bischof, Kraus, Multi-objective loss balancing for physics-informed deep learning, arXiv:2110.09813"
  public let parameters = [
    MethodParameter("keep", default: 0.999, "share of the weights' history in each step"),
    MethodParameter("temperature", default: 1, "how evenly weights are spread: large for equal ones"),
    MethodParameter("memory", default: 0.99, "probability that the history is that of the last step"),
  ]

  public init() {}

  public func make(
    terms: [String], seed: UInt64, settings: [String: Double]
  ) throws(LearningError) -> any Balancer {
    let values = try values(settings)
    return ReLoBRaLo(
      terms: terms.count, keep: try values("keep", "from 0 to 1") { (0...1).contains($0) },
      temperature: try values.positive("temperature"),
      memory: try values("memory", "from 0 to 1") { (0...1).contains($0) }, seed: seed)
  }
}

final class ReLoBRaLo: Balancer {
  let name = "relobralo"
  private(set) var weights: [Double]
  private let keep: Double
  private let temperature: Double
  private let memory: Double
  private let seed: UInt64
  /// The losses of the first step and of the last one; none before the first.
  private var first: [Double]
  private var last: [Double]
  private var isBegun = false
  private var shares: [Double]

  init(terms: Int, keep: Double, temperature: Double, memory: Double, seed: UInt64) {
    self.keep = keep
    self.temperature = temperature
    self.memory = memory
    self.seed = seed
    weights = Array(repeating: 1, count: terms)
    first = Array(repeating: 0, count: terms)
    last = first
    shares = first
  }

  func update(_ terms: TermObservation) {
    guard terms.losses.allSatisfy(\.isFinite) else { return }
    defer { last = terms.losses }
    guard isBegun else {
      first = terms.losses
      isBegun = true
      return
    }
    let stream = RandomStream(seed: seed, purpose: "look back at the first losses", step: terms.step)
    if stream.uniforms(at: 0).x >= memory {
      balance(terms.losses, against: first)
      for term in weights.indices { weights[term] = shares[term] }
    }
    balance(terms.losses, against: last)
    for term in weights.indices { weights[term] = keep * weights[term] + (1 - keep) * shares[term] }
  }

  /// n times the softmax of the losses' ratios.
  private func balance(_ losses: [Double], against past: [Double]) {
    var largest = -Double.infinity
    for term in shares.indices {
      // A loss that was zero has nothing to catch up with.
      shares[term] = past[term] > 0 ? losses[term] / (temperature * past[term]) : 0
      largest = max(largest, shares[term])
    }
    var sum = 0.0
    for term in shares.indices {
      shares[term] = exp(shares[term] - largest)
      sum += shares[term]
    }
    for term in shares.indices { shares[term] *= Double(shares.count) / sum }
  }

  var stateNumbers: [String: Double] {
    get {
      ["isBegun": isBegun ? 1 : 0]
        .merging(NumberedState.numbers("weight", weights)) { $1 }
        .merging(NumberedState.numbers("first", first)) { $1 }
        .merging(NumberedState.numbers("last", last)) { $1 }
    }
    set {
      isBegun = newValue["isBegun"] == 1
      weights = NumberedState.values("weight", weights.count, of: newValue)
      first = NumberedState.values("first", weights.count, of: newValue)
      last = NumberedState.values("last", weights.count, of: newValue)
    }
  }
}
