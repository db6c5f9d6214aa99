/// What cannot be set up as it was asked for.
public enum LearningError: Error, Sendable, Hashable {
  /// No optimizer, schedule or metric has this name.
  case unknownMethod(String, kind: String, known: [String])
  /// A method has no parameter of this name.
  case unknownParameter(String, method: String, known: [String])
  /// A parameter that is out of its range, which `rule` states.
  case invalidParameter(String, method: String, value: Double, rule: String)
  /// Methods that cannot be combined, or data that one of them is not for, in words.
  case unsuitable(String)
  /// A saved state that does not belong to this method and network.
  case mismatchedState(String)
  /// Data that are infinite or undefined.
  case notFinite(sample: Int)
  /// A target that is zero, where errors are relative to it.
  case zeroTarget(sample: Int, split: String)
  /// A network whose result has another size than the targets.
  case mismatchedShapes(network: [Int], target: [Int])
  /// A split without samples.
  case noSamples(split: String)
  /// Parameters, with their gradients and what an optimizer keeps of them, that have no room.
  case tooLarge(parameters: Int, neededBytes: Int, availableBytes: Int)
}

extension LearningError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownMethod(let name, let kind, let known):
      "there is no \(kind) '\(name)'; known are \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let method, let known):
      "\(method) has no parameter '\(name)'; "
        + (known.isEmpty ? "it has none" : "known are \(known.joined(separator: ", "))")
    case .invalidParameter(let name, let method, let value, let rule):
      "\(method): \(name) is \(value), and must be \(rule)"
    case .unsuitable(let reason): reason
    case .mismatchedState(let reason): "the saved state does not fit: \(reason)"
    case .notFinite(let sample): "sample \(sample) has values that are infinite or undefined"
    case .zeroTarget(let sample, let split):
      "the target of sample \(sample) of the \(split) split is zero, and no error can be relative to it"
        + (split == "training"
          ? ": leave the sample out, or train with 'loss: mse'" : ": leave the sample out")
    case .mismatchedShapes(let network, let target):
      "the network gives \(network), and the targets have the shape \(target)"
    case .noSamples(let split): "the \(split) split has no samples"
    case .tooLarge(let parameters, let needed, let available):
      "\(parameters) parameters need \(Self.gibibytes(needed)) with their gradients and the optimizer's numbers, and there are "
        + Self.gibibytes(available)
    }
  }

  private static func gibibytes(_ bytes: Int) -> String {
    let tenths = (Double(bytes) / Double(1 << 30) * 10).rounded() / 10
    return "\(tenths) GiB"
  }
}
