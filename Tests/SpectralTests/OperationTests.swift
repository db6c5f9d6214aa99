import Arrays
import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct OperationTests {
  static let circle = FourierBasis(lower: 0, upper: 2 * .pi)

  @Test func derivativesInThreeDimensions() {
    let basis = TensorBasis(
      [Self.circle, SineBasis(lower: 0, upper: .pi), ChebyshevBasis(lower: -1, upper: 2)],
      points: [16, 16, 12])
    let function = SpectralCoefficients<Double>(basis: basis) {
      sin(3 * $0[0]) * sin(2 * $0[1]) * pow($0[2], 5)
    }
    let derivative = function.derivative([1, 3, 2])
    #expect(derivative.basis.axes[1] is CosineBasis)
    let exact = derivative.basis.sample { 3 * cos(3 * $0[0]) * -8 * cos(2 * $0[1]) * 20 * pow($0[2], 3) }
    let values = derivative.gridValues()
    #expect(maximumDifference(values, NDArray(shape: values.shape, exact)) < 1e-11 * 3840)
    let single = SpectralCoefficients<Double>(basis: basis) { sin(3 * $0[0]) * sin(2 * $0[1]) * $0[2] }
    var laplacian = single.laplacian()
    laplacian.add(single, scaledBy: 13)
    #expect(laplacian.norm() < 1e-10)
  }

  @Test func nyquistIsZeroInOddDerivatives() {
    let basis = TensorBasis([Self.circle], points: [8])
    let sawtooth = SpectralCoefficients<Double>(basis: basis) { cos(4 * $0[0]) }
    #expect(sawtooth.derivative([1]).norm() == 0)
    #expect(abs(sawtooth.derivative([2]).evaluate(at: [0]) + 16) < 1e-12)
  }

  @Test(arguments: TensorCase.all) func upSamplingGoesThroughTheData(test: TensorCase) {
    let function = test.noise(seed: 21)
    let larger = function.resampled(to: test.basis.points.enumerated().map { $0.element * 2 + $0.offset })
    let stream = RandomStream(seed: 1, purpose: "points")
    let dimension = test.basis.dimension
    let points = NDArray<Double>(shape: [40, dimension]) { flat in
      let axis = test.basis.axes[flat % dimension]
      return axis.lower + axis.length * stream.uniforms(at: UInt64(flat)).x
    }
    let (before, after) = (function.evaluate(at: points), larger.evaluate(at: points))
    let scale = function.values.elements.reduce(0) { $0 + abs($1) }
    #expect(maximumDifference(before, after) < 1e-14 * scale)
    #expect(abs(function.norm() - larger.norm()) < 1e-12 * function.norm())
    #expect(abs(function.integral() - larger.integral()) < 1e-12 * scale)
  }

  @Test func upSamplingByTwoKeepsEverySecondValue() {
    let basis = TensorBasis([Self.circle, Self.circle], points: [6, 8])
    let function = TensorCase(basis: basis).noise(seed: 22)
    let (coarse, fine) = (function.gridValues(), function.resampled(to: [12, 16]).gridValues())
    for row in 0..<6 {
      for column in 0..<8 { #expect(abs(coarse[row, column] - fine[2 * row, 2 * column]) < 1e-14) }
    }
  }

  @Test func downSamplingDropsTheNyquistMode() {
    let basis = TensorBasis([Self.circle, Self.circle], points: [12, 12])
    let function = SpectralCoefficients<Double>(basis: basis) {
      cos($0[0]) * sin(2 * $0[1]) + cos(3 * $0[0]) + cos(3 * $0[1]) + sin(5 * $0[0])
    }
    let expected = SpectralCoefficients<Double>(basis: basis.resized([6, 6])) { cos($0[0]) * sin(2 * $0[1]) }
    #expect(maximumDifference(function.resampled(to: [6, 6]).values, expected.values) < 1e-15)
    // An odd grid has no Nyquist mode: frequency 3 stays on 7 points.
    #expect(
      abs(function.resampled(to: [7, 7]).norm() - 5.0.squareRoot() * .pi) < 1e-12)
  }

  @Test(arguments: TensorCase.all) func innerProductsAreThoseOfAFineGrid(test: TensorCase) {
    let (left, right) = (test.noise(seed: 31), test.noise(seed: 32))
    let points = test.basis.points.map { 3 * $0 }
    let (first, second) = (left.resampled(to: points), right.resampled(to: points))
    let exact = first.basis.innerProduct(ofValues: first.gridValues(), second.gridValues())
    let scale = left.norm() * right.norm()
    #expect(scale > 0)
    #expect(abs(left.innerProduct(right) - exact) < 1e-12 * scale)
  }

  @Test func integralsOfKnownFunctions() {
    let basis = TensorBasis([SineBasis(lower: 0, upper: .pi), Self.circle], points: [10, 12])
    let function = SpectralCoefficients<Double>(basis: basis) { sin($0[0]) * (2 + cos($0[1])) }
    #expect(abs(function.integral() - 8 * .pi) < 1e-13)
    #expect(abs(function.mean() - 4 / .pi) < 1e-14)
    let ones = NDArray<Double>(shape: [10, 12]) { _ in 1 }
    #expect(abs(basis.integral(ofValues: ones) - 2 * .pi * .pi) < 1e-13)
    #expect(abs(basis.norm(ofValues: ones) - (2 * .pi * .pi).squareRoot()) < 1e-13)
  }

  @Test func sobolevNorms() {
    // ‖cos 3x sin 4y‖² = π², |κ|² = 25.
    let basis = TensorBasis([Self.circle, SineBasis(lower: 0, upper: .pi)], points: [16, 16])
    let function = SpectralCoefficients<Double>(basis: basis) { cos(3 * $0[0]) * sin(4 * $0[1]) }
    let size = .pi / 2.0.squareRoot()
    #expect(abs(function.sobolevNorm(order: 0) - size) < 1e-13)
    #expect(abs(function.sobolevNorm(order: 1) - size * 26.0.squareRoot()) < 1e-12)
    #expect(abs(function.sobolevNorm(order: -1, alpha: 0) - size / 5) < 1e-13)
    #expect(abs(function.sobolevNorm(order: 1.5, alpha: 2) - size * pow(27, 0.75)) < 1e-12)
  }

  @Test func relativeErrors() {
    let truth = NDArray<Double>(shape: [2, 2], [3, 0, 0, 4])
    #expect(relativeL2(truth, truth) == 0)
    #expect(relativeL2(NDArray(shape: [2, 2], [3, 0, 0.5, 4]), truth) == 0.1)
    #expect(relativeL2(truth, NDArray(shape: [2, 2])) == .infinity)
  }

  /// Products of dealiased functions have the same low modes as on a fine grid.
  @Test(arguments: [12, 13, 16, 17, 24], [DealiasingRule.twoThirds, .half])
  func dealiasedProductsAreExact(points: Int, rule: DealiasingRule) {
    for type in [FourierBasis.self, CosineBasis.self] as [any Basis.Type] {
      let axis = type.init(lower: 0, upper: 1)
      let basis = TensorBasis([axis, axis], points: [points, points + 1])
      var function = TensorCase(basis: basis).noise(seed: 41)
      function.dealias(rule)
      func product(_ function: SpectralCoefficients<Double>) -> SpectralCoefficients<Double> {
        let values = function.gridValues()
        let powers = values.elements.map { pow($0, Double(rule.degree)) }
        return SpectralCoefficients(
          basis: function.basis, sampling: NDArray(shape: values.shape, powers))
      }
      var coarse = product(function)
      coarse.dealias(rule)
      var fine = product(function.resampled(to: [4 * points, 4 * points])).resampled(to: basis.points)
      fine.dealias(rule)
      let scale = fine.values.elements.map(abs).max() ?? 0
      #expect(scale > 1e-3)
      #expect(maximumDifference(coarse.values, fine.values) < 1e-13 * scale)
    }
  }

  @Test func dealiasingKeepsTwoThirds() {
    let basis = TensorBasis([Self.circle, Self.circle], points: [12, 12])
    let full = basis.dealiasingMask(.twoThirds, axis: 0)
    #expect(full == [true, true, true, true, false, false, false, false, false, true, true, true])
    #expect(basis.dealiasingMask(.twoThirds, axis: 1) == [true, true, true, true, false, false, false])
    #expect(basis.dealiasingMask(.none, axis: 1).allSatisfy { $0 })
  }
}
