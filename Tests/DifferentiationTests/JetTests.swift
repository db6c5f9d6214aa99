import Arrays
import Differentiation
import Testing
import TestSupport

/// Derivatives of a network along lines, against what they are by definition.
@Suite struct JetTests {
  private static let smooth: [Activation] = [.tanh, .sine, .silu, .gelu, .identity]
  /// Two lines of the plane, the second one askew, and the Laplacian.
  private static let shape = JetShape(
    lines: [.init([1, 0], order: 4), .init([0, 1], order: 2), .init([0.6, -0.8], order: 3)], summed: 2)

  private static func normals(_ values: UnsafeMutableBufferPointer<Double>, slot: ParameterSlot, seed: UInt64)
  {
    let stream = RandomStream(seed: seed, purpose: slot.name)
    for index in 0..<slot.count { values[index] = 0.8 * stream.normals(at: UInt64(index)).x }
  }

  /// A perceptron with two hidden layers on a tape.
  private struct Network {
    let tape: Tape<Double>
    let points: Variable
    let result: Jet
    let loss: Variable
    let weights: Variable

    init(_ activation: Activation, _ shape: JetShape, points count: Int, store: ParameterStore<Double>) {
      tape = Tape(store, capacity: 2)
      points = tape.input([count, 2], wantsGradient: true)
      var jet = Jet.coordinates(of: points, shape, on: tape)
      for (number, width) in [7, 6, 3].enumerated() {
        let weight = tape.parameter(
          "w\(number)", [jet.width, width], role: .matrix, initial: JetTests.normals)
        let bias = tape.parameter("b\(number)", [width], role: .vector, initial: JetTests.normals)
        let layer = JetDenseOperation(
          jet, weight: weight, bias: bias, activation: number < 2 ? activation : .identity, on: tape)
        tape.record(layer)
        jet = Jet(layer.outputs[0], shape)
      }
      result = jet
      weights = tape.input(jet.variable.shape)
      let sum = WeightedSum(jet.variable, weights, on: tape)
      tape.record(sum)
      loss = sum.outputs[0]
      tape.finish(results: [jet.variable, loss])
      if !store.isInitialized { store.initialize(seed: 3) }
      for (purpose, variable) in [("x", points), ("w", weights)] {
        let stream = RandomStream(seed: 5, purpose: purpose)
        for index in 0..<2 * variable.count {
          tape.values(variable)[index] = stream.normals(at: UInt64(index)).x
        }
      }
    }

    /// A number of the result of the first sample.
    func value(_ channel: Int, point: Int, _ output: Int) -> Double {
      tape.values(result.variable)[(channel * result.points + point) * result.width + output]
    }
  }

  /// The network at complex points, where its derivatives are integrals around them.
  private func complexNetwork(
    _ store: ParameterStore<Double>, _ activation: Activation, _ point: [Complex]
  ) -> [Complex] {
    var x = point
    for number in 0..<3 {
      let weight = store.layout["w\(number)"]!
      let bias = store.layout["b\(number)"]!
      x = (0..<weight.shape[1]).map { column in
        var sum = Complex(store.values.buffer[bias.offset + column], 0)
        for row in 0..<weight.shape[0] {
          sum = sum + store.values.buffer[weight.offset + row * weight.shape[1] + column] * x[row]
        }
        return number == 2 ? sum : sum.applying(activation)
      }
    }
    return x
  }

