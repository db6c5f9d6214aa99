/// How a random parameter is distributed.
public enum ParameterDistribution: Sendable, Hashable {
  /// Equally likely from one number to another.
  case uniform(from: Double, to: Double)
  /// The normal distribution with a mean and a standard deviation.
  case normal(mean: Double, deviation: Double)

  /// The mean, which stands for the parameter where a problem is solved only once.
  public var mean: Double {
    switch self {
    case .uniform(let lower, let upper): lower + (upper - lower) / 2
    case .normal(let mean, _): mean
    }
  }

  /// The parameter's value for random numbers drawn elsewhere.
  ///
  /// - Parameters:
  ///   - uniform: uniform on (0, 1).
  ///   - normal: standard normal.
  public func value(uniform: Double, normal: Double) -> Double {
    switch self {
    case .uniform(let lower, let upper): lower + (upper - lower) * uniform
    case .normal(let mean, let deviation): mean + deviation * normal
    }
  }
}
