import Arrays
import Foundation
import PhysicsInformed
import Testing

@Suite("Selection by features") struct FeatureSelectionTests {
  private static let candidates = 4000

  /// The Legendre polynomials of degrees below `count` at candidates on [−1, 1], cells of equal length.
  private static func legendre(_ count: Int) -> (places: [Double], matrix: NDArray<Double>) {
    let places = (0..<candidates).map { -1 + (2 * Double($0) + 1) / Double(candidates) }
    var rows: [Double] = []
    for x in places {
      var values = [1, x]
      for k in 1..<max(count, 2) {
        values.append(((2 * Double(k) + 1) * x * values[k] - Double(k) * values[k - 1]) / Double(k + 1))
      }
      rows += values.prefix(count)
    }
    return (places, NDArray(shape: [candidates, count], rows))
  }

  /// Coefficients of the least squares problem, by Householder reflections.
  private func leastSquares(_ rows: [[Double]], _ values: [Double]) -> [Double] {
    var (a, b) = (rows, values)
    let (n, m) = (a.count, a[0].count)
    for k in 0..<m {
      var v = (k..<n).map { a[$0][k] }
      let size = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      v[0] += v[0] < 0 ? -size : size
      let square = v.reduce(0) { $0 + $1 * $1 }
      guard square > 0 else { continue }
      for column in k..<m {
        let along = 2 * (k..<n).reduce(0) { $0 + v[$1 - k] * a[$1][column] } / square
        for row in k..<n { a[row][column] -= along * v[row - k] }
      }
      let along = 2 * (k..<n).reduce(0) { $0 + v[$1 - k] * b[$1] } / square
      for row in k..<n { b[row] -= along * v[row - k] }
    }
    var result = [Double](repeating: 0, count: m)
    for k in (0..<m).reversed() {
      result[k] = (b[k] - (k + 1..<m).reduce(0) { $0 + a[k][$1] * result[$1] }) / a[k][k]
    }
    return result
  }

