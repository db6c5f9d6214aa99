import Arrays
import Differentiation
import Foundation
import Learning
import NeuralOperators
import Testing

/// Spectral layers on axes that are not periodic.
@Suite struct BoundaryBasisTests {
  static let grids: [([Int], [Int], [AxisBasis])] = [
    ([12], [5], [.cosineCells]), ([13], [6], [.cosineNodes]), ([12], [5], [.sineCells]),
    ([11], [4], [.sineNodes]), ([9, 8], [4, 3], [.cosineNodes, .sineCells]),
    ([8, 10], [3, 4], [.sineNodes, .fourier]), ([10, 9], [3, 4], [.fourier, .cosineCells]),
    ([6, 7, 8], [2, 3, 3], [.fourier, .sineNodes, .fourier]),
    ([7, 6, 8], [3, 2, 3], [.fourier, .fourier, .cosineNodes]),
    ([5, 6, 7], [3, 3, 4], [.cosineCells, .cosineNodes, .sineNodes]),
    // More modes than the grid holds.
    ([5, 6], [7, 5], [.cosineNodes, .fourier]), ([5], [9], [.sineNodes]),
  ]

  private func layer(_ modes: [Int], _ bases: [AxisBasis], channels: Int = 1) -> SpectralBlock {
    var block = SpectralBlock(
      outputs: channels, modes: modes, activation: .identity, hasPointwisePath: false, initial: .normal)
    block.bases = bases
    return block
  }

  @Test(arguments: grids)
  func gradientsAreThoseOfDifferences(_ points: [Int], _ modes: [Int], _ bases: [AxisBasis]) {
    for hasPath in [false, true] {
      var block = layer(modes, bases, channels: 3)
      block.hasPointwisePath = hasPath
      block.activation = hasPath ? .gelu : .identity
      let (tape, x, _, loss) = makeTape(block, input: points + [2])
      let check = GradientCheck(tape, loss: loss, data: [("x", x)], samples: 3)
      #expect(check.largestError < 1e-7, "\(check.errors)")
    }
  }

  /// Numbers of the axes of the weights, and the wavenumber of each.
  private func wavenumbers(_ modes: [Int], _ bases: [AxisBasis]) -> [[Double]] {
    let half = bases.lastIndex(of: .fourier)
    return modes.indices.map { axis in
      let m = modes[axis]
      switch bases[axis] {
      case .fourier:
        return ((0..<m) + (axis == half ? [] : Array(-m..<0))).map { 2 * .pi * Double($0) }
      case .cosineCells, .cosineNodes: return (0..<m).map { .pi * Double($0) }
      case .sineCells, .sineNodes: return (1...m).map { .pi * Double($0) }
      }
    }
  }

  private func position(_ index: Int, _ points: Int, _ basis: AxisBasis) -> Double {
    switch basis {
    case .fourier: Double(index) / Double(points)
    case .cosineCells, .sineCells: (Double(index) + 0.5) / Double(points)
    case .cosineNodes, .sineNodes: Double(index) / Double(points - 1)
    }
  }

  /// A sum of products of eigenfunctions of the Laplacian, before and after time has passed.
  private func functions(
    _ bases: [AxisBasis], band: Int
  ) -> (_ position: [Double]) -> (before: Double, after: Double) {
    let list = indices(of: bases.map { $0 == .fourier ? 2 * band - 1 : band })
    let stream = RandomStream(seed: 4, purpose: "boundary heat")
    return { position in
      var (before, after) = (0.0, 0.0)
      for (number, index) in list.enumerated() {
        var (value, square) = (stream.normals(at: UInt64(number)).x, 0.0)
        for (axis, basis) in bases.enumerated() {
          let k: Double
          switch basis {
          case .fourier:
            k = 2 * .pi * Double((index[axis] + 1) / 2)
            value *= index[axis] % 2 == 0 ? cos(k * position[axis]) : sin(k * position[axis])
          case .cosineCells, .cosineNodes:
            k = .pi * Double(index[axis])
            value *= cos(k * position[axis])
          case .sineCells, .sineNodes:
            k = .pi * Double(index[axis] + 1)
            value *= sin(k * position[axis])
          }
          square += k * k
        }
        before += value
        after += exp(-0.007 * square) * value
      }
      return (before, after)
    }
  }

  /// The operator of the heat equation with slopes or values that vanish at the ends is one layer.
  @Test(arguments: grids.prefix(10))
  func heatIsReproducedExactly(_ points: [Int], _ modes: [Int], _ bases: [AxisBasis]) {
    let tape = Tape(ParameterStore<Double>(), capacity: 1)
    let x = tape.input(points + [1])
    let y = layer(modes, bases)(x, tape)
    tape.finish(results: [y])
    tape.store.initialize(seed: 1)
    let slot = tape.store.layout["spectral"]!
    let isReal = bases.allSatisfy(\.isReal)
    #expect(slot.shape[1] == (isReal ? 1 : 2))
    let numbers = wavenumbers(modes, bases)
    tape.store.set(
      slot,
      to: NDArray(
        shape: slot.shape,
        indices(of: numbers.map(\.count)).flatMap { index -> [Double] in
          let square = index.indices.reduce(0.0) { $0 + numbers[$1][index[$1]] * numbers[$1][index[$1]] }
          return isReal ? [exp(-0.007 * square)] : [exp(-0.007 * square), 0]
        }))
    let function = functions(bases, band: modes.min()!)
    let all = indices(of: points).map { index in
      function(index.indices.map { position(index[$0], points[$0], bases[$0]) })
    }
    for (index, value) in all.enumerated() { tape.values(x)[index] = value.before }
    tape.forward(samples: 1)
    let size = all.map { abs($0.after) }.max()!
    for (index, value) in all.enumerated() {
      #expect(abs(tape.values(y)[index] - value.after) < 1e-12 * size)
    }
  }

  /// The same weights on another grid give the same function.
  @Test(arguments: grids.prefix(10))
  func isTheSameOnFinerGrids(_ points: [Int], _ modes: [Int], _ bases: [AxisBasis]) {
    let store = ParameterStore<Double>()
    let function = functions(bases, band: modes.min()!)
    var values: [[Double]] = []
    for factor in [1, 3] {
      let tape = Tape(store, capacity: 1)
      // Three times as many intervals or cells: the points of the coarse grid are among those of the fine one.
      let grid = points.indices.map {
        [.cosineNodes, .sineNodes].contains(bases[$0]) ? factor * (points[$0] - 1) + 1 : factor * points[$0]
      }
      let x = tape.input(grid + [1])
      let y = layer(modes, bases)(x, tape)
      tape.finish(results: [y])
      if !store.isInitialized { store.initialize(seed: 1) }
      for (number, index) in indices(of: grid).enumerated() {
        tape.values(x)[number] =
          function(index.indices.map { position(index[$0], grid[$0], bases[$0]) }).before
      }
      tape.forward(samples: 1)
      let common = indices(of: grid).enumerated().filter { _, index in
        index.indices.allSatisfy { axis in
          [.cosineCells, .sineCells].contains(bases[axis])
            ? index[axis] % factor == factor / 2 : index[axis] % factor == 0
        }
      }
      values.append(common.map { tape.values(y)[$0.offset] })
    }
    #expect(values[0].count == values[1].count)
    for (a, b) in zip(values[0], values[1]) { #expect(abs(a - b) < 1e-11) }
  }
}
