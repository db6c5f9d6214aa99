import Arrays
import Differentiation
import Foundation
import Learning
import NeuralOperators
import TestSupport
import Testing

/// A loss on a grid, with the norm that it should be.
struct LossExample: Sendable, CustomTestStringConvertible {
  var name: String
  var loss: any Loss
  var shape: [Int]
  var testDescription: String { name }
}

private let periodic = GridAxis(length: 2)
private let cells = GridAxis(length: 1.5, placement: .cells)
private let nodes = GridAxis(length: 3, placement: .nodes)

private let examples: [LossExample] = [
  LossExample(name: "relative-l2", loss: RelativeL2(), shape: [7, 5, 2]),
  LossExample(name: "mse", loss: MeanSquare(), shape: [7, 5, 2]),
  LossExample(
    name: "weighted", loss: WeightedLoss([(0.3, RelativeL2()), (2, MeanSquare())]), shape: [7, 5, 2]),
  LossExample(
    name: "relative-h1, periodic", loss: RelativeH1(axes: [periodic, periodic]), shape: [8, 7, 2]),
  LossExample(name: "relative-h1, cells", loss: RelativeH1(axes: [cells]), shape: [9, 3]),
  LossExample(
    name: "relative-h1, mixed", loss: RelativeH1(axes: [nodes, periodic, cells]), shape: [5, 6, 4, 2]),
  LossExample(name: "relative-hs 1", loss: RelativeHs(lengths: [2], order: 1), shape: [12, 2]),
  LossExample(
    name: "relative-hs -1", loss: RelativeHs(lengths: [2, 1], order: -1, alpha: 0.5), shape: [6, 9, 1]),
  LossExample(
    name: "relative-hs 0.5", loss: RelativeHs(lengths: [1, 2, 3], order: 0.5), shape: [4, 5, 6, 2]),
]

private func makeTape<Scalar: NetworkScalar>(
  _ loss: any Loss, shape: [Int], samples: Int, of: Scalar.Type = Scalar.self, differentiates: Bool = true
) -> (tape: Tape<Scalar>, p: Variable, t: Variable, loss: Variable) {
  let tape = Tape(ParameterStore<Scalar>(), capacity: samples, differentiates: differentiates)
  let p = tape.input(shape, wantsGradient: true)
  let t = tape.input(shape)
  let result = loss(p, t, tape)
  tape.finish(results: [result])
  tape.store.initialize(seed: 0)
  let stream = RandomStream(seed: 3, purpose: "losses")
  for index in 0..<samples * p.count {
    let numbers = stream.normals(at: UInt64(index))
    tape.values(p)[index] = Scalar(Float(numbers.x))
    tape.values(t)[index] = Scalar(Float(numbers.y))
  }
  return (tape, p, t, result)
}

