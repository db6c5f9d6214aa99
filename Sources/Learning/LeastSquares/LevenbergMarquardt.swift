public import Arrays
import Glibc

/// Makes the sum of squares of residuals small by linear least squares problems within a trust region.
///
/// Steps are exact: the Jacobian is factored, see `DampedLeastSquares`. The radius is the largest for which the loss still falls by a
/// small share of what the linear model promises, which is found by trying; a share as low as this goes too far on purpose, and
/// settles once the damping has stopped to fall. The rule is that of wephy/physics-informed-neural-networks (2026, arXiv 2607.02194).
public final class LevenbergMarquardt: LeastSquaresMethod {
  public struct Options: Sendable, Hashable {
    /// The share of the promised decrease that a step must at least bring.
    public var ratio = 0.075
    /// The same once it settles.
    public var settledRatio = 0.5
    /// Steps before it may settle.
    public var settlesAfter = 80
    /// Steps over which the damping is watched.
    public var window = 30
    /// Between two radii that are tried.
    public var spacing = 1.4
    /// The first radius, as a share of the length of the parameters.
    public var firstRadius = 0.1
    /// The radius, as a share of the length of the parameters, below which nothing more is gained.
    public var leastRadius = 1e-9

    public init() {}
  }

  public let options: Options
  private let model: any LeastSquaresModel
  private let solver: DampedLeastSquares
  private let count: Int
  private var rows: AlignedStorage<Double>
  private var trial: [Double]
  private var move: [Double]
  private var radius = 0.0
  private var damping = 0.0
  private var dampings: [Double] = []
  private var step = 0
  private var isSettled = false

  public init(_ model: any LeastSquaresModel, options: Options = .init(), workers: Workers) {
    self.model = model
    self.options = options
    count = model.parameterCount
    solver = DampedLeastSquares(parameters: count, workers: workers)
    rows = AlignedStorage(count: 1)
    trial = Array(repeating: 0, count: count)
    move = trial
  }

  /// Moves the parameters once.
  public func step(_ parameters: inout [Double]) -> LeastSquaresOutcome {
    let distance = count + 1
    if rows.count < model.rowCount * distance { rows = AlignedStorage(uninitialized: model.rowCount * distance) }
    let loss = model.linearize(at: parameters, into: rows.baseAddress, distance: distance)
    guard loss.isFinite else { return outcome(loss, 1, accepted: false) }
    solver.factor(rows.baseAddress, count: model.rowCount, distance: distance)
    let size = parameters.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if step == 0 {
      radius = options.firstRadius * max(size, 1e-3)
      damping = 1e-3 * solver.scale * solver.scale
    }
    step += 1
    let best = search(parameters, loss)
    guard let best else {
      radius /= options.spacing * options.spacing * options.spacing
      return outcome(loss, evaluations, accepted: false, stalled: radius < options.leastRadius * max(size, 1e-3))
    }
    radius = best.radius
    damping = best.damping
    _ = solver.solve(damping)
    solver.step(into: &move)
    for index in 0..<count { parameters[index] += move[index] }
    watch()
    return outcome(best.loss, evaluations, accepted: true)
  }

  private var evaluations = 0

  private struct Trial {
    var radius: Double
    var damping: Double
    var loss: Double
    var ratio: Double
  }

  /// The largest radius whose ratio is good enough, going up from the last one while it is, or down until it is.
  private func search(_ parameters: [Double], _ loss: Double) -> Trial? {
    evaluations = 0
    let target = isSettled ? options.settledRatio : options.ratio
    var current = attempt(parameters, loss, radius)
    if current.ratio >= target {
      for _ in 0..<8 {
        // The whole step of Gauss and Newton lies within the radius: there is nothing beyond it.
        if current.damping <= solver.scale * solver.scale * 1e-29 { break }
        let next = attempt(parameters, loss, current.radius * options.spacing)
        guard next.ratio >= target else { break }
        current = next
      }
      return current
    }
    var fallback: Trial? = current.ratio > 0 ? current : nil
    for _ in 0..<12 {
      current = attempt(parameters, loss, current.radius / options.spacing)
      if current.ratio >= target { return current }
      if current.ratio > 0, current.loss < (fallback?.loss ?? .infinity) { fallback = current }
    }
    return fallback
  }

