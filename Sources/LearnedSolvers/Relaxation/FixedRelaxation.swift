/// The same ω always, or one that a formula gives for the context: what learning is compared with.
public struct FixedRelaxation: RelaxationPolicy {
  public let name: String
  private let formula: @Sendable (Double) -> Double

  public init(_ relaxation: Double) {
    self.init(name: "fixed") { _ in relaxation }
  }

  /// ω as a function of the context, such as Young's optimum.
  public init(name: String, _ formula: @escaping @Sendable (Double) -> Double) {
    self.name = name
    self.formula = formula
  }

  public mutating func relaxation(for context: Double) -> Double { formula(context) }
  public mutating func learn(cost: Int) {}
}

/// The middle candidate always.
public struct FixedRelaxationKind: RelaxationPolicyKind {
  public let name = "fixed"
  public let summary = "the middle candidate always: nothing is learned"
  public let source = "Young, Iterative Solution of Large Linear Systems (1971)"

  public init() {}

  public func make(_ settings: RelaxationSettings) -> any RelaxationPolicy {
    FixedRelaxation(settings.candidates[settings.candidates.count / 2])
  }
}
