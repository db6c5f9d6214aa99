public import Arrays

/// Chooses ω for one linear system after another, and learns from what each solve cost.
///
/// A value: a copy continues on its own from the same state.
public protocol RelaxationPolicy: Sendable {
  /// The name on the command line and in problem files.
  var name: String { get }

  /// ω for the next system; `context` is a number known before the solve, such as its diffusivity.
  mutating func relaxation(for context: Double) -> Double

  /// Takes in the iterations of the solve with the ω that was chosen last.
  mutating func learn(cost: Int)
}

/// A kind of policy that is made for a sequence of systems.
///
/// One file each, and a line in `RelaxationPolicyRegistry`.
public protocol RelaxationPolicyKind: Sendable {
  /// The name on the command line and in problem files.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }

  func make(_ settings: RelaxationSettings) -> any RelaxationPolicy
}

/// What a policy may choose from and what it knows beforehand.
public struct RelaxationSettings: Sendable {
  /// The candidates for ω, in increasing order.
  public var candidates: [Double]
  /// Between which numbers contexts lie; those outside are taken to its ends.
  public var contexts: ClosedRange<Double>
  /// Pieces of `contexts` in which `tsallis-inf-cb` learns separately.
  public var binCount = 6
  /// Chebyshev polynomials that `chebcb` describes the cost by.
  public var featureCount = 6
  /// Where random choices come from: a number per system.
  public var stream: RandomStream

  /// - Parameters:
  ///   - range: the smallest and the largest candidate.
  ///   - count: how many candidates, equally spaced.
  public init(
    from range: ClosedRange<Double> = 1...1.95, count: Int = 20, contexts: ClosedRange<Double> = 0...1,
    seed: UInt64 = 0
  ) {
    precondition(count >= 1, "RelaxationSettings: \(count) candidates are none")
    precondition(
      range.lowerBound > 0 && range.upperBound < 2, "RelaxationSettings: \(range) must be between 0 and 2")
    let step = count > 1 ? (range.upperBound - range.lowerBound) / Double(count - 1) : 0
    candidates = (0..<count).map { range.lowerBound + step * Double($0) }
    self.contexts = contexts
    stream = RandomStream(seed: seed, purpose: "choice of the relaxation")
  }

  /// A context as a number from 0 to 1.
  func share(_ context: Double) -> Double {
    let width = contexts.upperBound - contexts.lowerBound
    guard width > 0, !context.isNaN else { return 0 }
    return min(max((context - contexts.lowerBound) / width, 0), 1)
  }
}

/// The kinds of policies, by name.
///
/// A new kind is one file and a line here.
public enum RelaxationPolicyRegistry {
  public static let all: [any RelaxationPolicyKind] = [
    FixedRelaxationKind(), TsallisINFKind(), ContextualTsallisINFKind(), ChebCBKind(),
  ]

  /// The kind of this name, if there is one.
  public static func kind(named name: String) -> (any RelaxationPolicyKind)? { all.first { $0.name == name } }
}

/// Draws an index with these probabilities, which sum to one but for rounding, by one number from 0 to 1.
func drawIndex(_ probabilities: [Double], by uniform: Double) -> Int {
  var rest = uniform
  for (index, probability) in probabilities.enumerated() {
    rest -= probability
    if rest < 0 { return index }
  }
  return probabilities.lastIndex { $0 > 0 } ?? 0
}
