/// The last axis of a truncated transform: real rows to their first `modes` complex coefficients, and back.
final class HalfAxisStage<Scalar: TransformScalar> {
  let points: Int
  let modes: Int
  let rows: Int
  let scale: Scalar
  /// points × 2·modes, and 2·modes × points; empty where FFTW is used.
  private let analysis: [Scalar]
  private let synthesis: [Scalar]
  private let forwardPlan: TransformPlan<Scalar>?
  private let inversePlan: TransformPlan<Scalar>?

  init(points: Int, modes: Int, rows: Int, scale: Double, method: TruncatedFourierTransform<Scalar>.Method) {
    self.points = points
    self.modes = modes
    self.rows = rows
    self.scale = Scalar(scale)
    guard method == .matrix else {
      analysis = []
      synthesis = []
      // Rows of an odd number of points begin at any address.
      let isOdd = points * MemoryLayout<Scalar>.stride % 16 != 0
      forwardPlan = .realToComplex(TransformDimension(points, 1), batch: [], anyAlignment: isOdd)
      inversePlan = .complexToReal(TransformDimension(points, 1), batch: [], anyAlignment: isOdd)
      return
    }
    forwardPlan = nil
    inversePlan = nil
    let table = RootTable(points)
    var analysis = [Scalar](repeating: 0, count: 2 * points * modes)
    var synthesis = analysis
    for j in 0..<points {
      for k in 0..<modes {
        let (cosine, sine) = table[j * k]
        let isNyquist = 2 * k == points
        let weight = k == 0 || isNyquist ? 1.0 : 2.0
        analysis[j * 2 * modes + 2 * k] = Scalar(scale * cosine)
        analysis[j * 2 * modes + 2 * k + 1] = Scalar(-scale * sine)
        synthesis[2 * k * points + j] = Scalar(weight * cosine)
        synthesis[(2 * k + 1) * points + j] = Scalar(-weight * sine)
      }
    }
    self.analysis = analysis
    self.synthesis = synthesis
  }

  var scratchCount: Int { analysis.isEmpty ? 2 * (points / 2 + 1) : 0 }

  func forward(
    _ values: UnsafePointer<Scalar>, _ coefficients: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>
  ) {
    if forwardPlan == nil {
      Scalar.transformEngine.multiply(
        GEMMShape(rows: rows, columns: 2 * modes, inner: points), 1, values, analysis, 0, coefficients)
      return
    }
    for row in 0..<rows {
      forwardPlan!.execute(UnsafeMutablePointer(mutating: values + row * points), scratch)
      scaleCopy(scratch, coefficients + row * 2 * modes, 2 * modes, scale)
    }
  }

  func inverse(
    _ coefficients: UnsafePointer<Scalar>, _ values: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>
  ) {
    if inversePlan == nil {
      Scalar.transformEngine.multiply(
        GEMMShape(rows: rows, columns: points, inner: 2 * modes), 1, coefficients, synthesis, 0, values)
      return
    }
    for row in 0..<rows {
      scratch.update(from: coefficients + row * 2 * modes, count: 2 * modes)
      clear(scratch + 2 * modes, 2 * (points / 2 + 1 - modes))
      scratch[1] = 0
      if 2 * (modes - 1) == points { scratch[2 * modes - 1] = 0 }
      inversePlan!.execute(scratch, values + row * points)
    }
  }
}
