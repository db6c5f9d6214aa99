import Arrays
import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct RealTransformTests {
  /// The transforms as sums, from FFTW's definitions.
  static func definition(_ kind: RealTransform, _ x: [Double]) -> [Double] {
    let n = x.count
    let count = Double(n)
    return (0..<n).map { row -> Double in
      let k = Double(row)
      var sum = 0.0
      for j in 0..<n {
        let i = Double(j)
        let isLast = j == n - 1
        switch kind {
        case .dct1: sum += (j == 0 || isLast ? 1 : 2) * x[j] * cos(.pi * i * k / (count - 1))
        case .dct2: sum += 2 * x[j] * cos(.pi * (i + 0.5) * k / count)
        case .dct3: sum += (j == 0 ? 1 : 2) * x[j] * cos(.pi * i * (k + 0.5) / count)
        case .dct4: sum += 2 * x[j] * cos(.pi * (i + 0.5) * (k + 0.5) / count)
        case .dst1: sum += 2 * x[j] * sin(.pi * (i + 1) * (k + 1) / (count + 1))
        case .dst2: sum += 2 * x[j] * sin(.pi * (i + 0.5) * (k + 1) / count)
        case .dst3: sum += (isLast ? 1 : 2) * x[j] * sin(.pi * (i + 1) * (k + 0.5) / count)
        case .dst4: sum += 2 * x[j] * sin(.pi * (i + 0.5) * (k + 0.5) / count)
        }
      }
      return sum
    }
  }

  @Test(arguments: RealTransform.allCases, [2, 7, 16])
  func linesAreTransformedAlongEveryAxis(kind: RealTransform, points: Int) {
    let stream = RandomStream(seed: 3, purpose: "lines")
    for axis in 0..<3 {
      var shape = [3, 4, 5]
      shape[axis] = points
      let array = NDArray<Double>(shape: shape) { stream.normals(at: UInt64($0)).x }
      let result = kind.applied(to: array, axis: axis)
      let inner = shape[(axis + 1)...].reduce(1, *)
      let start = (axis == 0 ? 0 : points * inner) + inner - 1
      let line = (0..<points).map { array[flat: start + $0 * inner] }
      for (k, value) in Self.definition(kind, line).enumerated() {
        #expect(abs(result[flat: start + k * inner] - value) < 1e-13 * Double(points))
      }
      let back = kind.inverse.applied(to: result, axis: axis)
      let scale = Double(kind.logicalSize(points))
      let worst = zip(back.elements, array.elements).map { abs($0 / scale - $1) }.max() ?? 1
      #expect(worst < 1e-14)
    }
  }

  @Test(arguments: RealTransform.allCases)
  func singlePrecisionAgreesWithDouble(kind: RealTransform) {
    let array = NDArray<Double>(shape: [33]) { cos(Double($0 * $0)) }
    let single = NDArray<Float>(shape: [33], array.elements.map { Float($0) })
    let expected = kind.applied(to: array, axis: 0).elements
    for (value, exact) in zip(kind.applied(to: single, axis: 0).elements, expected) {
      #expect(abs(Double(value) - exact) < 3e-5)
    }
  }
}
