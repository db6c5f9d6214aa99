import Arrays
import Differentiation
import Learning
import Testing

@Suite("First values of parameters") struct InitializerTests {
  private func slot(_ shape: [Int], _ role: ParameterSlot.Role, name: String = "w") -> ParameterSlot {
    var layout = ParameterLayout()
    return layout.append(name: name, shape: shape, role: role)
  }

  private func values(_ initializer: Initializer, _ slot: ParameterSlot, seed: UInt64 = 5) -> [Double] {
    var values = [Double](repeating: .nan, count: slot.count)
    values.withUnsafeMutableBufferPointer { initializer.fill($0, slot: slot, seed: seed) }
    return values
  }

  private func moments(_ values: [Double]) -> (mean: Double, deviation: Double, low: Double, high: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, variance.squareRoot(), values.min() ?? 0, values.max() ?? 0)
  }

  @Test func constants() {
    let slot = slot([3], .vector)
    #expect(values(.zeros, slot) == [0, 0, 0])
    #expect(values(.ones, slot) == [1, 1, 1])
    #expect(values(.constant(0.5), slot) == [0.5, 0.5, 0.5])
  }

  /// Limits and deviations by the formulas of the papers, for 100 inputs and 300 outputs.
  @Test(
    arguments: [
      (Initializer.uniform(limit: 0.3), 0.3), (.xavierUniform(gain: 1), (6.0 / 400).squareRoot()),
      (.kaimingUniform(gain: 2.0.squareRoot()), (6.0 / 100).squareRoot()), (.linear(inputs: 100), 0.1),
    ])
  func uniform(_ initializer: Initializer, _ limit: Double) {
    let found = moments(values(initializer, slot([100, 300], .matrix)))
    #expect(found.high <= limit && found.high > 0.999 * limit)
    #expect(found.low >= -limit && found.low < -0.999 * limit)
    #expect(abs(found.mean) < 0.02 * limit)
    #expect(abs(found.deviation / limit - 1 / 3.0.squareRoot()) < 0.01)
  }

  @Test(
    arguments: [
      (Initializer.normal(standardDeviation: 0.3), 0.3), (.xavierNormal(gain: 1), (2.0 / 400).squareRoot()),
      (.kaimingNormal(gain: 2.0.squareRoot()), (2.0 / 100).squareRoot()),
    ])
  func normal(_ initializer: Initializer, _ deviation: Double) {
    let found = moments(values(initializer, slot([100, 300], .matrix)))
    #expect(abs(found.mean) < 0.02 * deviation)
    #expect(abs(found.deviation / deviation - 1) < 0.02)
    #expect(found.high > 3 * deviation)
  }

  @Test func spectral() {
    let slot = slot([40, 2, 10, 30], .spectral)
    let uniform = moments(values(.spectralUniform, slot))
    #expect(uniform.low >= 0 && uniform.high <= 1 / 300.0)
    #expect(abs(uniform.mean * 600 - 1) < 0.02)
    // Of a complex number √(2 / 40), of each part that over √2.
    let normal = moments(values(.spectralNormal, slot))
    #expect(abs(normal.deviation / (1.0 / 40).squareRoot() - 1) < 0.02)
  }

  @Test(arguments: [[5, 9], [9, 5], [7, 7], [1, 4]]) func orthogonal(_ shape: [Int]) {
    let (rows, columns) = (shape[0], shape[1])
    let found = values(.orthogonal(gain: 2), slot(shape, .matrix))
    let isWide = rows <= columns
    for a in 0..<min(rows, columns) {
      for b in 0..<min(rows, columns) {
        let product = (0..<max(rows, columns)).reduce(0.0) { sum, k in
          isWide
            ? sum + found[a * columns + k] * found[b * columns + k]
            : sum + found[k * columns + a] * found[k * columns + b]
        }
        #expect(abs(product - (a == b ? 4 : 0)) < 1e-13)
      }
    }
  }

  @Test func keyedBySeedAndName() {
    let initializer = Initializer.normal(standardDeviation: 1)
    let first = values(initializer, slot([7], .vector))
    #expect(values(initializer, slot([7], .vector)) == first)
    #expect(values(initializer, slot([7], .vector), seed: 6) != first)
    #expect(values(initializer, slot([7], .vector, name: "v")) != first)
    // What was in front in the layout does not matter.
    var layout = ParameterLayout()
    layout.append(name: "before", shape: [33], role: .vector)
    #expect(values(initializer, layout.append(name: "w", shape: [7], role: .vector)) == first)
  }

  @Test func floatsAreTheDoublesRounded() {
    let slot = slot([9, 5], .matrix)
    for initializer in [
      Initializer.xavierUniform(gain: 1), .orthogonal(gain: 1), .normal(standardDeviation: 2),
    ] {
      var floats = [Float](repeating: 0, count: slot.count)
      floats.withUnsafeMutableBufferPointer { initializer.fill($0, slot: slot, seed: 5) }
      #expect(floats == values(initializer, slot).map { Float($0) })
    }
  }
}
