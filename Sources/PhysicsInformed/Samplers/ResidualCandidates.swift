import Arrays
import Glibc
import Learning

/// What samplers share that look at the residual of fresh points now and then.
struct ResidualCandidates {
  let domain: SamplingDomain
  let seed: UInt64
  /// Steps between looks.
  let every: Int
  /// Points that are looked at.
  let count: Int
  /// To which the residual is raised, and what is added to it in units of its mean.
  var power = 1.0
  var constant = 0.0

  static let every = MethodParameter.every(1000, "steps of the optimizer between looks at fresh points")
  static let candidates = MethodParameter(
    "candidates", default: 10_000, "fresh points whose residual is looked at, every time anew")
  static func power(_ value: Double) -> MethodParameter {
    MethodParameter("power", default: value, "k in the density |r|^k / mean |r|^k + c")
  }
  static func constant(_ value: Double) -> MethodParameter {
    MethodParameter("constant", default: value, "c in the density |r|^k / mean |r|^k + c")
  }

  init(_ values: MethodValues, _ domain: SamplingDomain, _ seed: UInt64) throws(LearningError) {
    self.domain = domain
    self.seed = seed
    every = try values.count("every")
    count = try values.count("candidates")
  }

  /// Fresh points after a step, and the size of their residuals; those that are not finite count as none.
  func look(after step: Int, _ probe: any ResidualProbe) throws(SamplingError) -> (PointCloud, [Double]) {
    let stream = RandomStream(seed: seed, purpose: "candidates for points", step: step + 1)
    let points = try DomainInterior(domain).uniformPoints(count, stream)
    let residuals = probe.residuals(at: points)
    precondition(
      residuals.count == count, "ResidualProbe: \(residuals.count) residuals at \(count) points")
    return (points, residuals.map { $0.isFinite ? abs($0) : 0 })
  }

  /// What the density of new points is in proportion to: `|r|^k / mean |r|^k + c`.
  ///
  /// Relative to the largest one, so that no power leaves the range of numbers. Uniform where that is nowhere above zero.
  func density(_ residuals: [Double]) -> [Double] {
    let largest = residuals.max() ?? 0
    let powers = residuals.map { largest > 0 ? pow($0 / largest, power) : 1 }
    let mean = powers.reduce(0, +) / Double(powers.count)
    return powers.map { $0 / mean + constant }
  }

  /// Different candidates, drawn one after another with probabilities in proportion to a density.
  ///
  /// The `count` smallest of exponential numbers with these rates (P. S. Efraimidis, P. G. Spirakis, *Weighted random sampling
  /// with a reservoir*, 2006).
  func draw(_ count: Int, _ density: [Double], after step: Int) -> [Int] {
    let stream = RandomStream(seed: seed, purpose: "choice among candidates", step: step + 1)
    let times = density.indices.map { -log(stream.uniforms(at: UInt64($0)).x) / density[$0] }
    return Array(density.indices.sorted { (times[$0], $0) < (times[$1], $1) }.prefix(count))
  }
}

extension PointCloud {
  /// Appends points of another cloud, which count as one if points have weights.
  mutating func append(_ chosen: [Int], of other: PointCloud) {
    for point in chosen { coordinates.append(contentsOf: other[point]) }
    if !weights.isEmpty { weights.append(contentsOf: repeatElement(1, count: chosen.count)) }
  }

  /// Some of the points.
  func selecting(_ chosen: [Int]) -> PointCloud {
    PointCloud(dimension: dimension, coordinates: chosen.flatMap { self[$0] })
  }
}
