import Arrays
import Differentiation
import Foundation
import Learning
import PhysicsInformed

/// u″ = −sin x on (0, 2π) with u = 0 at the ends, and u = Σ aₖ tanh(wₖ x + bₖ): two losses, with gradients written out by hand.
final class PoissonTerms<Scalar: LearningScalar> {
  static var hidden: Int { 8 }
  private static var points: Int { 16 }
  let layout: ParameterLayout
  let parameters: AlignedStorage<Scalar>
  /// Of the interior and of the ends.
  private let gradients: [AlignedStorage<Scalar>]
  private let pointers = AlignedStorage<UnsafeMutablePointer<Scalar>>(count: 2)
  /// What the two losses are multiplied by.
  var scales = [1.0, 1.0]

  init() {
    var layout = ParameterLayout()
    for name in ["slopes", "shifts", "heights"] {
      layout.append(name: name, shape: [Self.hidden], role: .vector)
    }
    self.layout = layout
    parameters = AlignedStorage(count: layout.extent)
    gradients = [AlignedStorage(count: layout.extent), AlignedStorage(count: layout.extent)]
    for k in 0..<2 { pointers.baseAddress[k] = gradients[k].baseAddress }
    let stream = RandomStream(seed: 3, purpose: "first parameters")
    for k in 0..<Self.hidden {
      let normals = (stream.normals(at: UInt64(2 * k)), stream.normals(at: UInt64(2 * k + 1)))
      parameters.baseAddress[place(0) + k] = Scalar(normals.0.x)
      parameters.baseAddress[place(1) + k] = Scalar(2 * normals.0.y)
      parameters.baseAddress[place(2) + k] = Scalar(normals.1.x)
    }
  }

  private func place(_ slot: Int) -> Int { layout.slots[slot].offset }

  /// The two losses; their gradients are in the blocks afterwards.
  func evaluate() -> [Double] {
    for gradient in gradients { gradient.buffer.update(repeating: 0) }
    var losses = [0.0, 0.0]
    for point in 0..<Self.points {
      let x = 2 * Double.pi * (Double(point) + 0.5) / Double(Self.points)
      losses[0] += add(scales[0] / Double(Self.points), at: x, isSecondDerivative: true, target: -sin(x), 0)
    }
    for x in [0, 2 * Double.pi] {
      losses[1] += add(scales[1] / 2, at: x, isSecondDerivative: false, target: 0, 1)
    }
    return losses
  }

  /// Adds weight · r² of one point to a gradient, and returns it.
  private func add(
    _ weight: Double, at x: Double, isSecondDerivative: Bool, target: Double, _ term: Int
  ) -> Double {
    let p = parameters.baseAddress
    func parts(_ k: Int) -> (w: Double, a: Double, z: Double) {
      let (w, b) = (Double(p[place(0) + k]), Double(p[place(1) + k]))
      return (w, Double(p[place(2) + k]), tanh(w * x + b))
    }
    var r = -target
    for k in 0..<Self.hidden {
      let (w, a, t) = parts(k)
      r += isSecondDerivative ? a * w * w * -2 * t * (1 - t * t) : a * t
    }
    let g = gradients[term].baseAddress
    for k in 0..<Self.hidden {
      let (w, a, t) = parts(k)
      let s1 = 1 - t * t
      let (s2, s3) = (-2 * t * s1, (6 * t * t - 2) * s1)
      let slopes =
        isSecondDerivative
        ? (a * (2 * w * s2 + w * w * s3 * x), a * w * w * s3, w * w * s2) : (a * s1 * x, a * s1, t)
      g[place(0) + k] += Scalar(2 * weight * r * slopes.0)
      g[place(1) + k] += Scalar(2 * weight * r * slopes.1)
      g[place(2) + k] += Scalar(2 * weight * r * slopes.2)
    }
    return weight * r * r
  }

  func step(_ rate: Double, _ workers: Workers? = nil) -> OptimizerStep<Scalar> {
    var step = OptimizerStep(
      parameters: parameters.baseAddress,
      gradients: UnsafeBufferPointer(start: pointers.baseAddress, count: 2), rate: rate)
    step.workers = workers
    return step
  }

  /// The gradient of a term, as it was evaluated last.
  func gradient(_ term: Int) -> [Double] { gradients[term].buffer.map { Double($0) } }

  /// Steps of a balanced optimizer; the losses at the end.
  @discardableResult
  func run(_ optimizer: BalancedOptimizer<Scalar>, steps: Int, rate: Double, _ workers: Workers? = nil)
    -> [Double]
  {
    for _ in 0..<steps {
      let losses = evaluate()
      _ = optimizer.step(step(rate, workers), losses: losses, traces: losses) { evaluate() }
    }
    return evaluate()
  }

  var values: [Scalar] { Array(parameters.buffer) }
}
