public import Arrays
import Glibc

/// Makes the sum of squares of residuals small by damped linear least squares problems.
///
/// Steps are exact: the Jacobian is factored. The damping is the smallest for which the loss still falls by a small share of what the
/// linear model promises, which is found by trying; a share as low as this goes too far on purpose, and settles once the damping has
/// stopped to fall. The rule, there for radii of a trust region, is that of wephy/physics-informed-neural-networks (2026, arXiv
/// 2607.02194).
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
    /// Between two dampings that are tried.
    public var spacing = 2.5
    /// The first damping, as a share of the largest square of a singular value.
    public var firstDamping = 1e-3
    /// The damping, as a share of the same, below which steps are computed by reflections.
    public var delicateDamping = 1e-12
    /// The relative decrease of the loss in a step below which, several times, nothing more is gained.
    public var leastDecrease = 1e-12

    public init() {}
  }

  public let options: Options
  private let model: any LeastSquaresModel
  private let workers: Workers
  private let count: Int
  private var solver: any DampedLeastSquares
  private var isDelicate = false
  private var rows = AlignedStorage<Double>(count: 1)
  private var trial: [Double]
  private var move: [Double]
  private var best: [Double]
  private var damping = 0.0
  private var dampings: [Double] = []
  private var step = 0
  private var isSettled = false
  private var evaluations = 0
  /// Steps in a row that have brought nothing.
  private var idle = 0

  public init(_ model: any LeastSquaresModel, options: Options = .init(), workers: Workers) {
    self.model = model
    self.options = options
    self.workers = workers
    count = model.parameterCount
    solver = NormalEquations(parameters: count, workers: workers)
    trial = Array(repeating: 0, count: count)
    move = trial
    best = trial
  }

  public func step(_ parameters: inout [Double]) -> LeastSquaresOutcome {
    let distance = count + 1
    if rows.count < model.rowCount * distance {
      rows = AlignedStorage(uninitialized: model.rowCount * distance)
    }
    let loss = model.linearize(at: parameters, into: rows.baseAddress, distance: distance)
    evaluations = 0
    guard loss.isFinite else { return outcome(loss, accepted: false) }
    solver.factor(rows.baseAddress, count: model.rowCount, distance: distance)
    if step == 0 { damping = options.firstDamping * solver.scale }
    step += 1
    guard let found = search(parameters, loss) else {
      // From the smallest step on again; rounding may be what stands in the way.
      damping *= options.spacing
      return rest(loss, accepted: false)
    }
    damping = found.damping
    swap(&parameters, &best)
    watch()
    idle = loss - found.loss > options.leastDecrease * loss ? 0 : idle + 1
    if damping < options.delicateDamping * solver.scale, !isDelicate {
      isDelicate = true
      solver = OrthogonalLeastSquares(parameters: count, workers: workers)
    }
    return outcome(found.loss, accepted: true, stalled: idle >= 10)
  }

  private func rest(_ loss: Double, accepted: Bool) -> LeastSquaresOutcome {
    idle += 1
    return outcome(loss, accepted: accepted, stalled: idle >= 10)
  }

  private struct Trial {
    var damping: Double
    var loss: Double
    var ratio: Double
  }

  /// The smallest damping whose ratio is good enough: down from the last one while it is, or up until it is.
  ///
  /// The parameters that it leads to are in `best`.
  private func search(_ parameters: [Double], _ loss: Double) -> Trial? {
    let target = isSettled ? options.settledRatio : options.ratio
    var current = attempt(parameters, loss, damping)
    if current.ratio >= target {
      swap(&best, &trial)
      for _ in 0..<8 {
        let next = attempt(parameters, loss, current.damping / options.spacing)
        guard next.ratio >= target else { break }
        swap(&best, &trial)
        current = next
      }
      return current
    }
    var fallback: Trial?
    for _ in 0..<16 {
      if current.ratio > 0, current.loss < (fallback?.loss ?? loss) {
        swap(&best, &trial)
        fallback = current
        if current.ratio >= target { break }
      }
      current = attempt(parameters, loss, current.damping * options.spacing)
    }
    return fallback
  }

  /// Tries a damping; the parameters that it leads to are in `trial`.
  private func attempt(_ parameters: [Double], _ loss: Double, _ damping: Double) -> Trial {
    let decrease = solver.solve(damping, into: &move)
    guard decrease.isFinite, decrease > 0 else { return Trial(damping: damping, loss: .infinity, ratio: -1) }
    for index in 0..<count { trial[index] = parameters[index] + move[index] }
    let found = model.loss(at: trial)
    evaluations += 1
    return Trial(damping: damping, loss: found, ratio: found.isFinite ? (loss - found) / decrease : -1)
  }

  /// Settles once the damping has stopped to fall.
  private func watch() {
    dampings.append(log(max(damping, 1e-300)))
    if dampings.count > options.window { dampings.removeFirst() }
    guard !isSettled, step > options.settlesAfter, dampings.count == options.window else { return }
    let middle = Double(options.window - 1) / 2
    isSettled = dampings.enumerated().reduce(0) { $0 + (Double($1.offset) - middle) * $1.element } > 0
  }

  private func outcome(_ loss: Double, accepted: Bool, stalled: Bool = false) -> LeastSquaresOutcome {
    LeastSquaresOutcome(
      loss: loss, evaluations: evaluations, damping: damping, isAccepted: accepted, isStalled: stalled)
  }

  public var stateNumbers: [String: Double] {
    get {
      var numbers = [
        "damping": damping, "step": Double(step), "isSettled": isSettled ? 1 : 0,
        "isDelicate": isDelicate ? 1 : 0,
        "idle": Double(idle),
      ]
      for (index, value) in dampings.enumerated() { numbers["damping.\(index)"] = value }
      return numbers
    }
    set {
      damping = newValue["damping"] ?? 0
      step = Int(newValue["step"] ?? 0)
      idle = Int(newValue["idle"] ?? 0)
      isSettled = newValue["isSettled"] == 1
      isDelicate = newValue["isDelicate"] == 1
      if isDelicate { solver = OrthogonalLeastSquares(parameters: count, workers: workers) }
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
    MethodParameter("spacing", default: 2.5, "between two dampings that are tried"),
    MethodParameter(
      "firstDamping", default: 1e-3, "the first damping, as a share of the largest square of a singular value"
    ),
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
    options.firstDamping = try values.positive("firstDamping")
    return LevenbergMarquardt(model, options: options, workers: workers)
  }
}
