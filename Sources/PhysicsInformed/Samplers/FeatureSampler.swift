import Arrays
import Learning

/// Points that are chosen now and then among fresh candidates by the features of the network there.
///
/// Features are gradients of the residual: near its parameters the network is a linear model in them, and a mini-batch that this
/// model is well determined by makes a well-conditioned step. Candidates times parameters numbers are needed for a while.
final class FeatureSampler: Sampler {
  /// Chooses among candidates, and says what each of the chosen ones counts.
  typealias Choice = (_ features: OrthonormalFeatures, _ count: Int, _ stream: RandomStream) -> (
    chosen: [Int], weights: [Double]
  )
  let name: String
  private let domain: SamplingDomain
  private let seed: UInt64
  private let every: Int
  private let candidates: Int
  /// Whether more features than points are of no use.
  private let isLimited: Bool
  private let choose: Choice

  static let parameters = [
    MethodParameter.every(100, "steps of the optimizer between choices"),
    MethodParameter(
      "candidates", default: 2000,
      "fresh points that are chosen among, every time anew; times the network's parameters numbers are kept"),
  ]

  init(
    _ name: String, _ values: MethodValues, _ domain: SamplingDomain, _ seed: UInt64, isLimited: Bool,
    choose: @escaping Choice
  ) throws(LearningError) {
    self.name = name
    self.domain = domain
    self.seed = seed
    self.isLimited = isLimited
    self.choose = choose
    every = try values.count("every")
    candidates = try values.count("candidates")
  }

  func begin(_ count: Int) throws(SamplingError) -> PointCloud {
    guard count <= candidates else { throw .tooFewCandidates(candidates, points: count) }
    return try DomainInterior(domain).uniformPoints(
      count, RandomStream(seed: seed, purpose: "uniform points"))
  }

  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool {
    guard isDue(after: step, every: every) else { return false }
    let fresh = try DomainInterior(domain).uniformPoints(
      candidates, RandomStream(seed: seed, purpose: "candidates for points", step: step + 1))
    let matrix = probe.features(at: fresh)
    precondition(
      matrix.shape.first == candidates, "ResidualProbe: features \(matrix.shape) of \(candidates) points")
    let features = OrthonormalFeatures(matrix, limit: isLimited ? points.count : nil)
    // Where nothing can be told of the network, or too little, points stay.
    guard features.rank > 0 else { return false }
    let stream = RandomStream(seed: seed, purpose: "choice among candidates", step: step + 1)
    let (chosen, weights) = choose(features, points.count, stream)
    guard chosen.count == points.count else { return false }
    points = fresh.selecting(chosen)
    points.weights = weights
    return true
  }
}

extension FeatureSampler {
  /// With weights that make sums over chosen candidates those over all.
  static func weighted(
    _ choose: @escaping (OrthonormalFeatures, Int, RandomStream) -> [Int]
  ) -> Choice {
    return { features, count, stream in
      let chosen = choose(features, count, stream)
      return (chosen, features.weights(of: chosen))
    }
  }
}
