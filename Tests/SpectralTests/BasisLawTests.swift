import Arrays
import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The laws that every registered basis keeps.
@Suite struct BasisLawTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var basis: any Basis
    var points: Int
    var testDescription: String { "\(type(of: basis).name), \(points) points" }
  }

  static let cases: [Case] = BasisRegistry.all.flatMap { type in
    [5, 16, 17, 64].map { Case(basis: type.init(lower: -0.5, upper: 1.75), points: $0) }
  }

  /// Random coefficients of a function that the grid resolves.
  static func coefficients(_ law: Case, seed: UInt64) -> SpectralCoefficients<Double> {
    let basis = TensorBasis([law.basis], points: [law.points])
    let stream = RandomStream(seed: seed, purpose: "law")
    let noise = NDArray<Double>(shape: [law.points]) { stream.normals(at: UInt64($0)).x }
    return SpectralCoefficients(basis: basis, sampling: noise)
  }

  @Test(arguments: cases) func gridAndWeights(law: Case) {
    let nodes = law.basis.nodes(law.points)
    let weights = law.basis.weights(law.points)
    #expect(nodes.count == law.points && weights.count == law.points)
    #expect(zip(nodes, nodes.dropFirst()).allSatisfy { $0 < $1 })
    #expect(nodes.allSatisfy { $0 >= law.basis.lower && $0 <= law.basis.upper })
    #expect(abs(weights.reduce(0, +) - law.basis.length) < 1e-14 * Double(law.points))
  }

  @Test(arguments: cases) func coefficientsSurviveTheRoundTrip(law: Case) {
    let original = Self.coefficients(law, seed: 1)
    let again = SpectralCoefficients(basis: original.basis, sampling: original.gridValues())
    let scale = original.values.elements.map(abs).max() ?? 0
    #expect(scale > 0.1)
    #expect(
      maximumDifference(original.values, again.values) < 3e-15 * Double(law.points).squareRoot() * scale * 4)
  }

  @Test(arguments: cases) func functionsSumToTheGridValues(law: Case) {
    let coefficients = Self.coefficients(law, seed: 2)
    let values = coefficients.gridValues().elements
    let size = coefficients.values.elements.reduce(0) { $0 + abs($1) }
    for (node, value) in zip(law.basis.nodes(law.points), values) {
      let functions = law.basis.functions(at: node, points: law.points, .half)
      let sum = combine(coefficients, functions)
      #expect(abs(sum - value) < 1e-14 * size)
    }
  }

  @Test(arguments: cases) func derivativeIsTheLimitOfDifferences(law: Case) {
    let basis = TensorBasis([law.basis], points: [law.points])
    var coefficients = Self.coefficients(law, seed: 3)
    // Low modes only, so that differences are accurate.
    let width = type(of: law.basis).isComplex ? 2 : 1
    for index in (3 * width)..<coefficients.values.count { coefficients.values[flat: index] = 0 }
    let position = law.basis.lower + 0.37 * law.basis.length
    let step = 1e-3
    func value(_ offset: Double) -> Double {
      combine(coefficients, law.basis.functions(at: position + offset, points: law.points, .half))
    }
    let first = (8 * (value(step) - value(-step)) - value(2 * step) + value(-2 * step)) / (12 * step)
    let second = (value(step) - 2 * value(0) + value(-step)) / (step * step)
    for (order, expected, tolerance) in [(1, first, 1e-7), (2, second, 1e-3)] {
      let derivative = coefficients.derivative([order])
      #expect(derivative.basis.points == basis.points)
      let functions = derivative.basis.axes[0].functions(at: position, points: law.points, .half)
      #expect(abs(combine(derivative, functions) - expected) < tolerance * max(1, abs(expected)))
    }
  }

  @Test(arguments: cases) func derivativesCompose(law: Case) {
    var coefficients = Self.coefficients(law, seed: 4)
    // The Nyquist mode is dropped by odd derivatives and kept by even ones.
    if type(of: law.basis).isComplex && law.points % 2 == 0 {
      coefficients.values[flat: coefficients.values.count - 2] = 0
    }
    let twice = coefficients.derivative([1]).derivative([1])
    let direct = coefficients.derivative([2])
    #expect(twice.basis == direct.basis)
    let scale = direct.values.elements.map(abs).max() ?? 0
    #expect(maximumDifference(twice.values, direct.values) < 1e-14 * scale)
  }

  @Test(arguments: cases) func quadratureGivesTheMassMatrix(law: Case) {
    // Products of the lower half of the modes are integrated exactly on every grid.
    let (basis, points) = (law.basis, law.points)
    let tables = basis.nodes(points).map { basis.functions(at: $0, points: points, .half) }
    let weights = basis.weights(points)
    let width = type(of: basis).isComplex ? 2 : 1
    let modes = basis.modeCount(points, .half) / 2
    for i in 0..<modes {
      for j in 0..<modes {
        let sum = zip(weights, tables).reduce(0) { $0 + $1.0 * $1.1[width * i] * $1.1[width * j] }
        let exact: Double
        switch basis.mass(points, .half) {
        case .diagonal(let norms): exact = i == j ? norms[i] : 0
        case .dense(let products): exact = products[i * points + j]
        }
        #expect(abs(sum - exact) < 1e-13, "modes \(i), \(j)")
      }
    }
  }

  @Test(arguments: cases) func integralsAgreeWithFineQuadrature(law: Case) {
    let rule = QuadratureRule.gaussLegendre(200).mapped(to: law.basis.lower, law.basis.upper)
    let width = type(of: law.basis).isComplex ? 2 : 1
    let integrals = law.basis.integrals(law.points, .half)
    for mode in integrals.indices {
      let sum = rule.integrate { law.basis.functions(at: $0, points: law.points, .half)[width * mode] }
      #expect(abs(sum - integrals[mode]) < 1e-12, "mode \(mode)")
    }
  }

  @Test func namesAreUniqueAndFound() {
    let names = BasisRegistry.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for name in names { #expect(BasisRegistry.named(name)?.name == name) }
    #expect(BasisRegistry.named("wavelet") == nil)
  }

  @Test func endConditionsChooseTheFunctions() {
    for lowerEnd in EndCondition.allCases {
      for upperEnd in EndCondition.allCases {
        let basis = BasisRegistry.trigonometric(lower: 1, upper: 3, lowerEnd: lowerEnd, upperEnd: upperEnd)
        for (end, condition) in [(1.0, lowerEnd), (3.0, upperEnd)] {
          let shown = condition == .dirichlet ? basis : basis.basis(ofDerivative: 1)
          #expect(shown.functions(at: end, points: 9, .half).allSatisfy { abs($0) < 1e-13 })
        }
      }
    }
  }
}

/// `Re Σ cₖ φₖ` on one axis.
func combine(_ coefficients: SpectralCoefficients<Double>, _ functions: [Double]) -> Double {
  let values = coefficients.values.elements
  if !coefficients.basis.isComplex { return zip(values, functions).reduce(0) { $0 + $1.0 * $1.1 } }
  var sum = 0.0
  for index in stride(from: 0, to: values.count, by: 2) {
    sum += values[index] * functions[index] - values[index + 1] * functions[index + 1]
  }
  return sum
}

func maximumDifference(_ left: NDArray<Double>, _ right: NDArray<Double>) -> Double {
  precondition(left.shape == right.shape)
  return zip(left.elements, right.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
