import Arrays
import Spectral
import Testing

/// Our own kernels against FFTW.
@Suite("Fourier kernels")
struct FourierKernelTests {
  static let lengths =
    Array(2...130) + [144, 160, 192, 200, 243, 256, 320, 384, 512, 625, 640, 768, 1024, 1280]

  /// Whether a length has no prime factor above 5.
  static func isSmooth(_ length: Int) -> Bool {
    var rest = length
    for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
    return rest == 1
  }

  private func noise(_ count: Int, _ purpose: String) -> AlignedStorage<Double> {
    let stream = RandomStream(seed: 3, purpose: purpose)
    let result = AlignedStorage<Double>(count: count)
    for i in 0..<count { result.baseAddress[i] = stream.normals(at: UInt64(i)).x }
    return result
  }

  /// The largest difference of the first `width` numbers of all rows, relative to the largest number.
  private func difference(
    _ a: UnsafePointer<Double>, _ aDistance: Int, _ b: UnsafePointer<Double>, _ bDistance: Int, rows: Int,
    width: Int
  ) -> Double {
    var worst = 0.0
    var size = 0.0
    for row in 0..<rows {
      for j in 0..<width {
        worst = max(worst, abs(a[row * aDistance + j] - b[row * bDistance + j]))
        size = max(size, abs(b[row * bDistance + j]))
      }
    }
    return worst / size
  }

  @Test("Columns", arguments: lengths)
  func columns(points: Int) throws {
    guard let kernel = FourierColumns(points: points) else {
      #expect(!Self.isSmooth(points))
      return
    }
    #expect(Self.isSmooth(points))
    for (width, distance) in [(8, 8), (24, 24), (16, 30)] {
      for isInverse in [false, true] {
        let source = noise(points * distance, "columns")
        let expected = AlignedStorage<Double>(count: points * distance)
        expected.baseAddress.update(from: source.baseAddress, count: points * distance)
        let plan = FFTWPlan.complexInPlace(
          LineLayout(length: points, stride: distance / 2, count: width / 2, distance: 1), forward: !isInverse
        )
        plan.executeComplex(expected.baseAddress)
        let work = AlignedStorage<Double>(count: kernel.workLength(width: width))
        let target = AlignedStorage<Double>(count: points * (width + 8))
        kernel.transform(
          source.baseAddress, distance: distance, into: target.baseAddress, distance: width + 8, width: width,
          isInverse: isInverse, work: work.baseAddress)
        #expect(
          difference(
            target.baseAddress, width + 8, expected.baseAddress, distance, rows: points, width: width) < 2e-15
        )
        // What lies between the rows is not touched, and rows may be transformed where they are.
        #expect((0..<points).allSatisfy { target.baseAddress[$0 * (width + 8) + width] == 0 })
        kernel.transform(
          source.baseAddress, distance: distance, into: source.baseAddress, distance: distance, width: width,
          isInverse: isInverse, work: work.baseAddress)
        #expect(
          difference(source.baseAddress, distance, target.baseAddress, width + 8, rows: points, width: width)
            == 0)
      }
    }
  }

  @Test("Lines", arguments: lengths + [2048, 4096, 6000, 8192])
  func lines(points: Int) throws {
    guard let kernel = FourierLines(points: points) else {
      #expect(!Self.isSmooth(points) || points % 32 != 0)
      return
    }
    let half = points / 2
    let work = AlignedStorage<Double>(count: kernel.workLength)
    for kept in Set([1, 2, points / 3, points / 3 + 1, points / 4 + 3, half - 1, half]) {
      let distance = 2 * half + 6
      let values = noise(3 * points, "values")
      let transformed = AlignedStorage<Double>(count: 3 * 2 * (half + 1))
      let copy = noise(3 * points, "values")
      let forward = FFTWPlan.realToComplex(
        length: points, count: 3, realDistance: points, complexDistance: half + 1)
      forward.execute(real: copy.baseAddress, toComplex: transformed.baseAddress)
      let coefficients = AlignedStorage<Double>(count: 3 * distance)
      kernel.analyze(
        values.baseAddress, distance: points, coefficients: coefficients.baseAddress, stride: distance,
        kept: kept, scale: 1, lines: 3, work: work.baseAddress)
      #expect(
        difference(
          coefficients.baseAddress, distance, transformed.baseAddress, 2 * (half + 1), rows: 3,
          width: 2 * kept)
          < 2e-15)
      #expect((0..<3).allSatisfy { coefficients.baseAddress[$0 * distance + 2 * kept] == 0 })

      // The rest is zero, and an imaginary part of the mean is left out.
      for line in 0..<3 {
        coefficients.baseAddress[line * distance + 1] = 7
        let row = transformed.baseAddress + line * 2 * (half + 1)
        row[1] = 0
        (row + 2 * kept).update(repeating: 0, count: 2 * (half + 1 - kept))
      }
      let backward = FFTWPlan.complexToReal(
        length: points, count: 3, realDistance: points, complexDistance: half + 1)
      backward.execute(complex: transformed.baseAddress, toReal: copy.baseAddress)
      kernel.synthesize(
        coefficients.baseAddress, stride: distance, kept: kept, values: values.baseAddress, distance: points,
        lines: 3, work: work.baseAddress)
      #expect(
        difference(values.baseAddress, points, copy.baseAddress, points, rows: 3, width: points) < 2e-15)
    }
  }
}
