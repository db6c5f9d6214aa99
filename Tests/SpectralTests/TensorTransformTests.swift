import Arrays
import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Products of one to three axes of every kind.
struct TensorCase: Sendable, CustomTestStringConvertible {
  var basis: TensorBasis
  var testDescription: String { basis.description }

  static let fourier = FourierBasis(lower: 0.5, upper: 2.5)
  static let all: [TensorCase] = {
    let types = BasisRegistry.all
    var cases = [TensorCase]()
    for (number, type) in types.enumerated() {
      let first = type.init(lower: -1, upper: 1.5)
      cases.append(TensorCase(basis: TensorBasis([first], points: [12])))
      for (other, second) in types.enumerated() {
        let points = [6 + number % 3, 7 + other % 4]
        cases.append(
          TensorCase(basis: TensorBasis([first, second.init(lower: 0, upper: 3)], points: points)))
        let third = types[(number + 2 * other) % types.count].init(lower: 2, upper: 3)
        cases.append(
          TensorCase(
            basis: TensorBasis([first, second.init(lower: 0, upper: 3), third], points: points + [6])))
      }
    }
    cases.append(TensorCase(basis: TensorBasis([fourier, fourier, fourier], points: [6, 7, 8])))
    cases.append(TensorCase(basis: TensorBasis([fourier, fourier, fourier], points: [5, 8, 9])))
    return cases
  }()

  /// A function that the grid resolves: noise, through coefficients.
  func noise(seed: UInt64) -> SpectralCoefficients<Double> {
    let stream = RandomStream(seed: seed, purpose: "noise")
    let values = NDArray<Double>(shape: basis.points) { stream.normals(at: UInt64($0)).x }
    return SpectralCoefficients(basis: basis, sampling: values)
  }
}

@Suite struct TensorTransformTests {
  @Test(arguments: TensorCase.all) func roundTrip(test: TensorCase) {
    let original = test.noise(seed: 11)
    let transform = TensorTransform<Double>(test.basis)
    let again = transform.forward(transform.inverse(original))
    let scale = original.values.elements.map(abs).max() ?? 0
    #expect(maximumDifference(again.values, original.values) < 2e-14 * scale)
  }

  @Test(arguments: TensorCase.all) func evaluationEqualsSynthesis(test: TensorCase) {
    let function = test.noise(seed: 12)
    let values = function.gridValues()
    let coordinates = test.basis.axes.indices.map { test.basis.nodes($0) }
    var points = [Double]()
    for flat in 0..<values.count {
      var (rest, point) = (flat, [Double]())
      for axis in coordinates.indices.reversed() {
        point.insert(coordinates[axis][rest % coordinates[axis].count], at: 0)
        rest /= coordinates[axis].count
      }
      points += point
    }
    let evaluated = function.evaluate(at: NDArray(shape: [values.count, coordinates.count], points))
    let scale = function.values.elements.reduce(0) { $0 + abs($1) }
    #expect(maximumDifference(evaluated.reshaped(values.shape), values) < 1e-14 * scale)
  }

  @Test(arguments: TensorCase.all) func tensorGridsAgreeWithScatteredPoints(test: TensorCase) {
    let function = test.noise(seed: 14)
    let coordinates = test.basis.axes.enumerated().map { number, axis in
      (0..<3 + number).map {
        axis.lower + axis.length * (0.1 + 0.27 * Double($0)) / (1 + 0.2 * Double(number))
      }
    }
    let onGrid = function.evaluate(onTensorGrid: coordinates)
    #expect(onGrid.shape == coordinates.map(\.count))
    let scale = function.values.elements.reduce(0) { $0 + abs($1) }
    for flat in 0..<onGrid.count {
      var (rest, point) = (flat, [Double]())
      for axis in coordinates.reversed() {
        point.insert(axis[rest % axis.count], at: 0)
        rest /= axis.count
      }
      #expect(abs(onGrid[flat: flat] - function.evaluate(at: point)) < 1e-14 * scale)
    }
  }

  @Test(arguments: TensorCase.all) func singlePrecisionAgreesWithDouble(test: TensorCase) {
    let function = test.noise(seed: 13)
    let values = function.gridValues()
    let single = NDArray<Float>(shape: values.shape, values.elements.map { Float($0) })
    let transform = TensorTransform<Float>(test.basis)
    let coefficients = transform.forward(single)
    let scale = function.values.elements.map(abs).max() ?? 0
    for (value, exact) in zip(coefficients.values.elements, function.values.elements) {
      #expect(abs(Double(value) - exact) < 1e-5 * scale)
    }
    let back = transform.inverse(coefficients)
    let size = values.elements.map(abs).max() ?? 0
    for (value, exact) in zip(back.elements, values.elements) {
      #expect(abs(Double(value) - exact) < 1e-5 * size)
    }
  }

  @Test func fourierCoefficientsFollowTheConvention() {
    // 3 + 4 cos(2x) − 6 sin(x + 2y): forward divides by N, signed frequencies in FFT order on the first axis.
    let axis = FourierBasis(lower: 0, upper: 2 * .pi)
    let basis = TensorBasis([axis, axis], points: [8, 6])
    let function = SpectralCoefficients<Double>(basis: basis) {
      3 + 4 * cos(2 * $0[0]) - 6 * sin($0[0] + 2 * $0[1])
    }
    #expect(function.values.shape == [8, 4, 2])
    var expected = NDArray<Double>(shape: [8, 4, 2])
    expected[0, 0, 0] = 3
    expected[2, 0, 0] = 2
    expected[6, 0, 0] = 2
    expected[1, 2, 1] = 3
    #expect(maximumDifference(function.values, expected) < 4e-15)
  }

  @Test func plansAreSafeToShare() {
    let test = TensorCase(
      basis: TensorBasis([TensorCase.fourier, SineBasis(lower: 0, upper: 1)], points: [32, 32]))
    let transform = TensorTransform<Double>(test.basis)
    let functions = (0..<8).map { test.noise(seed: UInt64($0)) }
    let expected = functions.map { transform.inverse($0) }
    let workers = Workers(count: 2)
    workers.run(chunks: 8) { chunk, _ in
      for _ in 0..<50 {
        precondition(transform.inverse(functions[chunk]) == expected[chunk])
      }
    }
  }
}