@Suite struct LossTests {
  @Test(arguments: examples) func gradients(_ example: LossExample) {
    let (tape, p, _, loss) = makeTape(example.loss, shape: example.shape, samples: 3, of: Double.self)
    let check = GradientCheck(tape, loss: loss, data: [("p", p)], samples: 3)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  @Test(arguments: examples) func partialRunsInferencePrecisionAndMemory(_ example: LossExample) {
    let (tape, p, t, loss) = makeTape(example.loss, shape: example.shape, samples: 3, of: Double.self)
    let (other, _, _, same) = makeTape(
      example.loss, shape: example.shape, samples: 3, of: Double.self, differentiates: false)
    let (single, _, _, float) = makeTape(example.loss, shape: example.shape, samples: 3, of: Float.self)
    tape.forward(samples: 3)
    other.forward(samples: 3)
    single.forward(samples: 3)
    let all = (0..<3).map { tape.values(loss)[$0] }
    for sample in 0..<3 {
      #expect(other.values(same)[sample] == all[sample])
      #expect(abs(Double(single.values(float)[sample]) - all[sample]) < 1e-5 * all[sample])
    }
    let gradients = AlignedStorage<Float>(count: 1)
    func pass() {
      single.forward(samples: 3)
      single.backward(from: float, seed: 1, gradients: gradients.baseAddress)
    }
    pass()
    #expect(allocations { pass() } == 0)
    tape.values(p).update(from: tape.values(p) + p.count, count: p.count)
    tape.values(t).update(from: tape.values(t) + p.count, count: p.count)
    tape.forward(samples: 1)
    #expect(tape.values(loss)[0] == all[1])
  }

  @Test(arguments: examples) func vanishesOnTheTargetAlone(_ example: LossExample) {
    let (tape, p, t, loss) = makeTape(example.loss, shape: example.shape, samples: 1, of: Double.self)
    tape.forward(samples: 1)
    #expect(tape.values(loss)[0] > 0)
    tape.values(p).update(from: tape.values(t), count: p.count)
    tape.forward(samples: 1)
    tape.backward(from: loss, seed: 1, gradients: AlignedStorage<Double>(count: 1).baseAddress)
    #expect(tape.values(loss)[0] == 0)
    #expect((0..<p.count).allSatisfy { tape.gradient(p)[$0] == 0 })
  }

  /// The loss of `p = t + e` for functions of one point each, on a grid.
  private func value(
    _ loss: any Loss, _ axes: [(n: Int, GridAxis)], error: ([Double]) -> Double, target: ([Double]) -> Double
  ) -> Double {
    let shape = axes.map(\.n) + [1]
    let (tape, p, t, result) = makeTape(loss, shape: shape, samples: 1, of: Double.self)
    for point in 0..<p.count {
      var rest = point
      var x = [Double](repeating: 0, count: axes.count)
      for axis in axes.indices.reversed() {
        let (n, grid) = axes[axis]
        let j = Double(rest % n)
        rest /= n
        x[axis] =
          switch grid.placement {
          case .periodic: grid.length * j / Double(n)
          case .cells: grid.length * (j + 0.5) / Double(n)
          case .nodes: grid.length * j / Double(n - 1)
          }
      }
      tape.values(t)[point] = target(x)
      tape.values(p)[point] = target(x) + error(x)
    }
    tape.forward(samples: 1)
    return tape.values(result)[0]
  }

  /// Single waves have the norms of the formula: (alpha + |2πk/L|²)^(s/2).
  @Test(arguments: [-1, 0.5, 1, 2]) func sobolevNormsOfWaves(_ order: Double) {
    let axes = [(n: 12, GridAxis(length: 2)), (n: 9, GridAxis(length: 1))]
    let loss = RelativeHs(lengths: [2, 1], order: order, alpha: 0.7)
    let found = value(
      loss, axes, error: { 0.1 * cos(2 * .pi * (3 * $0[0] / 2 - 2 * $0[1]) + 0.3) },
      target: { sin(2 * .pi * $0[1]) * 2 })
    let (first, second) = (2 * Double.pi * 3 / 2, 2 * Double.pi * 2)
    let high = pow(0.7 + first * first + second * second, order / 2)
    let low = pow(0.7 + 4 * Double.pi * Double.pi, order / 2)
    #expect(abs(found - 0.1 * high / (2 * low)) < 1e-12 * found)
  }

  @Test func periodicH1IsThatOfWaves() {
    let axes = [(n: 12, GridAxis(length: 2)), (n: 9, GridAxis(length: 1))]
    let loss = RelativeH1(axes: axes.map(\.1))
    let found = value(
      loss, axes, error: { 0.1 * cos(2 * .pi * (3 * $0[0] / 2 - 2 * $0[1])) },
      target: { 2 * sin(2 * .pi * $0[1]) })
    let high = 1 + 9 * Double.pi * Double.pi + 16 * Double.pi * Double.pi
    let low = 1 + 4 * Double.pi * Double.pi
    #expect(abs(found - 0.05 * (high / low).squareRoot()) < 1e-12)
  }

  /// Differences are exact for quadratic functions, at the ends too.
  @Test(arguments: [cells, nodes]) func differencesAreExactForQuadratics(_ axis: GridAxis) {
    let n = 11
    let found = value(
      RelativeH1(axes: [axis]), [(n, axis)], error: { $0[0] * $0[0] - $0[0] }, target: { _ in 1 })
    let points = (0..<n).map {
      axis.placement == .cells
        ? axis.length * (Double($0) + 0.5) / Double(n) : axis.length * Double($0) / Double(n - 1)
    }
    let expected = points.reduce(0.0) { sum, x in
      let (e, d) = (x * x - x, 2 * x - 1)
      return sum + (e * e + d * d) / Double(n)
    }
    #expect(abs(found - expected.squareRoot()) < 1e-12)
  }

  @Test func registryMakesAndRefuses() throws {
    let axes = [GridAxis(length: 1), GridAxis(length: 2)]
    for kind in LossRegistry.all {
      #expect(try LossRegistry.kind(named: kind.name).name == kind.name)
      let loss = try kind.make(axes: axes, values: [:])
      let (tape, _, _, result) = makeTape(loss, shape: [6, 5, 2], samples: 2, of: Double.self)
      tape.forward(samples: 2)
      #expect(tape.values(result)[0] > 0 && tape.values(result)[1] > 0)
      #expect(throws: LearningError.self) { try kind.make(axes: axes, values: ["colour": 1]) }
    }
    #expect(Set(LossRegistry.all.map(\.name)).count == LossRegistry.all.count)
    #expect(throws: LearningError.self) { try LossRegistry.kind(named: "l3") }
    #expect(throws: LearningError.self) { try RelativeHs().make(axes: axes, values: ["alpha": -1]) }
    #expect(throws: LearningError.self) { try RelativeHs().make(axes: [nodes], values: [:]) }
  }
}
