import Arrays
import Spectral
import Testing

@Suite struct GaussianRandomFieldTests {
  static let box = [(0.0, 1.0), (-1.0, 2.0), (0.0, 0.5)]

  static func basis(_ type: any Basis.Type, _ dimension: Int, _ points: Int) -> TensorBasis {
    TensorBasis(
      box.prefix(dimension).map { type.init(lower: $0.0, upper: $0.1) },
      points: (0..<dimension).map { points + $0 })
  }

  static let types: [any Basis.Type] = [
    FourierBasis.self, SineBasis.self, CosineBasis.self, SineCosineBasis.self,
  ]

  /// The numbers of the modes, at most `bound` in size, that make a field of `types[number]`.
  private func eigenvalues(_ number: Int, _ dimension: Int, _ points: Int) -> [Double] {
    var sums = [0.0]
    for axis in 0..<dimension {
      let length = Self.box[axis].1 - Self.box[axis].0
      let count = points + axis
      let wavenumbers: [Double] =
        switch number {
        case 0: (-((count - 1) / 2)...(count - 1) / 2).map { 2 * .pi * Double($0) / length }
        case 1: (1..<count).map { .pi * Double($0) / length }
        case 2: (0..<count).map { .pi * Double($0) / length }
        default: (0..<count).map { .pi * (Double($0) + 0.5) / length }
        }
      sums = sums.flatMap { sum in wavenumbers.map { sum + $0 * $0 } }
    }
    return sums.filter { $0 > 0 }
  }

  @Test(arguments: [0, 1, 2, 3], [1, 2, 3])
  func varianceIsTheSumOverModes(number: Int, dimension: Int) throws {
    let field = try GaussianRandomField(amplitude: 3, shift: 2, exponent: 2)
    let basis = Self.basis(Self.types[number], dimension, 6)
    // E‖u‖² = Σ amplitude² (λ + shift²)^(−exponent), with variance 2 Σ (…)².
    let terms = eigenvalues(number, dimension, 6).map { field.deviation($0) }.map { $0 * $0 }
    let samples = 4000
    var mean = 0.0
    for sample in 0..<samples {
      let stream = RandomStream(seed: 5, purpose: "field", sample: sample)
      let function = try field.coefficients(in: basis, stream: stream)
      mean += function.innerProduct(function) / Double(samples)
    }
    let expected = terms.reduce(0, +)
    let deviation = (2 * terms.reduce(0) { $0 + $1 * $1 } / Double(samples)).squareRoot()
    #expect(abs(mean - expected) < 4 * deviation, "\(mean) against \(expected) ± \(deviation)")
  }

  @Test(arguments: [0, 1, 2, 3], [1, 2, 3])
  func resolutionsShareTheField(number: Int, dimension: Int) throws {
    let field = try GaussianRandomField(amplitude: 1, shift: 3, exponent: 1.5)
    let stream = RandomStream(seed: 9, purpose: "field", sample: 2)
    let coarse = Self.basis(Self.types[number], dimension, 7)
    let fine = Self.basis(Self.types[number], dimension, 16)
    let expected = try field.coefficients(in: coarse, stream: stream)
    let cut = try field.coefficients(in: fine, stream: stream).resampled(to: coarse.points)
    let scale = expected.values.elements.map(abs).max() ?? 0
    #expect(scale > 1e-4)
    #expect(maximumDifference(cut.values, expected.values) <= 1e-13 * scale)
  }

  @Test func fieldIsRealAndSpectraAreHermitian() throws {
    // The values reproduce the coefficients only if those belong to a real function.
    let basis = Self.basis(FourierBasis.self, 3, 8)
    let field = try GaussianRandomField(amplitude: 1, shift: 3, exponent: 1, mean: 0.25)
    let function = try field.coefficients(in: basis, stream: RandomStream(seed: 1, purpose: "field"))
    let again = SpectralCoefficients(basis: basis, sampling: function.gridValues())
    #expect(maximumDifference(again.values, function.values) < 1e-15)
    #expect(abs(function.mean() - 0.25) < 1e-15)
  }

  @Test func modesAreIndependentOfEachOther() throws {
    // The correlation of neighbouring modes of one and of mirrored wavenumbers vanishes.
    let basis = Self.basis(FourierBasis.self, 2, 6)
    let field = try GaussianRandomField(amplitude: 1, shift: 1, exponent: 0)
    let samples = 4000
    var products = [0.0, 0.0, 0.0]
    var square = 0.0
    for sample in 0..<samples {
      let values = try field.coefficients(
        in: basis, stream: RandomStream(seed: 2, purpose: "field", sample: sample)
      ).values
      square += values[1, 1, 0] * values[1, 1, 0] / Double(samples)
      products[0] += values[1, 1, 0] * values[1, 1, 1] / Double(samples)
      products[1] += values[1, 1, 0] * values[1, 2, 0] / Double(samples)
      products[2] += values[1, 1, 0] * values[5, 1, 0] / Double(samples)
    }
    #expect(abs(square - 1 / (2 * basis.volume)) < 0.1 / basis.volume)
    for product in products { #expect(abs(product) < 4 * square / Double(samples).squareRoot()) }
  }

  @Test func impossibleFieldsAreRefused() throws {
    #expect(throws: GaussianRandomField.ParameterError.self) {
      try GaussianRandomField(amplitude: .nan, shift: 1, exponent: 1)
    }
    let stream = RandomStream(seed: 1, purpose: "field")
    let withMean = try GaussianRandomField(amplitude: 1, shift: 1, exponent: 1, mean: 2)
    #expect(throws: GaussianRandomField.ParameterError.self) {
      try withMean.coefficients(in: Self.basis(SineBasis.self, 1, 8), stream: stream)
    }
    #expect(throws: GaussianRandomField.ParameterError.self) {
      try withMean.coefficients(in: Self.basis(LegendreBasis.self, 1, 8), stream: stream)
    }
  }
}
