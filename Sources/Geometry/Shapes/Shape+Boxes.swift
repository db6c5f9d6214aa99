import Glibc

extension Shape {
  /// Half widths √(a² cos² + b² sin²) along the axes.
  static func ellipseBox(
    _ center: [Double], _ semiAxes: [Double], _ angle: Double
  ) -> (lower: [Double], upper: [Double]) {
    let (c, s) = (cos(angle), sin(angle))
    let half = [hypot(semiAxes[0] * c, semiAxes[1] * s), hypot(semiAxes[0] * s, semiAxes[1] * c)]
    return (zip(center, half).map { $0 - $1 }, zip(center, half).map { $0 + $1 })
  }

  /// The end discs reach r √(1 − e²) along an axis on which the cylinder's direction has the component e.
  static func cylinderBox(
    _ start: [Double], _ end: [Double], _ radius: Double
  ) -> (lower: [Double], upper: [Double]) {
    let length = zip(start, end).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }.squareRoot()
    let reach = zip(start, end).map { start, end in
      radius * max(0, 1 - (end - start) * (end - start) / (length * length)).squareRoot()
    }
    return (
      (0..<3).map { min(start[$0], end[$0]) - reach[$0] }, (0..<3).map { max(start[$0], end[$0]) + reach[$0] }
    )
  }
}
