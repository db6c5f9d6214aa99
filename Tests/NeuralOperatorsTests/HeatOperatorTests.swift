import Arrays
import Differentiation
import Foundation
import Learning
import NeuralOperators
import Testing

/// The solution operator of the heat equation is one Fourier layer: methods/neural-operators.md, 3.6A.
@Suite struct HeatOperatorTests {
  private let viscosity = 0.01
  private let time = 0.7

  /// One Fourier layer without a pointwise path, 1 → 1 channel, on a tape.
  private func layer(
    _ points: [Int], _ modes: [Int], store: ParameterStore<Double> = ParameterStore(), samples: Int = 1
  ) -> (tape: Tape<Double>, x: Variable, y: Variable) {
    let tape = Tape(store, capacity: samples)
    let x = tape.input(points + [1])
    let block = SpectralBlock(outputs: 1, modes: modes, activation: .identity, hasPointwisePath: false)
    let y = block(x, tape)
    tape.finish(results: [y])
    if !store.isInitialized { store.initialize(seed: 1) }
    return (tape, x, y)
  }

  /// The signed frequencies of the weights, in their order.
  private func frequencies(_ modes: [Int]) -> [[Int]] {
    modes.indices.reduce([[]]) { list, axis in
      let m = modes[axis]
      let own = axis == modes.count - 1 ? Array(0..<m) : Array(0..<m) + Array(-m..<0)
      return list.flatMap { head in own.map { head + [$0] } }
    }
  }

  private func decay(_ frequency: [Int]) -> Double {
    let square = frequency.reduce(0.0) { $0 + pow(2 * .pi * Double($1), 2) }
    return exp(-viscosity * square * time)
  }

  /// A band-limited function and what it becomes, at a point.
  private func functions(
    _ dimension: Int, _ band: Int
  ) -> (_ position: [Double]) -> (before: Double, after: Double) {
    let list = frequencies(Array(repeating: band, count: dimension)).filter {
      $0.allSatisfy { abs($0) < band }
    }
    let stream = RandomStream(seed: 2, purpose: "heat")
    return { position in
      var (before, after) = (0.0, 0.0)
      for (number, frequency) in list.enumerated() {
        let phase = zip(frequency, position).reduce(0.0) { $0 + 2 * .pi * Double($1.0) * $1.1 }
        let random = stream.normals(at: UInt64(number))
        let value = random.x * cos(phase) + random.y * sin(phase)
        before += value
        after += decay(frequency) * value
      }
      return (before, after)
    }
  }

  private func positions(_ points: [Int]) -> [[Double]] {
    (0..<points.reduce(1, *)).map { flat in
      var rest = flat
      return points.reversed().map { length -> Double in
        defer { rest /= length }
        return Double(rest % length) / Double(length)
      }.reversed()
    }
  }

  @Test(arguments: [
    ([32], [6]), ([33], [7]), ([16, 12], [5, 5]), ([9, 15], [4, 5]), ([8, 10, 9], [3, 3, 4]),
  ])
  func isReproducedExactly(_ points: [Int], _ modes: [Int]) {
    let (tape, x, y) = layer(points, modes)
    let weight = tape.store.layout["spectral"]!
    tape.store.set(
      weight,
      to: NDArray(shape: weight.shape, frequencies(modes).flatMap { [decay($0), 0] }))
    // The band that all signed frequencies of the weights hold.
    let function = functions(points.count, modes.min()!)
    for (index, position) in positions(points).enumerated() {
      tape.values(x)[index] = function(position).before
    }
    tape.forward(samples: 1)
    let size = positions(points).map { abs(function($0).after) }.max()!
    for (index, position) in positions(points).enumerated() {
      #expect(abs(tape.values(y)[index] - function(position).after) < 1e-13 * size)
    }
  }

