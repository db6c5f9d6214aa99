public import Arrays

/// A kind of method that makes sums of squares small.
///
/// One file each, and a line in `LeastSquaresRegistry`.
public protocol LeastSquaresKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence.
  var summary: String { get }
  /// Where the method comes from.
  var source: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// - Throws: `LearningError` for a parameter that the kind does not have, or that is out of its range.
  func make(
    for model: any LeastSquaresModel, settings: [String: Double], workers: Workers
  ) throws(LearningError) -> any LeastSquaresMethod
}

/// A method that moves parameters so that a sum of squares falls.
public protocol LeastSquaresMethod: AnyObject {
  /// Moves the parameters once.
  func step(_ parameters: inout [Double]) -> LeastSquaresOutcome
  /// What a saved state consists of.
  var stateNumbers: [String: Double] { get set }
}

/// What came of a step.
public struct LeastSquaresOutcome: Sendable, Hashable {
  /// The sum of the squares after the step.
  public var loss: Double
  /// Losses that were computed, beside the linearisation.
  public var evaluations: Int
  public var damping: Double
  /// Whether the parameters have moved.
  public var isAccepted: Bool
  /// Whether nothing more is to be gained.
  public var isStalled: Bool
}

/// The kinds of methods for sums of squares.
public enum LeastSquaresRegistry {
  public static let all: [any LeastSquaresKind] = [LevenbergMarquardtKind()]

  public static func kind(named name: String) -> (any LeastSquaresKind)? { all.first { $0.name == name } }
}
