public import Equations
import Arrays

/// A problem whose samples are drawn at random.
public struct SampleSource: Sendable {
  /// The problem, its random parameters at their means.
  public let problem: Problem
  public let formulation: Formulation
  /// The problem for given values of its random parameters, by name.
  ///
  /// All that depends on a parameter, such as the length of an axis, has to follow.
  public let variant: @Sendable ([String: Double]) throws -> (Problem, Formulation)

  public init(
    _ problem: Problem, _ formulation: Formulation,
    variant: @escaping @Sendable ([String: Double]) throws -> (Problem, Formulation)
  ) {
    self.problem = problem
    self.formulation = formulation
    self.variant = variant
  }

  /// The random parameters of a sample, in the problem's order: a function of seed, name and number of the sample alone.
  public func parameters(ofSample sample: Int, seed: UInt64) -> [(name: String, value: Double)] {
    problem.randomParameters.compactMap { parameter in
      let stream = RandomStream(seed: seed, purpose: "parameter." + parameter.name, sample: sample)
      return parameter.distribution.map {
        (parameter.name, $0.value(uniform: stream.uniforms(at: 0).x, normal: stream.normals(at: 1).x))
      }
    }
  }

  /// The problem and its form for a sample, without what would only be compared or recorded beside the fields.
  func sampled(_ parameters: [(name: String, value: Double)]) throws -> (Problem, Formulation) {
    var (problem, formulation) = (problem, formulation)
    if !parameters.isEmpty {
      (problem, formulation) = try variant(
        Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) }))
    }
    problem.reference = nil
    problem.exact = []
    problem.quantities = []
    problem.budgets = []
    return (problem, formulation)
  }

  /// What space is divided into.
  var method: DiscretizationChoice.Method {
    switch formulation {
    case .normal: .spectral
    case .fluxes(_, let method): method
    case .pointwise: .collocation
    }
  }
}