  /// The same weights on twice as fine a grid give the same values at common points.
  @Test(arguments: [([16], [5]), ([12, 10], [4, 4]), ([6, 8, 8], [2, 3, 3])])
  func isTheSameOnFinerGrids(_ points: [Int], _ modes: [Int]) {
    let store = ParameterStore<Double>()
    let (coarse, x, y) = layer(points, modes, store: store)
    let (fine, fineX, fineY) = layer(points.map { 2 * $0 }, modes, store: store)
    let function = functions(points.count, 3)
    for (index, position) in positions(points).enumerated() {
      coarse.values(x)[index] = function(position).before
    }
    let finePositions = positions(points.map { 2 * $0 })
    for (index, position) in finePositions.enumerated() {
      fine.values(fineX)[index] = function(position).before
    }
    coarse.forward(samples: 1)
    fine.forward(samples: 1)
    for (index, position) in positions(points).enumerated() {
      let other = finePositions.firstIndex { zip($0, position).allSatisfy { abs($0 - $1) < 1e-12 } }!
      #expect(abs(coarse.values(y)[index] - fine.values(fineY)[other]) < 1e-12)
    }
  }

  /// A grid that does not reach all frequencies of the weights uses those that it does.
  @Test(arguments: [([8], [12]), ([6, 8], [5, 7])]) func unreachableModesAreDropped(
    _ points: [Int], _ modes: [Int]
  ) {
    let (tape, x, y) = layer(points, modes)
    let weight = tape.store.layout["spectral"]!
    tape.store.set(weight, to: NDArray(shape: weight.shape, frequencies(modes).flatMap { [decay($0), 0] }))
    let function = functions(points.count, points.min()! / 2)
    for (index, position) in positions(points).enumerated() {
      tape.values(x)[index] = function(position).before
    }
    tape.forward(samples: 1)
    for (index, position) in positions(points).enumerated() {
      #expect(abs(tape.values(y)[index] - function(position).after) < 1e-12)
    }
    #expect(ModeSet(modes: modes, points: [points]).droppedCount > 0)
  }

  /// The layer is linear in its weights, and least squares on random functions finds those of the heat equation.
  @Test func isLearnedByLeastSquares() {
    let (points, modes) = ([24], [5])
    let samples = 12
    let tape = Tape(ParameterStore<Double>(), capacity: samples)
    let x = tape.input(points + [1])
    let block = SpectralBlock(outputs: 1, modes: modes, activation: .identity, hasPointwisePath: false)
    let y = block(x, tape)
    tape.finish(results: [y])
    tape.store.initialize(seed: 1)
    let weight = tape.store.layout["spectral"]!
    let stream = RandomStream(seed: 9, purpose: "functions")
    var target = [Double]()
    for sample in 0..<samples {
      for point in 0..<points[0] {
        var (before, after) = (0.0, 0.0)
        for k in 0..<5 {
          let random = stream.normals(at: UInt64(sample * 5 + k))
          let phase = 2 * .pi * Double(k * point) / 24
          let value = random.x * cos(phase) + (k > 0 ? random.y * sin(phase) : 0)
          before += value
          after += decay([k]) * value
        }
        tape.values(x)[sample * points[0] + point] = before
        target.append(after)
      }
    }
    // Conjugate gradients on the normal equations, with the tape as the matrix and its adjoint.
    let count = weight.count
    let gradients = AlignedStorage<Double>(count: tape.store.layout.extent)
    let loss = y
    func apply(_ w: [Double]) -> [Double] {
      tape.store.set(weight, to: NDArray(shape: weight.shape, w))
      tape.forward(samples: samples)
      return (0..<samples * points[0]).map { tape.values(loss)[$0] }
    }
    func adjoint(_ r: [Double]) -> [Double] {
      tape.forward(samples: samples)
      tape.backward(from: loss, gradient: r, gradients: gradients.baseAddress)
      return (0..<count).map { gradients.buffer[weight.offset + $0] }
    }
    var w = [Double](repeating: 0, count: count)
    var r = target
    var s = adjoint(r)
    var p = s
    var gamma = s.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<40 where gamma > 1e-28 {
      let q = apply(p)
      let alpha = gamma / q.reduce(0) { $0 + $1 * $1 }
      for i in w.indices { w[i] += alpha * p[i] }
      for i in r.indices { r[i] -= alpha * q[i] }
      s = adjoint(r)
      let next = s.reduce(0) { $0 + $1 * $1 }
      for i in p.indices { p[i] = s[i] + next / gamma * p[i] }
      gamma = next
    }
    for k in 0..<5 { #expect(abs(w[2 * k] - decay([k])) < 1e-10) }
    for k in 1..<5 { #expect(abs(w[2 * k + 1]) < 1e-10) }
  }
}
