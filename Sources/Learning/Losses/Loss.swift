public import Arrays
public import Differentiation

/// How far a prediction is from its target: one number per sample.
public protocol Loss: Sendable {
  /// Records the losses of the samples, of shape (1); differentiable in the prediction.
  func callAsFunction<Scalar: NetworkScalar>(
    _ prediction: Variable, _ target: Variable, _ tape: Tape<Scalar>
  ) -> Variable
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
  /// - Throws: `LossError` for parameters that it does not read or cannot use, and for axes that it does not fit.
  func make(axes: [GridAxis], values: [String: Double]) throws(LossError) -> any Loss
}

extension LossKind {
  public var parameters: [MethodParameter] { [] }

  /// All parameters, those that are given and the defaults of the others.
  package func allValues(_ given: [String: Double]) throws(LossError) -> [String: Double] {
    for key in given.keys where !parameters.contains(where: { $0.name == key }) {
      throw .unknownParameter(key, loss: name, known: parameters.map(\.name))
    }
    var values: [String: Double] = [:]
    for parameter in parameters { values[parameter.name] = given[parameter.name] ?? parameter.defaultValue }
    return values
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

/// Why there is no such loss.
public enum LossError: Error, Hashable, CustomStringConvertible {
  case unknownLoss(String, known: [String])
  case unknownParameter(String, loss: String, known: [String])
  /// What is wrong, in words.
  case unsupported(String)

  public var description: String {
    switch self {
    case .unknownLoss(let name, let known):
      "there is no loss '\(name)'; known are \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let loss, let known) where known.isEmpty:
      "the loss \(loss) has no parameter '\(name)', nor any other"
    case .unknownParameter(let name, let loss, let known):
      "the loss \(loss) has no parameter '\(name)'; known are \(known.joined(separator: ", "))"
    case .unsupported(let text): text
    }
  }
}
