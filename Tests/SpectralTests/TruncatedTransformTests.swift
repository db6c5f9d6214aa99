import Arrays
import Spectral
import Testing

@Suite struct TruncatedTransformTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var points: [Int]
    var modes: [Int]
    var batch = 1
    var testDescription: String { "\(modes) modes of \(points) points, \(batch) at a time" }
  }

  static let cases = [
    Case(points: [16], modes: [3]), Case(points: [16], modes: [9]), Case(points: [15], modes: [8], batch: 3),
    Case(points: [128], modes: [12], batch: 5), Case(points: [1], modes: [1]),
    Case(points: [12, 10], modes: [3, 2]), Case(points: [12, 10], modes: [6, 6], batch: 2),
    Case(points: [9, 7], modes: [4, 4]), Case(points: [64, 64], modes: [12, 12], batch: 2),
    Case(points: [8, 9, 10], modes: [2, 4, 3]), Case(points: [6, 8, 7], modes: [3, 1, 4], batch: 2),
  ]

  static let methods: [TruncatedFourierTransform<Double>.Method?] = [.matrix, .fft, nil]

  /// Where in the coefficients of the full transform the kept modes are, in the order of the kept ones.
  static func keptModes(_ test: Case) -> [Int] {
    let modes = fullBasis(test).modeCounts
    let last = modes.count - 1
    return (0..<modes.reduce(1, *)).filter { flat in
      var (rest, isKept) = (flat, true)
      for axis in modes.indices.reversed() {
        let index = rest % modes[axis]
        rest /= modes[axis]
        let m = test.modes[axis]
        isKept = isKept && (index < m || (axis < last && index >= test.points[axis] - m))
      }
      return isKept
    }
  }

  static func fullBasis(_ test: Case) -> TensorBasis {
    TensorBasis(test.points.map { _ in FourierBasis(lower: 0, upper: 1) }, points: test.points)
  }

  /// The kept modes of the full transform of each function of the batch.
  static func oracle(_ test: Case, _ values: NDArray<Double>) -> [Double] {
    let count = test.points.reduce(1, *)
    let elements = values.elements
    return (0..<test.batch).flatMap { member -> [Double] in
      let part = NDArray<Double>(shape: test.points, elements[member * count..<(member + 1) * count])
      let full = SpectralCoefficients(basis: fullBasis(test), sampling: part).values
      return keptModes(test).flatMap { [full[flat: 2 * $0], full[flat: 2 * $0 + 1]] }
    }
  }

  /// The full inverse transform of each function of the batch, with zeros for what is not kept.
  static func inverseOracle(_ test: Case, _ coefficients: NDArray<Double>) -> [Double] {
    let kept = keptModes(test)
    return (0..<test.batch).flatMap { member -> [Double] in
      var full = SpectralCoefficients<Double>(basis: fullBasis(test))
      for (number, mode) in kept.enumerated() {
        for part in 0..<2 {
          full.values[flat: 2 * mode + part] = coefficients[flat: 2 * (member * kept.count + number) + part]
        }
      }
      return full.gridValues().elements
    }
  }

  static func noise(_ shape: [Int]) -> NDArray<Double> {
    let stream = RandomStream(seed: 23, purpose: "truncated")
    return NDArray(shape: shape) { stream.normals(at: UInt64($0)).x }
  }

  @Test(arguments: cases, methods)
  func forwardIsTheKeptPartOfTheFullTransform(test: Case, method: TruncatedFourierTransform<Double>.Method?) {
    let transform = TruncatedFourierTransform<Double>(
      points: test.points, modes: test.modes, batch: test.batch, method: method)
    let values = Self.noise(transform.valueShape)
    let result = transform.forward(values)
    let expected = NDArray(shape: transform.coefficientShape, Self.oracle(test, values))
    #expect(maximumDifference(result, expected) < 2e-15)
  }

  @Test(arguments: cases, methods)
  func inverseIsThePaddedInverse(test: Case, method: TruncatedFourierTransform<Double>.Method?) {
    let transform = TruncatedFourierTransform<Double>(
      points: test.points, modes: test.modes, batch: test.batch, method: method)
    // Not Hermitian on the plane k = 0: both ways define the same real function all the same.
    let coefficients = Self.noise(transform.coefficientShape)
    let values = transform.inverse(coefficients)
    let size = values.elements.map(abs).max() ?? 0
    #expect(size > 0.1)
    let expected = NDArray(shape: transform.valueShape, Self.inverseOracle(test, coefficients))
    #expect(maximumDifference(values, expected) < 1e-14 * size)
  }

  @Test(arguments: cases) func singlePrecisionAgreesWithDouble(test: Case) {
    for method in [TruncatedFourierTransform<Float>.Method.matrix, .fft] {
      let double = TruncatedFourierTransform<Double>(
        points: test.points, modes: test.modes, batch: test.batch)
      let single = TruncatedFourierTransform<Float>(
        points: test.points, modes: test.modes, batch: test.batch, method: method)
      let values = Self.noise(double.valueShape)
      let coefficients = single.forward(NDArray(shape: values.shape, values.elements.map { Float($0) }))
      for (value, exact) in zip(coefficients.elements, double.forward(values).elements) {
        #expect(abs(Double(value) - exact) < 1e-6)
      }
      let back = single.inverse(coefficients).elements
      for (value, exact) in zip(back, double.inverse(double.forward(values)).elements) {
        #expect(abs(Double(value) - exact) < 1e-5)
      }
    }
  }
}