  private func attempt(_ parameters: [Double], _ loss: Double, _ radius: Double) -> Trial {
    let damping = solver.damping(forLength: radius, start: self.damping)
    let (_, _, decrease) = solver.solve(damping)
    solver.step(into: &move)
    for index in 0..<count { trial[index] = parameters[index] + move[index] }
    let found = model.loss(at: trial)
    evaluations += 1
    let ratio = found.isFinite && decrease > 0 ? (loss - found) / decrease : -1
    return Trial(radius: radius, damping: damping, loss: found, ratio: ratio)
  }

  /// Settles once the damping has stopped to fall.
  private func watch() {
    dampings.append(log(max(damping, 1e-300)))
    if dampings.count > options.window { dampings.removeFirst() }
    guard !isSettled, step > options.settlesAfter, dampings.count == options.window else { return }
    let middle = Double(options.window - 1) / 2
    isSettled = dampings.enumerated().reduce(0) { $0 + (Double($1.offset) - middle) * $1.element } > 0
  }

  private func outcome(_ loss: Double, _ evaluations: Int, accepted: Bool, stalled: Bool = false) -> LeastSquaresOutcome {
    LeastSquaresOutcome(
      loss: loss, evaluations: evaluations, radius: radius, damping: damping, isAccepted: accepted,
      isStalled: stalled)
  }

  /// What a saved state consists of.
  public var stateNumbers: [String: Double] {
    get {
      var numbers = ["radius": radius, "damping": damping, "step": Double(step), "isSettled": isSettled ? 1 : 0]
      for (index, value) in dampings.enumerated() { numbers["damping.\(index)"] = value }
      return numbers
    }
    set {
      radius = newValue["radius"] ?? 0
      damping = newValue["damping"] ?? 0
      step = Int(newValue["step"] ?? 0)
      isSettled = newValue["isSettled"] == 1
      dampings = (0..<options.window).compactMap { newValue["damping.\($0)"] }
    }
  }
}

struct LevenbergMarquardtKind: LeastSquaresKind {
  let name = "levenberg-marquardt"
  let summary = "Exact Gauss–Newton steps within a trust region that goes as far as the loss falls at all."
  let source = "Levenberg 1944, Marquardt 1963; Moré 1978; the low ratio: arXiv 2607.02194 (2026)"
  let parameters = [
    MethodParameter("ratio", default: 0.075, "the share of the promised decrease that a step must bring"),
    MethodParameter("settledRatio", default: 0.5, "the same once the damping has stopped to fall"),
    MethodParameter("settlesAfter", default: 80, "steps before that"),
    MethodParameter("spacing", default: 1.4, "between two radii that are tried"),
    MethodParameter("firstRadius", default: 0.1, "the first radius, as a share of the length of the parameters"),
    MethodParameter("leastRadius", default: 1e-9, "the radius, as the same share, below which it ends"),
  ]

  func make(
    for model: any LeastSquaresModel, settings: [String: Double], workers: Workers
  ) throws(LearningError) -> any LeastSquaresMethod {
    let values = try MethodValues(settings, of: parameters, method: name)
    var options = LevenbergMarquardt.Options()
    options.ratio = try values.share("ratio")
    options.settledRatio = try values.share("settledRatio")
    options.settlesAfter = try values.count("settlesAfter", from: 0)
    options.spacing = try values("spacing", "above 1") { $0 > 1 }
    options.firstRadius = try values.positive("firstRadius")
    options.leastRadius = try values.positive("leastRadius")
    return LevenbergMarquardt(model, options: options, workers: workers)
  }
}
