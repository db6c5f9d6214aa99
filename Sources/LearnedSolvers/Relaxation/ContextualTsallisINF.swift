/// One `TsallisINF` for each of several pieces of the contexts' range.
///
/// Learns ω as a function of the context, piecewise constant. Khodak, Chow, Balcan, Talwalkar, *Learning to relax*,
/// ICLR 2024, theorem 2.2.
public struct ContextualTsallisINF: RelaxationPolicy {
  public let name = "tsallis-inf-cb"
  private let settings: RelaxationSettings
  private var learners: [TsallisINF]
  private var bin = 0

  public init(_ settings: RelaxationSettings) {
    precondition(settings.binCount >= 1, "ContextualTsallisINF: \(settings.binCount) bins are none")
    self.settings = settings
    learners = (0..<settings.binCount).map { TsallisINF(settings, learner: $0) }
  }

  public mutating func relaxation(for context: Double) -> Double {
    bin = min(Int(settings.share(context) * Double(learners.count)), learners.count - 1)
    return learners[bin].relaxation(for: context)
  }

  public mutating func learn(cost: Int) { learners[bin].learn(cost: cost) }
}

/// `ContextualTsallisINF` by name.
public struct ContextualTsallisINFKind: RelaxationPolicyKind {
  public let name = "tsallis-inf-cb"
  public let summary = "learns the best ω of each piece of the contexts' range"
  public let source = "Khodak, Chow, Balcan, Talwalkar, Learning to relax, ICLR 2024, theorem 2.2"

  public init() {}

  public func make(_ settings: RelaxationSettings) -> any RelaxationPolicy { ContextualTsallisINF(settings) }
}
