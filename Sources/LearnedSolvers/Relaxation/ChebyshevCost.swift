/// The cost of one ω as a polynomial of the context, fitted by least squares in Chebyshev's basis.
///
/// Kept as normal equations, so that a new cost takes the same time however many there were. Coefficients are bounded
/// as those of a Lipschitz function of this size are.
struct ChebyshevCost: Sendable {
  private(set) var coefficients: [Double]
  /// The sum of squared errors of the fit.
  private(set) var residual = 0.0
  private var gram: [Double]
  private var moments: [Double]
  private var squares = 0.0
  private let count: Int

  init(featureCount: Int) {
    count = featureCount
    coefficients = [Double](repeating: 0, count: featureCount)
    moments = coefficients
    gram = [Double](repeating: 0, count: featureCount * featureCount)
  }

  /// T₀ … at a context from 0 to 1.
  static func fill(_ features: inout [Double], at share: Double) {
    let x = 2 * share - 1
    for index in features.indices {
      features[index] = index == 0 ? 1 : index == 1 ? x : 2 * x * features[index - 1] - features[index - 2]
    }
  }

  func prediction(_ features: [Double]) -> Double {
    var sum = 0.0
    for index in features.indices { sum += coefficients[index] * features[index] }
    return sum
  }

  mutating func add(_ features: [Double], cost: Double) {
    for i in 0..<count {
      moments[i] += cost * features[i]
      for j in 0..<count { gram[i * count + j] += features[i] * features[j] }
    }
    squares += cost * cost
  }

  /// Fits anew; `|θ₀|` is at most `size`, `|θⱼ|` at most `2 variation / j`.
  ///
  /// The free fit of least norm, unless it breaks a bound.
  mutating func fit(size: Double, variation: Double, scratch: inout [Double]) {
    guard gram[0] > 0 else { return }
    solveFreely(&scratch)
    let bound = { (index: Int) in index == 0 ? size : 2 * variation / Double(index) }
    if coefficients.indices.contains(where: {
      abs(coefficients[$0]) > bound($0) || !coefficients[$0].isFinite
    }) {
      descend(within: bound)
    }
    var fitted = squares
    for i in 0..<count {
      fitted -= 2 * coefficients[i] * moments[i]
      for j in 0..<count { fitted += coefficients[i] * gram[i * count + j] * coefficients[j] }
    }
    residual = max(fitted, 0)
  }

  /// By Cholesky's factorisation with a trace of regularisation, which takes the least norm of what is undetermined.
  private mutating func solveFreely(_ factor: inout [Double]) {
    for index in gram.indices { factor[index] = gram[index] }
    let ridge = 1e-9 * gram[0]
    for i in 0..<count {
      for j in 0...i {
        var sum = factor[i * count + j] + (i == j ? ridge : 0)
        for k in 0..<j { sum -= factor[i * count + k] * factor[j * count + k] }
        factor[i * count + j] = i == j ? sum.squareRoot() : sum / factor[j * count + j]
      }
    }
    for i in 0..<count {
      var sum = moments[i]
      for k in 0..<i { sum -= factor[i * count + k] * coefficients[k] }
      coefficients[i] = sum / factor[i * count + i]
    }
    for i in (0..<count).reversed() {
      var sum = coefficients[i]
      for k in (i + 1)..<max(count, i + 1) { sum -= factor[k * count + i] * coefficients[k] }
      coefficients[i] = sum / factor[i * count + i]
    }
  }

  /// Minimises over the box, one coefficient after the other: convex, so that this converges.
  private mutating func descend(within bound: (Int) -> Double) {
    for index in 0..<count {
      let limit = bound(index)
      coefficients[index] =
        coefficients[index].isFinite ? min(max(coefficients[index], -limit), limit) : 0
    }
    for _ in 0..<100 {
      var change = 0.0
      for i in 0..<count where gram[i * count + i] > 0 {
        var sum = moments[i]
        for j in 0..<count where j != i { sum -= gram[i * count + j] * coefficients[j] }
        let limit = bound(i)
        let new = min(max(sum / gram[i * count + i], -limit), limit)
        change = max(change, abs(new - coefficients[i]))
        coefficients[i] = new
      }
      if change <= 1e-6 * bound(0) { break }
    }
  }
}
