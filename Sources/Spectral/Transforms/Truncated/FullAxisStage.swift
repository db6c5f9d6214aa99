/// A leading axis of a truncated transform: blocks of `points` complex rows to `2·modes` rows, and back.
final class FullAxisStage<Scalar: TransformScalar> {
  let points: Int
  let modes: Int
  let outer: Int
  /// Complex numbers per row.
  let inner: Int
  /// Cosines of frequencies 0 … modes, then their sines: 2(modes + 1) × points, and its transpose.
  private let analysis: [Scalar]
  private let synthesis: [Scalar]
  private let forwardPlan: TransformPlan<Scalar>?
  private let inversePlan: TransformPlan<Scalar>?

  init(points: Int, modes: Int, outer: Int, inner: Int, method: TruncatedFourierTransform<Scalar>.Method) {
    self.points = points
    self.modes = modes
    self.outer = outer
    self.inner = inner
    guard method == .matrix else {
      analysis = []
      synthesis = []
      let axis = TransformDimension(points, inner)
      let batch = [TransformDimension(inner, 1)]
      let isOdd = 2 * points * inner * MemoryLayout<Scalar>.stride % 16 != 0
      forwardPlan = .complex([axis], forward: true, batch: batch, inPlace: false, anyAlignment: isOdd)
      inversePlan = .complex([axis], forward: false, batch: batch, inPlace: false, anyAlignment: isOdd)
      return
    }
    forwardPlan = nil
    inversePlan = nil
    let table = RootTable(points)
    let width = 2 * (modes + 1)
    var analysis = [Scalar](repeating: 0, count: width * points)
    var synthesis = analysis
    for k in 0...modes {
      for j in 0..<points {
        let (cosine, sine) = table[j * k]
        analysis[k * points + j] = Scalar(cosine)
        analysis[(modes + 1 + k) * points + j] = Scalar(sine)
        synthesis[j * width + k] = Scalar(cosine)
        synthesis[j * width + modes + 1 + k] = Scalar(sine)
      }
    }
    self.analysis = analysis
    self.synthesis = synthesis
  }

  var scratchCount: Int { (analysis.isEmpty ? points : 2 * (modes + 1)) * 2 * inner }

  func forward(
    _ source: UnsafePointer<Scalar>, _ target: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>
  ) {
    let width = 2 * inner
    for block in 0..<outer {
      let input = source + block * points * width
      let output = target + block * 2 * modes * width
      if forwardPlan == nil {
        Scalar.transformEngine.multiply(
          GEMMShape(rows: 2 * (modes + 1), columns: width, inner: points), 1, analysis, input, 0, scratch)
        combineSums(scratch, output, modes: modes, width: width)
      } else {
        forwardPlan!.execute(UnsafeMutablePointer(mutating: input), scratch)
        output.update(from: scratch, count: modes * width)
        (output + modes * width).update(from: scratch + (points - modes) * width, count: modes * width)
      }
    }
  }

  func inverse(
    _ source: UnsafePointer<Scalar>, _ target: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>
  ) {
    let width = 2 * inner
    for block in 0..<outer {
      let input = source + block * 2 * modes * width
      let output = target + block * points * width
      if inversePlan == nil {
        separateSums(input, scratch, modes: modes, width: width)
        Scalar.transformEngine.multiply(
          GEMMShape(rows: points, columns: width, inner: 2 * (modes + 1)), 1, synthesis, scratch, 0, output)
      } else {
        scratch.update(from: input, count: modes * width)
        clear(scratch + modes * width, (points - 2 * modes) * width)
        (scratch + (points - modes) * width).update(from: input + modes * width, count: modes * width)
        inversePlan!.execute(scratch, output)
      }
    }
  }
}

/// Cosines and sines of all multiples of 2π/n, so that matrices are exact to rounding.
package struct RootTable {
  private let table: (cosines: [Double], sines: [Double])

  package init(_ points: Int) { table = harmonics(2 * .pi / Double(points), first: 0, count: points) }

  package subscript(multiple: Int) -> (cosine: Double, sine: Double) {
    let index = multiple % table.cosines.count
    return (table.cosines[index], table.sines[index])
  }
}

/// `target = factor · source`.
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
func scaleCopy<Scalar: TransformScalar>(
  _ source: UnsafePointer<Scalar>, _ target: UnsafeMutablePointer<Scalar>, _ count: Int, _ factor: Scalar
) {
  for index in 0..<count { target[index] = factor * source[index] }
}

/// Rows A of cosine sums and B of sine sums to coefficients A − iB of k and A + iB of −k.
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
func combineSums<Scalar: TransformScalar>(
  _ sums: UnsafePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>, modes: Int, width: Int
) {
  for k in 0...modes {
    let cosines = sums + k * width
    let sines = sums + (modes + 1 + k) * width
    if k < modes {
      let row = output + k * width
      for index in stride(from: 0, to: width, by: 2) {
        row[index] = cosines[index] + sines[index + 1]
        row[index + 1] = cosines[index + 1] - sines[index]
      }
    }
    if k > 0 {
      let row = output + (2 * modes - k) * width
      for index in stride(from: 0, to: width, by: 2) {
        row[index] = cosines[index] - sines[index + 1]
        row[index + 1] = cosines[index + 1] + sines[index]
      }
    }
  }
}

/// Coefficients Z of k and −k to factors of the cosine, Z₊ + Z₋, and of the sine, i(Z₊ − Z₋).
@specialized(where Scalar == Double)
@specialized(where Scalar == Float)
func separateSums<Scalar: TransformScalar>(
  _ input: UnsafePointer<Scalar>, _ sums: UnsafeMutablePointer<Scalar>, modes: Int, width: Int
) {
  for k in 0...modes {
    let cosines = sums + k * width
    let sines = sums + (modes + 1 + k) * width
    let plus = input + k * width
    let minus = input + (2 * modes - k) * width
    for index in stride(from: 0, to: width, by: 2) {
      let above = k < modes ? (plus[index], plus[index + 1]) : (0, 0)
      let below = k > 0 ? (minus[index], minus[index + 1]) : (0, 0)
      cosines[index] = above.0 + below.0
      cosines[index + 1] = above.1 + below.1
      sines[index] = below.1 - above.1
      sines[index + 1] = above.0 - below.0
    }
  }
}
