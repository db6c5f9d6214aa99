import Arrays
import Comparison
import Learning
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct RegressionTests {
  private let workers = Workers(count: 2)

  private func predict(_ fitted: any FittedBaseline, _ input: [Double], _ count: Int) -> [Double] {
    var result = [Double](repeating: .nan, count: count)
    result.withUnsafeMutableBufferPointer { fitted.predict(input, count: 1, into: $0.baseAddress!) }
    return result
  }

  /// Inputs as a regression scales them, and targets about their mean.
  private struct Scaled {
    var inputs: [[Double]] = []
    var targets: [[Double]] = []
    var targetMean: [Double] = []
    var scale: ([Double]) -> [Double] = { $0 }

    init(_ data: ArrayData) throws {
      let pairs = try (0..<data.count).map { try SmallData.sample(data, $0) }
      func mean(_ rows: [[Double]]) -> [Double] {
        rows[0].indices.map { k in rows.reduce(0) { $0 + $1[k] } / Double(rows.count) }
      }
      let inputMean = mean(pairs.map(\.input))
      let targetMean = mean(pairs.map(\.target))
      let squares = pairs.reduce(0) { sum, pair in
        sum + zip(pair.input, inputMean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let deviation = (squares / Double(data.count * inputMean.count)).squareRoot()
      scale = { zip($0, inputMean).map { ($0 - $1) / deviation } }
      inputs = pairs.map { [scale] in scale($0.input) }
      targets = pairs.map { zip($0.target, targetMean).map { $0 - $1 } }
      self.targetMean = targetMean
    }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Fewer, as many and more values than samples; targets in coordinates of their own and of what they span.
  @Test(arguments: [(12, 3, 2), (12, 3, 20), (5, 9, 2), (5, 9, 7), (6, 6, 6)])
  func ridgeSolvesTheNormalEquations(_ samples: Int, _ width: Int, _ outputs: Int) throws {
    let weights = SmallData.normals(width * outputs, seed: 7)
    let data = SmallData.pairs(samples, width: width, seed: 8) { x in
      (0..<outputs).map { o in
        x.indices.reduce(Float(0)) { $0 + weights[o * width + $1] * x[$1] } + x[0] * x[0] + 2
      }
    }
    let strength = 0.05
    let fitted = try RidgeBaseline(strengths: [strength]).fit(
      BaselineTask(training: data), workers: workers)
    let scaled = try Scaled(data)
    let unit = scaled.inputs.reduce(0) { $0 + dot($1, $1) } / Double(samples)
    let matrix = (0..<width).map { i in
      (0..<width).map { j in
        scaled.inputs.reduce(0) { $0 + $1[i] * $1[j] } + (i == j ? strength * unit : 0)
      }
    }
    let input = SmallData.normals(width, seed: 9).map { Double($0) }
    let expected = (0..<outputs).map { o in
      let right = (0..<width).map { i in
        zip(scaled.inputs, scaled.targets).reduce(0) { $0 + $1.0[i] * $1.1[o] }
      }
      return scaled.targetMean[o] + dot(SmallData.solve(matrix, right), scaled.scale(input))
    }
    for (a, b) in zip(predict(fitted, input, outputs), expected) {
      #expect(abs(a - b) < 1e-11 * (1 + abs(b)))
    }
  }

  @Test func ridgeFindsALinearMap() throws {
    let map = { (x: [Float]) -> [Float] in [x[0] - 2 * x[2], 3 * x[1], x[0] + 1] }
    let task = BaselineTask(
      training: SmallData.pairs(40, width: 3, seed: 10, map),
      validation: SmallData.pairs(10, width: 3, seed: 11, map))
    let report = try RidgeBaseline().report(
      on: SmallData.pairs(10, width: 3, seed: 12, map), learning: task, workers: workers)
    #expect((report.relativeL2 ?? .nan) < 1e-6)
    #expect(report.remark.contains("validation"))
  }

  @Test func kernelRidgeGoesThroughItsSamples() throws {
    let data = SmallData.pairs(9, width: 2, seed: 13) { x in [x[0] * x[1], sin(x[0]), x[1], 1, x[0]] }
    let task = BaselineTask(training: data)
    let baseline = KernelRidgeBaseline(lengths: [0.3], strengths: [1e-12])
    let error = try baseline.report(on: data, learning: task, workers: workers).relativeL2
    #expect((error ?? .nan) < 1e-8)
  }

  @Test func kernelRidgeIsItsFormula() throws {
    let data = SmallData.pairs(7, width: 2, seed: 14) { x in [x[0] * x[1], x[0]] }
    let (length, strength) = (0.8, 0.01)
    let fitted = try KernelRidgeBaseline(lengths: [length], strengths: [strength]).fit(
      BaselineTask(training: data), workers: workers)
    let scaled = try Scaled(data)
    func distance(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    let distances = (0..<7).flatMap { i in (0..<i).map { distance(scaled.inputs[i], scaled.inputs[$0]) } }
    let scale = length * distances.sorted()[distances.count / 2]
    func kernel(_ a: [Double], _ b: [Double]) -> Double { exp(-pow(distance(a, b) / scale, 2) / 2) }
    let matrix = (0..<7).map { i in
      (0..<7).map { kernel(scaled.inputs[i], scaled.inputs[$0]) + (i == $0 ? strength : 0) }
    }
    let input = [0.3, -0.7]
    for (o, value) in predict(fitted, input, 2).enumerated() {
      let weights = SmallData.solve(matrix, scaled.targets.map { $0[o] })
      let features = scaled.inputs.map { kernel($0, scaled.scale(input)) }
      #expect(abs(value - scaled.targetMean[o] - dot(weights, features)) < 1e-11)
    }
  }

  /// The ridge parameter chosen without a split is the one of the least error over fits that lack a sample each.
  ///
  /// With more samples than values the fits' own means count, which the formula has exactly.
  @Test func leavingOneOutIsWhatItSays() throws {
    let noise = SmallData.normals(20, seed: 15)
    var number = 0
    let data = SmallData.pairs(20, width: 4, seed: 16) { x in
      number += 1
      return [0.8 * x[0] + 2 * noise[number - 1] + 9, 0.6 * x[1] + noise[20 - number]]
    }
    let strengths = [1e-4, 0.1, 0.5, 1, 3, 10, 30, 1e6]
    let chosen = try RidgeBaseline(strengths: strengths).fit(BaselineTask(training: data), workers: workers)
    let scaled = try Scaled(data)
    let unit = scaled.inputs.reduce(0) { $0 + dot($1, $1) } / 20
    func error(_ strength: Double) throws -> Double {
      try (0..<20).reduce(0) { sum, left in
        let rest = (0..<20).filter { $0 != left }
        // A column of ones, which has no ridge, is the mean of the rest.
        let rows = rest.map { scaled.inputs[$0] + [1] }
        let matrix = (0..<5).map { i in
          (0..<5).map { j in
            rows.reduce(0) { $0 + $1[i] * $1[j] } + (i == j && i < 4 ? strength * unit : 0)
          }
        }
        let target = try SmallData.sample(data, left).target
        let distance = (0..<2).reduce(0.0) { sum, o in
          let right = (0..<5).map { i in
            zip(rows, rest).reduce(0) { $0 + $1.0[i] * (scaled.targets[$1.1][o] + scaled.targetMean[o]) }
          }
          let value = dot(SmallData.solve(matrix, right), scaled.inputs[left] + [1])
          return sum + (value - target[o]) * (value - target[o])
        }
        return sum + (distance / dot(target, target)).squareRoot() / 20
      }
    }
    let errors = try strengths.map(error)
    let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
    #expect(best > 0 && best < strengths.count - 1, "\(errors)")
    #expect(chosen.remark.hasPrefix("λ = \(strengths[best]) "), "\(chosen.remark), \(errors)")
    #expect(chosen.remark.contains("leaving out"))
  }

  /// With more values than samples a sample that is left out must not be known from the mean of all.
  @Test func centredInputsDoNotGiveAwayTheSampleThatIsLeftOut() throws {
    let data = SmallData.pairs(10, width: 40, seed: 17) { x in [x[0] * x[1], x[2] * x[3]] }
    let fitted = try RidgeBaseline().fit(BaselineTask(training: data), workers: workers)
    let small = fitted.remark.contains("e-1") || fitted.remark.contains("e-0")
    #expect(!small, "\(fitted.remark): noise was fitted without a ridge")
  }

  @Test func figuresAreTheSameForAnyNumberOfWorkers() throws {
    let data = SmallData.pairs(25, width: 6, seed: 18) { x in x.map { $0 * x[0] } }
    let test = SmallData.pairs(5, width: 6, seed: 19) { x in x.map { $0 * x[0] } }
    let errors = try [1, 2, 3].map {
      try KernelRidgeBaseline().report(
        on: test, learning: BaselineTask(training: data), workers: Workers(count: $0)
      ).relativeL2
    }
    #expect(errors[0] == errors[1] && errors[0] == errors[2])
  }
}
