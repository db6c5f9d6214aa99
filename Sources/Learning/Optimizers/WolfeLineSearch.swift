import Arrays

/// A line search for a step that satisfies the strong Wolfe conditions.
///
/// Nocedal, Wright, Numerical Optimization, 2nd ed. 2006, Algorithms 3.5 and 3.6 with cubic interpolation. Where the loss is
/// level to rounding, the slope alone decides (Hager, Zhang, SIAM J. Optim. 16, 2005, eq. 4.1).
struct WolfeLineSearch {
  var decrease: Double
  var curvature: Double
  /// Evaluations at most.
  var evaluations: Int
  /// Relative changes of the loss that mean nothing.
  var rounding: Double

  /// The parameters of kinds that search along lines.
  static let parameters = [
    MethodParameter("evaluations", default: 25, "evaluations of the loss in a step at most"),
    MethodParameter("decrease", default: 1e-4, "share of the linear decrease that a step must reach"),
    MethodParameter("curvature", default: 0.9, "share of the slope that may be left at its end"),
  ]

  /// - Parameter scalar: in what the loss is computed.
  init<Scalar: LearningScalar>(_ values: MethodValues, as scalar: Scalar.Type) throws(LearningError) {
    let decrease = try values("decrease", "positive and below 0.5") { $0 > 0 && $0 < 0.5 }
    self.decrease = decrease
    curvature = try values("curvature", "above \(decrease) and below 1") { $0 > decrease && $0 < 1 }
    evaluations = try values.count("evaluations")
    rounding = 10 * Double(Scalar.ulpOfOne)
  }

  private struct Point {
    var length: Double
    var loss: Double
    var slope: Double
  }

  /// - Parameters:
  ///   - loss: at length zero.
  ///   - slope: there; negative.
  ///   - first: the length to try first.
  ///   - evaluate: the loss and the slope at a length. The one returned was evaluated last.
  /// - Returns: `nil` where the loss falls nowhere.
  func run(
    loss: Double, slope: Double, first: Double, _ evaluate: (Double) -> (loss: Double, slope: Double)
  ) -> (length: Double, loss: Double, evaluations: Int)? {
    let start = Point(length: 0, loss: loss, slope: slope)
    var count = 0
    func point(_ length: Double) -> Point {
      count += 1
      let value = evaluate(length)
      let isFinite = value.loss.isFinite && value.slope.isFinite
      return Point(
        length: length, loss: isFinite ? value.loss : .infinity, slope: isFinite ? value.slope : .infinity)
    }
    func falls(_ point: Point) -> Bool {
      point.loss <= loss + decrease * point.length * slope
        || (point.loss <= loss + rounding * abs(loss) && point.slope <= (2 * decrease - 1) * slope)
    }

    var low = start
    var high: Point?
    var length = first
    var last = start
    while count < evaluations {
      let trial = point(length)
      last = trial
      if !falls(trial) || (trial.loss > low.loss + rounding * abs(loss)) {
        high = trial
      } else if abs(trial.slope) <= -curvature * slope {
        return (trial.length, trial.loss, count)
      } else if let bracket = high {
        if trial.slope * (bracket.length - low.length) >= 0 { high = low }
        low = trial
      } else if trial.slope >= 0 {
        high = low
        low = trial
      } else {
        low = trial
      }
      guard let high else {
        length = min(10 * length, max(2 * length, Self.minimizer(start, low) ?? 4 * length))
        continue
      }
      let (near, far) = (min(low.length, high.length), max(low.length, high.length))
      // Not too close to either end, or the bracket would not shrink.
      let margin = 0.1 * (far - near)
      length = min(max(Self.minimizer(low, high) ?? (near + far) / 2, near + margin), far - margin)
      if far - near <= 1e-14 * far { break }
    }
    // The best of what was seen, where it is better than the start.
    guard low.length > 0 else { return nil }
    if last.length != low.length { low = point(low.length) }
    return (low.length, low.loss, count)
  }

  /// Where the cubic through two points with their slopes is least; equation 3.59.
  private static func minimizer(_ a: Point, _ b: Point) -> Double? {
    let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0, square.isFinite else { return nil }
    let d2 = square.squareRoot() * (b.length > a.length ? 1 : -1)
    let length = b.length - (b.length - a.length) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
    return length.isFinite ? length : nil
  }
}
