import Arrays
import Differentiation
import Foundation
import Learning
import TestSupport
import Testing

/// Optimizers that look at products with the Hessian, where these are known.
@Suite("Optimizers: products with the Hessian") struct CurvatureOptimizerTests {
  private static let curvatures = (0..<7).map { exp(Double($0) - 3) }

  /// ½ Σ c θ², whose Hessian is diagonal: random signs give all of it.
  private static func diagonal() -> SmallModel {
    let model = SmallModel([7]) { x in
      (zip(x, curvatures).reduce(0) { $0 + 0.5 * $1.1 * $1.0 * $1.0 }, zip(x, curvatures).map { $0 * $1 })
    }
    for k in 0..<7 { model.parameters.baseAddress[k] = cos(Double(k)) }
    return model
  }

  @Test(arguments: [1, 3], [1, 2]) func adaHessianIsThatOfThePaper(_ block: Int, _ frequency: Int) throws {
    let model = Self.diagonal()
    let settings = [
      "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "block": Double(block), "frequency": Double(frequency),
      "weightDecay": 0.1,
    ]
    let optimizer = try AdaHessianKind().make(for: model.layout, settings: settings, as: Double.self)
    var p = (0..<7).map { cos(Double($0)) }
    var (m, v) = ([Double](repeating: 0, count: 7), [Double](repeating: 0, count: 7))
    let means = (0..<7).map { k in
      let neighbours = (k / block * block)..<min((k / block + 1) * block, 7)
      return neighbours.reduce(0) { $0 + Self.curvatures[$1] } / Double(neighbours.count)
    }
    var estimates = 0.0
    for t in 1...5 {
      let isNew = (t - 1) % frequency == 0
      if isNew { estimates += 1 }
      for k in 0..<7 {
        m[k] = 0.8 * m[k] + 0.2 * Self.curvatures[k] * p[k]
        if isNew { v[k] = 0.95 * v[k] + 0.05 * means[k] * means[k] }
        let root = (v[k] / (1 - pow(0.95, estimates))).squareRoot()
        p[k] = (1 - 0.3 * 0.1) * p[k] - 0.3 * m[k] / (1 - pow(0.8, Double(t))) / (root + 1e-3)
      }
      model.move(optimizer, rate: 0.3)
    }
    let error = (0..<7).map { abs(model.parameters.baseAddress[$0] - p[$0]) }.max() ?? .nan
    #expect(error < 1e-9, "\(error)")
  }

  /// Scales of single parameters go to 1/√c.
  @Test func scalesFitADiagonal() throws {
    let model = Self.diagonal()
    let optimizer = try PSGDKind().make(for: model.layout, settings: [:], as: Double.self)
    for _ in 0..<150 { model.move(optimizer, rate: 0) }
    let scales = try #require(optimizer.stateArrays.first { $0.name == "factors" }).values.buffer
    for (scale, curvature) in zip(scales, Self.curvatures) {
      #expect(abs(scale * scale * curvature - 1) < 1e-6)
    }
  }

  /// ½ tr(A Θ B Θᵀ) has the Hessian A ⊗ B, which two factors can undo.
  @Test func factorsFitAProduct() throws {
    let a = [2.0, 0.5, 0.3, 0.5, 1, 0.2, 0.3, 0.2, 4]
    let b = [1.0, -0.4, -0.4, 0.6]
    func times(_ x: [Double]) -> [Double] {
      var result = [Double](repeating: 0, count: 6)
      for (row, column) in (0..<6).map({ ($0 / 2, $0 % 2) }) {
        for (i, j) in (0..<6).map({ ($0 / 2, $0 % 2) }) {
          result[row * 2 + column] += a[row * 3 + i] * x[i * 2 + j] * b[j * 2 + column]
        }
      }
      return result
    }
    let model = SmallModel([3, 2], role: .matrix) { x in
      let slopes = times(x)
      return (0.5 * zip(x, slopes).reduce(0) { $0 + $1.0 * $1.1 }, slopes)
    }
    let optimizer = try PSGDKind().make(for: model.layout, settings: ["momentum": 0], as: Double.self)
    for _ in 0..<3000 { model.move(optimizer, rate: 0) }
    // A whole step along P g ends at the minimum, wherever it begins.
    for k in 0..<6 { model.parameters.baseAddress[k] = sin(Double(3 * k) + 1) }
    let before = model.evaluate()
    #expect(model.move(optimizer, rate: 1) < 1e-4 * before)
  }

  /// A gradient that is infinite a little way off leaves no trace.
  @Test(arguments: ["adahessian", "psgd"]) func infiniteProductsAreLeftOut(_ name: String) throws {
    for broken in [0, 2] {
      var count = 0
      let model = SmallModel([2, 2], role: .matrix) { x in
        count += 1
        // Three evaluations and the one behind it in each step.
        let slopes = count == 4 * broken + 2 ? [Double](repeating: .infinity, count: 4) : x.map { 3 * $0 }
        return (x.reduce(0) { $0 + 1.5 * $1 * $1 }, slopes)
      }
      for k in 0..<4 { model.parameters.baseAddress[k] = 1 + Double(k) }
      let optimizer = try OptimizerRegistry.kind(named: name).make(
        for: model.layout, settings: [:], as: Double.self)
      var losses = [model.evaluate()]
      count = 0
      for _ in 0..<60 { losses.append(model.move(optimizer, rate: 0.1)) }
      #expect(losses.last.map { $0 < 0.2 * losses[0] } == true, "\(name): \(losses)")
    }
  }

  /// The cost of two evaluations is told, and only at the steps that have them.
  @Test(arguments: ["adahessian", "psgd"]) func evaluationsAreCounted(_ name: String) throws {
    let model = ModelTraining<Float>(.quadratic, blocks: 2)
    let optimizer = try OptimizerRegistry.kind(named: name).make(
      for: model.layout, settings: ["frequency": 3], as: Float.self)
    for number in 0..<7 {
      var count = 0
      var step = model.step(1e-3)
      step.loss = model.evaluate()
      step.clipping = .value(0.5)
      let outcome = optimizer.step(step) {
        count += 1
        return model.evaluate()
      }
      #expect(count == (number % 3 == 0 ? 2 : 0) && outcome.evaluations == count)
    }
  }
}
