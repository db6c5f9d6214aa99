import Arrays
import Spectral
#if canImport(Glibc)
  import Glibc
#endif

/// Weights that take the mean of a function from its values at the midpoints of n equal cells.
///
/// Equal weights are spectrally accurate only for functions that continue evenly beyond both ends, and on periodic
/// axes; for a function that vanishes at an end they would be of second order.
enum MeanWeights {
  /// Beyond this many points the weights of finite order are as good, and cheaper to make.
  private static let largestSpectralRule = 16_384
  /// Points near each end whose weights correct the midpoint rule.
  private static let correctedPoints = 8

  /// - Parameter functions: how the function continues beyond the ends; `nil` if it has no parity there.
  static func weights(points: Int, functions: AxisFunctions?) -> [Double] {
    let isSpectral = points <= largestSpectralRule
    switch functions {
    case .fourier, .cosine: return Array(repeating: 1 / Double(points), count: points)
    case .sine where isSpectral:
      return sineWeights(points, Array(stride(from: 2, through: 2 * points, by: 4)))
    case .sineCosine where isSpectral:
      return sineWeights(points, Array(stride(from: 1, to: 2 * points, by: 2)))
    case .cosineSine where isSpectral: return weights(points: points, functions: .sineCosine).reversed()
    default: return endCorrected(points)
    }
  }

  /// The integral of the sine series through the values; wavenumbers count quarter waves, and those whose integral
  /// over the interval vanishes are left out.
  private static func sineWeights(_ n: Int, _ wavenumbers: [Int]) -> [Double] {
    let sines = (0..<(8 * n)).map { sin(.pi * Double($0) / Double(4 * n)) }
    let coefficients = wavenumbers.map { q -> (index: Int, factor: Double) in
      // ∫₀¹ sin(πqs/2) ds; the highest sine, ±1 at every point, has twice the norm.
      let integral: Double = (1 - cos(.pi / 2 * Double(q))) / (.pi / 2 * Double(q))
      return (q, (q == 2 * n ? 1 : 2) / Double(n) * integral)
    }
    return (0..<n).map { j in
      coefficients.reduce(0) { $0 + $1.factor * sines[$1.index * (2 * j + 1) % (8 * n)] }
    }
  }

  /// The midpoint rule with the end corrections of Euler and Maclaurin, derivatives by differences: a correction
  /// c integrates tᵖ if `Σ cⱼ (j + ½)ᵖ = B_{p+1}(½)/(p + 1)`.
  private static func endCorrected(_ n: Int) -> [Double] {
    let count = min(correctedPoints, n / 2)
    let bernoulli = [-1.0 / 12, 7.0 / 240, -31.0 / 1344, 127.0 / 3840]
    var rows = (0..<count).map { p -> [Double] in
      var row: [Double] = (0..<count).map { j in pow(Double(j) + 0.5, Double(p)) }
      row.append(p % 2 == 1 ? bernoulli[p / 2] / Double(p + 1) : 0)
      return row
    }
    for pivot in 0..<count {
      let best = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) } ?? pivot
      rows.swapAt(pivot, best)
      for row in 0..<count where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...count { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    var weights = Array(repeating: 1 / Double(n), count: n)
    for j in 0..<count {
      let correction = rows[j][count] / rows[j][j] / Double(n)
      weights[j] += correction
      weights[n - 1 - j] += correction
    }
    return weights
  }
}

/// The mean of grid values over the domain.
struct GridMean {
  /// Per storage axis; `nil` for equal weights.
  private let weights: [[Double]?]
  private let shape: [Int]

  /// - Parameter functions: along the storage axes; `nil` where the function has no parity.
  init(_ layout: PencilLayout, _ functions: [AxisFunctions?]) {
    shape = layout.gridShape
    weights = zip(layout.gridShape, functions).map { points, functions in
      functions == .fourier || functions == .cosine
        ? nil : MeanWeights.weights(points: points, functions: functions)
    }
  }

  func value(of values: AlignedStorage<Double>) -> Double {
    guard weights.contains(where: { $0 != nil }) else {
      return values.buffer.reduce(0, +) / Double(values.count)
    }
    var data = Array(values.buffer)
    for axis in shape.indices.reversed() {
      // The axes behind this one are summed up already.
      let points = shape[axis]
      data = (0..<(data.count / points)).map { row in
        guard let weights = weights[axis] else {
          return data[(row * points)..<((row + 1) * points)].reduce(0, +) / Double(points)
        }
        var sum = 0.0
        for i in 0..<points { sum += weights[i] * data[row * points + i] }
        return sum
      }
    }
    return data[0]
  }
}