  /// The error of fits on selections, relative to that of the projection, sorted.
  private func errors(
    _ m: Int, trials: Int, steepness: Double,
    _ select: (OrthonormalFeatures, RandomStream) -> (chosen: [Int], weights: [Double])
  ) -> [Double] {
    let (places, matrix) = Self.legendre(m)
    let features = OrthonormalFeatures(matrix)
    #expect(features.rank == m)
    let values = places.map { 1 / (1 + steepness * $0 * $0) }
    // The polynomials are a well-conditioned basis of the same span: L2 errors are sums over candidates.
    let rows = (0..<Self.candidates).map { row in (0..<m).map { matrix[flat: row * m + $0] } }
    func error(_ coefficients: [Double]) -> Double {
      zip(rows, values).reduce(0) { sum, pair in
        let rest = pair.1 - zip(pair.0, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + rest * rest
      }.squareRoot()
    }
    let best = error(leastSquares(rows, values))
    return (0..<trials).map { trial in
      let (chosen, weights) = select(features, RandomStream(seed: UInt64(trial), purpose: "selection"))
      let scaled = zip(chosen, weights).map { point, weight in rows[point].map { $0 * weight.squareRoot() } }
      let targets = zip(chosen, weights).map { values[$0] * $1.squareRoot() }
      return error(leastSquares(scaled, targets)) / best
    }.sorted()
  }

  private func uniform(_ count: Int, _ stream: RandomStream) -> [Int] {
    (0..<count).map { Int(stream.uniforms(at: UInt64($0)).x * Double(Self.candidates)) }
  }

  @Test("Runge's function by 20 polynomials at 40 points: repeated processes come close to the best fit")
  func repeatedDPPFitsWell() {
    // The ninth decile of 60 trials would still be uncertain by a fifth.
    let trials = 400
    let repeated = errors(20, trials: trials, steepness: 25) { features, stream in
      let chosen = features.repeatedDPP(40, stream: stream)
      return (chosen, features.weights(of: chosen))
    }
    #expect(repeated[trials * 9 / 10] < 1.8, "\(repeated[trials / 2]) \(repeated[trials * 9 / 10])")
    let volume = errors(20, trials: trials, steepness: 25) { features, stream in
      let chosen = features.volumeSample(40, stream: stream)
      return (chosen, features.weights(of: chosen))
    }
    #expect(volume[trials / 2] < 1.8, "\(volume[trials / 2])")
    let plain = errors(20, trials: trials, steepness: 25) { _, stream in
      (uniform(40, stream), [Double](repeating: 1, count: 40))
    }
    #expect(plain[trials / 2] > 20, "\(plain[trials / 2])")
  }

  @Test("Fifteen polynomials at 30 points: ratios of squared errors")
  func ratiosOfSquares() {
    let ratios = errors(15, trials: 200, steepness: 5) { features, stream in
      let chosen = features.repeatedDPP(30, stream: stream)
      return (chosen, features.weights(of: chosen))
    }.map { $0 * $0 }
    #expect(ratios.reduce(0, +) / 200 < 4, "\(ratios.reduce(0, +) / 200)")
    #expect(ratios[100] < 2.5, "\(ratios[100])")
  }

  @Test func aProcessRepeatsNoCandidate() {
    let features = OrthonormalFeatures(Self.legendre(30).matrix)
    for seed in 0..<20 {
      let stream = RandomStream(seed: UInt64(seed), purpose: "selection")
      let chosen = features.projectionDPP(stream: stream)
      #expect(chosen.count == 30 && Set(chosen).count == 30)
      #expect(features.projectionDPP(stream: stream) == chosen)
      let more = features.distinctDPP(100, stream: stream)
      #expect(more.count == 100 && Set(more).count == 100 && Array(more.prefix(30)) == chosen)
    }
  }

  /// The frequency of candidates is their leverage, and pairs of neighbours are rare.
  @Test func marginalsAreLeverages() {
    // Three features of six candidates: probabilities of sets are squares of determinants.
    let matrix = NDArray<Double>(
      shape: [6, 3], [1, 0, 0, 1, 0.1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, -1, 1, 0.5])
    let features = OrthonormalFeatures(matrix)
    let trials = 20_000
    var (frequency, together) = ([Double](repeating: 0, count: 6), 0.0)
    for seed in 0..<trials {
      let chosen = features.projectionDPP(stream: RandomStream(seed: UInt64(seed), purpose: "marginals"))
      for candidate in chosen { frequency[candidate] += 1 / Double(trials) }
      if chosen.contains(0) && chosen.contains(1) { together += 1 / Double(trials) }
    }
    let scores = features.leverageScores
    for (found, score) in zip(frequency, scores) {
      #expect(abs(found - score) < 4 * (0.25 / Double(trials)).squareRoot())
    }
    #expect(together < 0.1 * scores[0] * scores[1])
  }

  @Test func probabilitiesSumToOne() {
    let (_, matrix) = Self.legendre(12)
    let features = OrthonormalFeatures(matrix)
    #expect(abs(features.leverageScores.reduce(0, +) - 12) < 1e-12)
    for share in [0, 0.1, 1] {
      let probabilities = features.probabilities(uniformShare: share)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(probabilities.allSatisfy { $0 >= share / Double(Self.candidates) })
    }
    let weights = features.weights(of: Array(0..<Self.candidates), uniformShare: 0.1)
    #expect(weights.allSatisfy { $0 > 0 && $0 <= 10 + 1e-9 })
  }

  @Test func weightedSumsAreUnbiased() {
    let (places, matrix) = Self.legendre(8)
    let features = OrthonormalFeatures(matrix)
    let exact = places.reduce(0) { $0 + $1 * $1 } / Double(Self.candidates)
    let draws = 3000
    for uniformShare in [0, 0.1] {
      let chosen = features.leverageSample(
        draws, uniformShare: uniformShare, stream: RandomStream(seed: 1, purpose: "selection"))
      let weights = features.weights(of: chosen, uniformShare: uniformShare)
      let sum = zip(chosen, weights).reduce(0) { $0 + places[$1.0] * places[$1.0] * $1.1 } / Double(draws)
      #expect(abs(sum - exact) < 0.01, "\(sum)")
    }
  }

  @Test func dependentFeaturesAreLeftOut() {
    let (_, matrix) = Self.legendre(5)
    let doubled = NDArray<Double>(
      shape: [Self.candidates, 10],
      generating: { matrix[flat: $0 / 10 * 5 + $0 % 5] * ($0 % 10 < 5 ? 1 : 1e-6) })
    #expect(OrthonormalFeatures(doubled).rank == 5)
    #expect(OrthonormalFeatures(matrix, limit: 3).rank == 3)
    let nothing = OrthonormalFeatures(NDArray<Double>(shape: [4, 2], [.nan, 0, 0, 0, 0, 0, 0, 0]))
    #expect(nothing.rank == 0 && nothing.projectionDPP(stream: RandomStream(seed: 0, purpose: "a")).isEmpty)
    #expect(nothing.probabilities() == [0.25, 0.25, 0.25, 0.25])
    #expect(OrthonormalFeatures(NDArray<Double>(shape: [3, 2])).rank == 0)
  }
}
