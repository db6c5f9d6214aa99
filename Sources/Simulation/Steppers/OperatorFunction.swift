package import Spectral

/// A function of z = hL that a stepper applies to vectors: a weighted sum of basic functions.
package struct OperatorFunction: Hashable, Sendable {
  package enum Basic: Hashable, Sendable {
    /// 1
    case one
    /// z
    case z
    /// φₖ(c z), with φ₀ = exp and φₖ₊₁(z) = (φₖ(z) − 1/k!)/z.
    case phi(Int, at: Double)
    /// 1/(1 − γ z)
    case resolvent(Double)
    /// z/(1 − γ z)
    case linearResolvent(Double)
  }
  package struct Term: Hashable, Sendable {
    package var weight: Double
    package var basic: Basic
  }
  package var terms: [Term]

  package init(_ terms: [Term]) { self.terms = terms.filter { $0.weight != 0 } }

  package static let one = OperatorFunction([Term(weight: 1, basic: .one)])
  package static let z = OperatorFunction([Term(weight: 1, basic: .z)])
  /// φₖ(c z).
  package static func phi(_ k: Int, at c: Double = 1) -> OperatorFunction {
    OperatorFunction([Term(weight: 1, basic: .phi(k, at: c))])
  }
  /// exp(c z).
  package static func exponential(at c: Double = 1) -> OperatorFunction { phi(0, at: c) }
  /// 1/(1 − γ z).
  package static func resolvent(_ gamma: Double) -> OperatorFunction {
    gamma == 0 ? one : OperatorFunction([Term(weight: 1, basic: .resolvent(gamma))])
  }
  /// z/(1 − γ z).
  package static func linearResolvent(_ gamma: Double) -> OperatorFunction {
    gamma == 0 ? z : OperatorFunction([Term(weight: 1, basic: .linearResolvent(gamma))])
  }

  package static func * (factor: Double, function: OperatorFunction) -> OperatorFunction {
    OperatorFunction(function.terms.map { Term(weight: factor * $0.weight, basic: $0.basic) })
  }

  package static func + (a: OperatorFunction, b: OperatorFunction) -> OperatorFunction {
    OperatorFunction(a.terms + b.terms)
  }

  package static func - (a: OperatorFunction, b: OperatorFunction) -> OperatorFunction { a + -1 * b }

  /// The number it is everywhere, if it is one.
  package var constant: Double? {
    terms.allSatisfy { $0.basic == .one } ? terms.reduce(0) { $0 + $1.weight } : nil
  }

  /// The function without its leading weight, and that weight; equal tables are found by this form.
  package var normalized: (function: OperatorFunction, weight: Double) {
    guard let weight = terms.first?.weight else { return (self, 1) }
    return ((1 / weight) * self, weight)
  }

  /// The value at a complex number.
  package func value(_ z: Complex) -> Complex {
    var sum = Complex.zero
    for term in terms {
      let value: Complex =
        switch term.basic {
        case .one: .one
        case .z: z
        case .phi(let k, let c): phiFunction(k, c * z)
        case .resolvent(let gamma): .one / (.one - gamma * z)
        case .linearResolvent(let gamma): z / (.one - gamma * z)
        }
      sum += term.weight * value
    }
    return sum
  }

  /// The value at a square matrix, row-major.
  package func value(_ z: SmallMatrix) -> SmallMatrix {
    var sum = SmallMatrix(size: z.size)
    var phis: [Double: [SmallMatrix]] = [:]
    for term in terms {
      let value: SmallMatrix
      switch term.basic {
      case .one: value = .identity(z.size)
      case .z: value = z
      case .phi(let k, let c):
        let known = phis[c] ?? phiFunctions(z.scaled(by: c))
        phis[c] = known
        value = known[k]
      case .resolvent(let gamma):
        value = (SmallMatrix.identity(z.size) - z.scaled(by: gamma)).inverse
      case .linearResolvent(let gamma):
        value = (SmallMatrix.identity(z.size) - z.scaled(by: gamma)).inverse * z
      }
      sum = sum + value.scaled(by: term.weight)
    }
    return sum
  }
}

/// φₖ of a number: by its Taylor series near zero, where the closed form cancels, else by the closed form.
///
/// The series does what the contour integral of Kassam and Trefethen (SIAM J. Sci. Comput. 26, 2005) does for
/// the same cancellation, to the last digit instead of to about 1e-15.
package func phiFunction(_ k: Int, _ z: Complex) -> Complex {
  if k == 0 { return .exponential(z) }
  if z.magnitude < 1.5 {
    var factorial = 1.0
    for j in 2...max(k, 2) where j <= k { factorial *= Double(j) }
    var term = Complex(1 / factorial)
    var sum = term
    for j in 1...30 {
      term = (1 / Double(k + j)) * (term * z)
      sum += term
      if term.magnitude < 1e-18 * sum.magnitude { break }
    }
    return sum
  }
  var value = Complex.exponential(z)
  var factorial = 1.0
  for j in 0..<k {
    if j > 1 { factorial *= Double(j) }
    value = (value - Complex(1 / factorial)) / z
  }
  return value
}

/// φ₀ … φ₃ of a matrix by balancing, scaling, Taylor series and repeated doubling.
///
/// φₖ(2z) = 2⁻ᵏ (φ₀(z) φₖ(z) + Σⱼ₌₁…ₖ φⱼ(z)/(k−j)!) (Skaflestad and Wright, Appl. Numer. Math. 59, 2009), with
/// φ₀ − 1 in place of φ₀: what is slow beside something stiff would otherwise lose a digit with every three
/// doublings, since 1 is rounded where the small difference matters.
package func phiFunctions(_ z: SmallMatrix) -> [SmallMatrix] {
  let size = z.size
  let (balanced, scales) = z.balanced
  var doublings = 0
  var norm = balanced.oneNorm
  while norm > 0.5 && doublings < 1000 {
    norm /= 2
    doublings += 1
  }
  let small = balanced.scaled(by: scalbnPower(-doublings))
  // φ₃ by its series, the others by the recurrence downwards, which only adds.
  var term = SmallMatrix.identity(size).scaled(by: 1.0 / 6)
  var phi3 = term
  for j in 1...18 {
    term = (term * small).scaled(by: 1 / Double(3 + j))
    phi3 = phi3 + term
  }
  let identity = SmallMatrix.identity(size)
  var phi2 = small * phi3 + identity.scaled(by: 0.5)
  var phi1 = small * phi2 + identity
  var growth = small * phi1
  for _ in 0..<doublings {
    let next3 = (growth * phi3 + phi1.scaled(by: 0.5) + phi2 + phi3.scaled(by: 2)).scaled(by: 0.125)
    let next2 = (growth * phi2 + phi1 + phi2.scaled(by: 2)).scaled(by: 0.25)
    let next1 = (growth * phi1).scaled(by: 0.5) + phi1
    growth = growth * growth + growth.scaled(by: 2)
    (phi1, phi2, phi3) = (next1, next2, next3)
  }
  return [growth + identity, phi1, phi2, phi3].map { $0.rescaled(by: scales) }
}

private func scalbnPower(_ exponent: Int) -> Double {
  Double(sign: .plus, exponent: exponent, significand: 1)
}