  @Test(arguments: [Activation.tanh, .sine, .silu, .identity])
  func derivativesAreContourIntegrals(_ activation: Activation) {
    let store = ParameterStore<Double>()
    let network = Network(activation, Self.shape, points: 5, store: store)
    network.tape.forward(samples: 1)
    let (turns, radius) = (64, 0.15)
    for point in 0..<5 {
      let center = (0..<2).map { network.tape.values(network.points)[2 * point + $0] }
      for (number, line) in Self.shape.lines.enumerated() {
        var sums = Array(repeating: [Complex](repeating: Complex(0, 0), count: 5), count: 3)
        for turn in 0..<turns {
          let angle = 2 * Double.pi * Double(turn) / Double(turns)
          let t = radius * Complex(angle: angle)
          let y = complexNetwork(
            store, activation, (0..<2).map { Complex(center[$0], 0) + line.direction[$0] * t })
          for output in 0..<3 {
            for order in 0..<5 {
              sums[output][order] =
                sums[output][order] + y[output] * Complex(angle: -Double(order) * angle)
            }
          }
        }
        var scale = 1.0
        for order in 0...line.order {
          if order > 0 { scale *= Double(order) / radius }
          for output in 0..<3 {
            let exact = sums[output][order].real / Double(turns) * scale
            let channel = order == 0 ? 0 : Self.shape.channel(line: number, order: order)
            let found = network.value(channel, point: point, output)
            #expect(
              abs(found - exact) <= 1e-12 * (abs(exact) + scale),
              "\(activation) line \(number) order \(order)")
          }
        }
      }
    }
  }

  /// A derivative is the limit of differences of the one below it.
  @Test(arguments: smooth)
  func everyOrderIsTheSlopeOfTheOneBelow(_ activation: Activation) {
    let store = ParameterStore<Double>()
    let network = Network(activation, Self.shape, points: 1, store: store)
    let start = (0..<2).map { network.tape.values(network.points)[$0] }
    for (number, line) in Self.shape.lines.enumerated() {
      for order in 1...line.order {
        let below = order == 1 ? 0 : Self.shape.channel(line: number, order: order - 1)
        let step = 1e-2
        var difference = 0.0
        for (multiple, factor) in [(1, 45.0), (2, -9), (3, 1)] {
          for sign in [1.0, -1] {
            for axis in 0..<2 {
              network.tape.values(network.points)[axis] =
                start[axis] + sign * Double(multiple) * step * line.direction[axis]
            }
            network.tape.forward(samples: 1)
            difference += sign * factor * network.value(below, point: 0, 1) / (60 * step)
          }
        }
        for axis in 0..<2 { network.tape.values(network.points)[axis] = start[axis] }
        network.tape.forward(samples: 1)
        let found = network.value(Self.shape.channel(line: number, order: order), point: 0, 1)
        #expect(abs(found - difference) <= 1e-6 * (1 + abs(found)), "\(activation) \(number) \(order)")
      }
    }
  }

  @Test(arguments: smooth)
  func theSumIsThatOfTheSecondDerivatives(_ activation: Activation) throws {
    let network = Network(activation, Self.shape, points: 4, store: ParameterStore())
    network.tape.forward(samples: 1)
    let sum = try #require(Self.shape.sumChannel)
    for point in 0..<4 {
      for output in 0..<3 {
        let parts = (0..<2).map {
          network.value(Self.shape.channel(line: $0, order: 2), point: point, output)
        }
        let found = network.value(sum, point: point, output)
        #expect(abs(found - parts[0] - parts[1]) <= 1e-13 * (1 + abs(parts[0]) + abs(parts[1])))
      }
    }
  }

  /// Orders scale with powers of a line's length, and mixed derivatives follow from lines askew.
  @Test func directionsObeyTheirLaws() {
    let store = ParameterStore<Double>()
    let lines = [[1.0, 0], [0, 1], [1, 1], [2, 0], [1, -1]].map { JetShape.Line($0, order: 4) }
    let shape = JetShape(lines: lines)
    let network = Network(.tanh, shape, points: 3, store: store)
    network.tape.forward(samples: 1)
    for point in 0..<3 {
      func d(_ line: Int, _ order: Int) -> Double {
        network.value(shape.channel(line: line, order: order), point: point, 0)
      }
      for order in 1...4 {
        let factor = Double(1 << order)
        #expect(abs(d(3, order) - factor * d(0, order)) <= 1e-12 * (1 + abs(d(3, order))))
      }
      #expect(abs(d(2, 1) - d(0, 1) - d(1, 1)) <= 1e-13 * (1 + abs(d(2, 1))))
      let mixed = [(d(2, 2) - d(0, 2) - d(1, 2)) / 2, (d(0, 2) + d(1, 2) - d(4, 2)) / 2]
      #expect(abs(mixed[0] - mixed[1]) <= 1e-12 * (1 + abs(mixed[0])))
    }
  }

  @Test(arguments: smooth)
  func parameterGradientsAreThoseOfDifferences(_ activation: Activation) {
    let network = Network(activation, Self.shape, points: 4, store: ParameterStore())
    let check = GradientCheck(network.tape, loss: network.loss, data: [("x", network.points)], samples: 2)
    #expect(check.largestError <= 1e-7, "\(activation) \(check.errors)")
  }

  /// sin a · sin b, and the square of sin a.
  @Test(arguments: [false, true])
  func productsObeyLeibniz(_ isSquare: Bool) throws {
    let store = ParameterStore<Double>()
    let tape = Tape(store, capacity: 1)
    let points = tape.input([3, 2])
    let x = Jet.coordinates(of: points, Self.shape, on: tape)
    func layer(_ name: String) -> Jet {
      let weight = tape.parameter(name, [x.width, 2], role: .matrix, initial: Self.normals)
      let operation = JetDenseOperation(x, weight: weight, bias: nil, activation: .sine, on: tape)
      tape.record(operation)
      return Jet(operation.outputs[0], Self.shape)
    }
    let a = layer("a")
    let b = isSquare ? a : layer("b")
    let product = JetProductOperation(a, b, on: tape)
    tape.record(product)
    let z = product.outputs[0]
    let weights = tape.input(z.shape)
    let sum = WeightedSum(z, weights, on: tape)
    tape.record(sum)
    tape.finish(results: [a.variable, b.variable, z, sum.outputs[0]])
    store.initialize(seed: 1)
    for (purpose, variable) in [("x", points), ("w", weights)] {
      let stream = RandomStream(seed: 5, purpose: purpose)
      for index in 0..<variable.count { tape.values(variable)[index] = stream.normals(at: UInt64(index)).x }
    }
    tape.forward(samples: 1)
    let width = 6
    func value(_ variable: Variable, _ channel: Int, _ index: Int) -> Double {
      tape.values(variable)[channel * width + index]
    }
    for index in 0..<width {
      func d(_ variable: Variable, _ order: Int) -> Double {
        value(variable, order == 0 ? 0 : Self.shape.channel(line: 0, order: order), index)
      }
      let (u, v) = (a.variable, b.variable)
      let third = d(u, 3) * d(v, 0) + 3 * d(u, 2) * d(v, 1) + 3 * d(u, 1) * d(v, 2) + d(u, 0) * d(v, 3)
      #expect(abs(d(z, 3) - third) <= 1e-13 * (1 + abs(third)))
      let parts = (0..<2).map { value(z, Self.shape.channel(line: $0, order: 2), index) }
      let found = value(z, try #require(Self.shape.sumChannel), index)
      #expect(abs(found - parts[0] - parts[1]) <= 1e-12 * (1 + abs(parts[0])))
    }
    #expect(GradientCheck(tape, loss: sum.outputs[0], samples: 1).largestError <= 1e-7)
  }

  @Test func nothingIsAllocatedOnceItIsRecorded() {
    let network = Network(.tanh, Self.shape, points: 16, store: ParameterStore())
    let gradients = AlignedStorage<Double>(count: network.tape.store.layout.extent)
    func pass() {
      network.tape.forward(samples: 2)
      network.tape.backward(from: network.loss, seed: 1, gradients: gradients.baseAddress)
    }
    pass()
    pass()
    #expect(allocations { pass() } == 0)
  }
}
