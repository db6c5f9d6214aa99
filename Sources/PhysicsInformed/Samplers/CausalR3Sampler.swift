public import Arrays
import Learning

/// R3 behind a gate that moves on in time: fitness is the size of the residual times the gate.
///
/// The square of the gate is the weight of a point. The middle of the gate needs no fewer than `2 / (rate · clip)` steps from
/// −0.5 to 1.5, where all of the interval is open: 20,000 with the numbers of the paper. Shorter runs raise the rate.
public struct CausalR3SamplerKind: SamplerKind {
  public let name = "causal-r3"
  public let summary = "r3 behind a gate that lets later times in when earlier ones are solved"
  public let source = R3SamplerKind().source
  public let parameters = [
    MethodParameter.every(1),
    MethodParameter(
      "gate", default: 0,
      "form of the gate: 0 (1 − tanh)/2, 1 one less a sigmoid, 2 the positive part of −tanh"),
    MethodParameter("steepness", default: 5, "of the gate, over the share of the interval of time"),
    MethodParameter(
      "start", default: -0.5, "where the middle of the gate begins, as a share of the interval of time"),
    MethodParameter(
      "rate", default: 1e-3, "of the gate: it moves by this times exp(−tolerance · mean (r g)²), or clip"),
    MethodParameter("clip", default: 0.1, "share of the rate that no move exceeds"),
    MethodParameter("tolerance", default: 20, "ε: how much the gated residual slows the gate down"),
  ]

  public init() {}

  /// - Throws: also `LearningError.unsuitable` for a domain without time.
  public func make(
    for domain: SamplingDomain, seed: UInt64, settings: [String: Double]
  ) throws -> any Sampler {
    let values = try values(settings)
    guard let time = domain.time, time.lowerBound < time.upperBound else {
      throw LearningError.unsuitable("causal-r3 needs a problem with an interval of time; 'r3' does without")
    }
    let form = try values("gate", "0, 1 or 2") { $0 == 0 || $0 == 1 || $0 == 2 }
    let gate = CausalGate(
      form: CausalGate.Form(rawValue: Int(form)) ?? .tanh, steepness: try values.positive("steepness"),
      shift: try values("start", "a number") { _ in true }, rate: try values.notNegative("rate"),
      clip: try values.positive("clip"), tolerance: try values.notNegative("tolerance"))
    return CausalR3Sampler(name, domain, time, seed, every: try values.count("every"), gate)
  }
}

private final class CausalR3Sampler: Sampler {
  let name: String
  private let domain: SamplingDomain
  private let time: ClosedRange<Double>
  private let seed: UInt64
  private let every: Int
  private var gate: CausalGate

  init(
    _ name: String, _ domain: SamplingDomain, _ time: ClosedRange<Double>, _ seed: UInt64, every: Int,
    _ gate: CausalGate
  ) {
    self.name = name
    self.domain = domain
    self.time = time
    self.seed = seed
    self.every = every
    self.gate = gate
  }

  /// β.
  var stateNumbers: [String: Double] {
    get { ["gateShift": gate.shift] }
    set { gate.shift = newValue["gateShift"] ?? gate.shift }
  }

  func begin(_ count: Int) throws(SamplingError) -> PointCloud {
    var points = try DomainInterior(domain).uniformPoints(
      count, RandomStream(seed: seed, purpose: "uniform points"))
    weigh(&points)
    return points
  }

  func update(
    _ points: inout PointCloud, residuals: UnsafeBufferPointer<Double>, step: Int, probe: any ResidualProbe
  ) throws(SamplingError) -> Bool {
    if points.weights.isEmpty { weigh(&points) }
    // The weights are squares of the gate as the step saw it.
    let weights = points.weights
    let meanSquare =
      residuals.indices.reduce(0) { $0 + residuals[$1] * residuals[$1] * weights[$1] } / Double(points.count)
    if isDue(after: step, every: every) {
      try points.retain(
        DomainInterior(domain), RandomStream(seed: seed, purpose: "released points", step: step + 1)
      ) { abs(residuals[$0]) * weights[$0].squareRoot() }
    }
    gate.move(meanSquare: meanSquare)
    weigh(&points)
    return true
  }

  private func weigh(_ points: inout PointCloud) {
    let (last, dimension) = (points.dimension - 1, points.dimension)
    if points.weights.isEmpty { points.weights = [Double](repeating: 0, count: points.count) }
    for point in 0..<points.count {
      let moment = points.coordinates[point * dimension + last]
      let value = gate((moment - time.lowerBound) / (time.upperBound - time.lowerBound))
      points.weights[point] = value * value
    }
  }
}
