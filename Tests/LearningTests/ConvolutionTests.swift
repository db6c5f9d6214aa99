import Arrays
import Differentiation
import Learning
import Testing

@Suite struct ConvolutionTests {
  /// The point that position `index` of an axis of n points reads, by the words of `Padding`.
  private func source(_ index: Int, _ n: Int, _ padding: Padding) -> Int? {
    if (0..<n).contains(index) { return index }
    switch padding {
    case .zeros, .none: return nil
    case .circular: return (index + 4 * n) % n
    case .reflect: return index < 0 ? -index : 2 * (n - 1) - index
    case .replicate: return index < 0 ? 0 : n - 1
    }
  }

  /// Multi-indices of an array, row-major.
  private func indices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { lists, n in lists.flatMap { list in (0..<n).map { list + [$0] } } }
  }

  private func position(_ index: [Int], _ shape: [Int]) -> Int {
    zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  static let cases: [(axes: [Int], kernel: [Int], stride: [Int])] = [
    ([9], [3], [1]), ([9], [3], [2]), ([8], [4], [2]), ([7], [5], [3]), ([9], [1], [2]),
    ([7, 8], [3, 3], [1, 1]), ([8, 9], [3, 3], [2, 2]), ([8, 6], [4, 4], [2, 2]), ([6, 7], [2, 5], [1, 3]),
    ([5, 6, 7], [3, 3, 3], [1, 1, 1]), ([6, 5, 8], [3, 2, 4], [2, 1, 2]), ([40, 300], [3, 3], [1, 1]),
    // More lines than a tile holds, along both leading axes.
    ([28, 26, 300], [3, 3, 3], [1, 1, 1]), ([40, 52, 301], [3, 4, 2], [2, 2, 1]),
  ]

  @Test(arguments: cases, Padding.allCases)
  func isTheSumOverWindows(_ example: (axes: [Int], kernel: [Int], stride: [Int]), _ padding: Padding) {
    let (inputs, outputs) = (3, 5)
    let layer = Convolution(
      outputs: outputs, kernel: example.kernel, stride: example.stride, padding: padding)
    let (tape, x, y, _) = makeTape(layer, input: example.axes + [inputs], samples: 2)
    tape.forward(samples: 2)
    let store = tape.store
    let weight = store.values(of: store.layout["weight"]!)
    let bias = store.values(of: store.layout["bias"]!)
    let w = weight.withUnsafeBuffer { Array($0) }
    let b = bias.withUnsafeBuffer { Array($0) }
    let axes = example.axes
    let before = example.kernel.map { padding == .none ? 0 : ($0 - 1) / 2 }
    let sizes: [Int] = axes.indices.map { axis in
      let (n, k, s) = (axes[axis], example.kernel[axis], example.stride[axis])
      return padding == .none ? (n - k) / s + 1 : (n + s - 1) / s
    }
    #expect(y.shape == sizes + [outputs])
    var worst = 0.0
    // A few results of a large array, all of a small one.
    let results = indices(sizes)
    let step = max(results.count / 400, 1)
    for sample in 0..<2 {
      for number in stride(from: 0, to: results.count, by: step) {
        let values = tape.values(x) + sample * x.count
        for output in 0..<outputs {
          var sum: Double = b[output]
          for tap in indices(example.kernel) {
            let points: [Int?] = axes.indices.map {
              let index: Int = results[number][$0] * example.stride[$0] + tap[$0] - before[$0]
              return source(index, axes[$0], padding)
            }
            guard !points.contains(nil) else { continue }
            let place = position(points.map { $0! }, axes)
            for input in 0..<inputs {
              let factor = w[(position(tap, example.kernel) * inputs + input) * outputs + output]
              sum += factor * values[place * inputs + input]
            }
          }
          worst = max(worst, abs(sum - tape.values(y)[sample * y.count + number * outputs + output]))
        }
      }
    }
    #expect(worst < 1e-13)
  }

  /// ⟨y, Cx⟩ = ⟨Cᵀy, x⟩ for a convolution and the transposed one with the same weights.
  @Test(arguments: cases, Padding.allCases)
  func transposedIsTheAdjoint(_ example: (axes: [Int], kernel: [Int], stride: [Int]), _ padding: Padding) {
    let axes = example.axes
    // Sizes that both take to each other.
    let full: [Int] = axes.indices.map { axis in
      let (n, k, s) = (axes[axis], example.kernel[axis], example.stride[axis])
      return padding == .none ? (n - k) / s * s + k : (n + s - 1) / s * s
    }
    let convolution = Convolution(
      outputs: 4, kernel: example.kernel, stride: example.stride, padding: padding, hasBias: false)
    let transposed = TransposedConvolution(
      outputs: 3, kernel: example.kernel, stride: example.stride, padding: padding, hasBias: false)
    let (tape, x, y, _) = makeTape(convolution, input: full + [3], samples: 1)
    let (other, u, v, _) = makeTape(transposed, input: Array(y.shape.dropLast()) + [4], samples: 1)
    #expect(v.shape == x.shape)
    other.store.set(
      other.store.layout["weight"]!, to: tape.store.values(of: tape.store.layout["weight"]!))
    tape.forward(samples: 1)
    other.forward(samples: 1)
    var (left, right, size) = (0.0, 0.0, 0.0)
    for index in 0..<y.count {
      left += tape.values(y)[index] * other.values(u)[index]
      size += abs(tape.values(y)[index] * other.values(u)[index])
    }
    for index in 0..<x.count { right += tape.values(x)[index] * other.values(v)[index] }
    #expect(abs(left - right) < 1e-13 * size)
  }

  /// Gradients of x and W where several tiles are needed along each leading axis.
  @Test(arguments: Padding.allCases) func severalTilesGiveOneGradient(_ padding: Padding) {
    for stride in [1, 2] {
      let layer = Convolution(outputs: 3, kernel: [3], stride: [stride], padding: padding, hasBias: false)
      LayerLaws.checkAdjoint(LayerExample("tiles", layer, [28, 26, 300, 2], isLinear: true))
    }
  }
}
