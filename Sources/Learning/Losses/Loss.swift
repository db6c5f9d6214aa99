public import Arrays
public import Differentiation

/// How far a prediction is from its target: one number per sample.
public protocol Loss: Sendable {
  /// Whether it is relative to the size of the target, which must not be zero then; it is not unless said.
  var isRelative: Bool { get }
  /// Records the losses of the samples, of shape (1); differentiable in the prediction.
  func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable
}

extension Loss {
  public var isRelative: Bool { false }
}

/// A loss that recipes know by name: one file each, and a line in `LossRegistry`.
public protocol LossKind: Sendable {
  /// The name in recipes.
  var name: String { get }
  /// One sentence, with the definition.
  var summary: String { get }
  /// The parameters it reads, with their defaults and meaning.
  var parameters: [MethodParameter] { get }

  /// The loss on a grid.
  ///
  /// - Parameters:
  ///   - axes: of a sample's points, in the order of its shape.
  ///   - values: of some of the parameters.
  /// - Throws: `LearningError` for parameters that it does not read or cannot use, and for axes that it does not fit.
  func make(axes: [GridAxis], values: [String: Double]) throws(LearningError) -> any Loss
}

extension LossKind {
  public var parameters: [MethodParameter] { [] }

  /// All parameters, those that are given and the defaults of the others.
  package func values(_ given: [String: Double]) throws(LearningError) -> MethodValues {
    try MethodValues(given, of: parameters, method: name)
  }
}

/// Where the points of one axis stand.
public struct GridAxis: Sendable, Hashable, Codable {
  /// The length of the domain, in its units.
  public var length: Double
  public var placement: CoordinateChannels.Placement

  public init(length: Double, placement: CoordinateChannels.Placement = .periodic) {
    precondition(length > 0, "GridAxis: the length \(length) must be positive")
    self.length = length
    self.placement = placement
  }
}
