import Arrays
import Differentiation
import Learning
import NeuralOperators
import Testing

@Suite struct SymmetryTests {
  private func network(_ axes: Int) -> FourierNeuralOperator {
    FourierNeuralOperator(
      modes: Array(repeating: 2, count: axes), width: 3, layers: 1, projection: 4, outputs: 2,
      initial: .normal)
  }

  @Test(arguments: [
    (GridSymmetry.exchanges, [4, 4]), (.reflections, [5]), (.all, [4, 4]), (.all, [3, 4]),
    (.exchanges, [3, 3, 3]),
  ])
  func gradients(_ group: GridSymmetry, _ points: [Int]) {
    let (tape, x, _, loss) = makeTape(
      Symmetrized(group, placements: points.map { _ in .cells }, network(points.count)), input: points + [2],
      samples: 2)
    let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 2)
    #expect(check.largestError < 1e-7, "\(check.errors)")
  }

  /// The value at a point of what a symmetrized network says of a function of the coordinates.
  private func answer(
    _ group: GridSymmetry, _ placements: [CoordinateChannels.Placement], points: [Int],
    _ value: ([Int]) -> Double
  ) -> NDArray<Double> {
    let tape = Tape(ParameterStore<Double>(), capacity: 1)
    let x = tape.input(points + [1])
    let y = Symmetrized(group, placements: placements, network(points.count))(x, tape)
    tape.finish(results: [y])
    tape.store.initialize(seed: 4)
    let buffer = tape.values(x)
    for (position, index) in indices(of: points).enumerated() { buffer[position] = value(index) }
    tape.forward(samples: 1)
    let result = tape.values(y)
    return NDArray(shape: points + [2], (0..<y.count).map { result[$0] })
  }

  private func input(_ index: [Int]) -> Double {
    // Without a symmetry of its own.
    index.enumerated().reduce(0.3) { $0 * 0.7 + Double(($1.offset * 5 + 3) * $1.element * $1.element % 7) }
  }

  @Test func exchangedAxes() {
    let straight = answer(.exchanges, [.nodes, .nodes], points: [5, 5], input)
    let turned = answer(.exchanges, [.nodes, .nodes], points: [5, 5]) { input([$0[1], $0[0]]) }
    for index in indices(of: [5, 5]) {
      for channel in 0..<2 {
        #expect(abs(straight[index[0], index[1], channel] - turned[index[1], index[0], channel]) < 1e-13)
      }
    }
  }

  @Test(arguments: [CoordinateChannels.Placement.cells, .nodes, .periodic])
  func reversedAxis(_ placement: CoordinateChannels.Placement) {
    func mirrored(_ index: Int) -> Int { placement == .periodic ? (6 - index) % 6 : 5 - index }
    let straight = answer(.all, [placement, .cells], points: [6, 4], input)
    let turned = answer(.all, [placement, .cells], points: [6, 4]) { input([mirrored($0[0]), $0[1]]) }
    for index in indices(of: [6, 4]) {
      for channel in 0..<2 {
        #expect(
          abs(straight[index[0], index[1], channel] - turned[mirrored(index[0]), index[1], channel]) < 1e-13)
      }
    }
  }

  /// Without the mean the network is not symmetric: what the tests above see is the mean.
  @Test func aloneItIsNot() {
    let straight = answer(.none, [.nodes, .nodes], points: [5, 5], input)
    let turned = answer(.none, [.nodes, .nodes], points: [5, 5]) { input([$0[1], $0[0]]) }
    #expect(abs(straight[1, 3, 0] - turned[3, 1, 0]) > 1e-3)
  }
}
