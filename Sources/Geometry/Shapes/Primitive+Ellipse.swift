import Glibc

extension Primitive {
  /// The nearest point of an ellipse.
  ///
  /// For a point in the first quadrant the nearest point is (a² x/(t + a²), b² y/(t + b²)), with t the largest
  /// root of (a x/(t + a²))² + (b y/(t + b²))² = 1, found by bisection down to neighbouring numbers (D. Eberly,
  /// *Distance from a point to an ellipse, an ellipsoid, or a hyperellipsoid*, 2013).
  static func ellipse(
    _ center: [Double], _ semiAxes: [Double], _ angle: Double, _ point: UnsafePointer<Double>,
    _ nearest: UnsafeMutablePointer<Double>
  ) -> Double {
    let (c, s) = (cos(angle), sin(angle))
    let (dx, dy) = (point[0] - center[0], point[1] - center[1])
    var local = SIMD2(c * dx + s * dy, c * dy - s * dx)
    let isSwapped = semiAxes[0] < semiAxes[1]
    var axes = SIMD2(semiAxes[0], semiAxes[1])
    if isSwapped { (local, axes) = (SIMD2(local.y, local.x), SIMD2(axes.y, axes.x)) }
    let size = SIMD2(abs(local.x), abs(local.y))
    var foot = firstQuadrant(axes, size)
    let distance = ((foot - size) * (foot - size)).sum().squareRoot()
    let scaled = size / axes
    let isInside = (scaled * scaled).sum() <= 1
    if local.x < 0 { foot.x = -foot.x }
    if local.y < 0 { foot.y = -foot.y }
    if isSwapped { foot = SIMD2(foot.y, foot.x) }
    nearest[0] = center[0] + c * foot.x - s * foot.y
    nearest[1] = center[1] + s * foot.x + c * foot.y
    return isInside ? -distance : distance
  }

  /// `axes.x ≥ axes.y`, both coordinates of `point` not negative.
  private static func firstQuadrant(_ axes: SIMD2<Double>, _ point: SIMD2<Double>) -> SIMD2<Double> {
    let (a, b) = (axes.x, axes.y)
    guard point.y > 0 else {
      let focal = a * a - b * b
      guard a * point.x < focal else { return SIMD2(a, 0) }
      let share = a * point.x / focal
      return SIMD2(a * share, b * max(0, 1 - share * share).squareRoot())
    }
    guard point.x > 0 else { return SIMD2(0, b) }
    // In units of b, with t = b² s: s lies between −1 + y and −1 + |(ax, y)|.
    let ratio = (a / b) * (a / b)
    let z = SIMD2(point.x / a, point.y / b)
    var lower = z.y - 1
    var upper = (ratio * z.x * (ratio * z.x) + z.y * z.y).squareRoot() - 1
    for _ in 0..<1100 {
      let middle = 0.5 * (lower + upper)
      guard middle > lower, middle < upper else { break }
      let u = ratio * z.x / (middle + ratio)
      let v = z.y / (middle + 1)
      if u * u + v * v > 1 { lower = middle } else { upper = middle }
    }
    let root = 0.5 * (lower + upper)
    return SIMD2(ratio * point.x / (root + ratio), point.y / (root + 1))
  }
}
