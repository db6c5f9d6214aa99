import Arrays

/// Online mirror descent with Tsallis entropy over a grid of ω, which nearly reaches the best fixed one.
///
/// Costs less one are divided by their running mean K; probabilities are `p_i = 4 / (η (k_i / K − x))²` with
/// `η = 2/√t`, k the cumulative costs, each divided by the probability of its choice, and x such that they sum to
/// one. `O(candidates)` per system. Khodak, Chow, Balcan, Talwalkar, *Learning to relax*, ICLR 2024, algorithm 2;
/// Zimmert, Seldin, *Tsallis-INF*, JMLR 22 (2021).
public struct TsallisINF: RelaxationPolicy {
  public let name = "tsallis-inf"
  /// The candidates for ω.
  public let candidates: [Double]
  private let stream: RandomStream
  /// Which of several learners this is: their random numbers must differ.
  private let learner: Int
  private var losses: [Double]
  private var steps = 0
  private var lossSum = 0.0
  private var chosen = 0
  /// With which each candidate was drawn last.
  public private(set) var probabilities: [Double]

  public init(_ settings: RelaxationSettings) { self.init(settings, learner: 0) }

  init(_ settings: RelaxationSettings, learner: Int) {
    candidates = settings.candidates
    stream = settings.stream
    self.learner = learner
    losses = [Double](repeating: 0, count: candidates.count)
    probabilities = [Double](repeating: 1 / Double(candidates.count), count: candidates.count)
  }

  public mutating func relaxation(for context: Double) -> Double {
    let scale = steps > 0 && lossSum > 0 ? lossSum / Double(steps) : 1
    Self.updateProbabilities(
      &probabilities, losses: losses, scale: scale, rate: 2 / Double(steps + 1).squareRoot())
    let uniform = stream.uniforms(at: UInt64(learner) << 40 | UInt64(steps)).x
    chosen = drawIndex(probabilities, by: uniform)
    return candidates[chosen]
  }

  public mutating func learn(cost: Int) {
    let loss = Double(max(cost - 1, 0))
    losses[chosen] += loss / probabilities[chosen]
    lossSum += loss
    steps += 1
  }

  /// Finds x by Newton's method from the right of the root, where the sum is convex: it falls monotonically.
  static func updateProbabilities(_ p: inout [Double], losses: [Double], scale: Double, rate η: Double) {
    let least = (losses.min() ?? 0) / scale
    var x = least - 2 / η
    for _ in 0..<60 {
      var (sum, slope) = (0.0, 0.0)
      for index in p.indices {
        let distance = losses[index] / scale - x
        p[index] = 4 / (η * η * distance * distance)
        sum += p[index]
        slope += 2 * p[index] / distance
      }
      if sum - 1 <= 1e-13 { break }
      x -= (sum - 1) / slope
    }
    let sum = p.reduce(0, +)
    for index in p.indices { p[index] /= sum }
  }
}

/// `TsallisINF` by name.
public struct TsallisINFKind: RelaxationPolicyKind {
  public let name = "tsallis-inf"
  public let summary = "learns the best fixed ω, whatever the order of the systems"
  public let source = "Khodak, Chow, Balcan, Talwalkar, Learning to relax, ICLR 2024, algorithm 2"

  public init() {}

  public func make(_ settings: RelaxationSettings) -> any RelaxationPolicy { TsallisINF(settings) }
}
