import Arrays
import Learning

/// Uniform points to which others are added, a few at a time, where the residual is large.
final class GrowingSampler: Sampler {
  let name: String
  private let candidates: ResidualCandidates
  private let adds: Int
  private let rounds: Int
  /// Which candidates of these residuals are added after a step.
  private let choose: (_ residuals: [Double], _ count: Int, _ step: Int) -> [Int]

  static let parameters = [
    ResidualCandidates.every, ResidualCandidates.candidates,
    MethodParameter("adds", default: 10, "points that are added at a time"),
    MethodParameter("rounds", default: 100, "times that points are added at most"),
  ]

  init(
    _ name: String, _ values: MethodValues, _ candidates: ResidualCandidates,
    choose: @escaping (_ residuals: [Double], _ count: Int, _ step: Int) -> [Int]
  ) throws(LearningError) {
    self.name = name
    self.candidates = candidates
    self.choose = choose
    adds = try values.count("adds")
    rounds = try values.count("rounds")
    guard adds <= candidates.count else {
      throw .invalidParameter(
        "adds", method: name, value: Double(adds), rule: "at most 'candidates', \(candidates.count)")
    }
  }

  func begin(_ count: Int) throws(SamplingError) -> PointCloud {
    try DomainInterior(candidates.domain).uniformPoints(
      count, RandomStream(seed: candidates.seed, purpose: "uniform points"))
  }

  func largestCount(of count: Int) -> Int { count + rounds * adds }

  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool {
    guard isDue(after: step, every: candidates.every), (step + 1) / candidates.every <= rounds else {
      return false
    }
    let (fresh, sizes) = try candidates.look(after: step, probe)
    points.append(choose(sizes, adds, step), of: fresh)
    return true
  }
}
