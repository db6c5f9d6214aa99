package import Arrays
import Differentiation
package import Learning

/// What came of a step of a collocation training.
package struct CollocationStep: Sendable {
  /// The weighted sum that is made small, before the step or after it, as the method computes it.
  package var loss: Double
  /// Losses, or gradients, that were computed.
  package var evaluations: Int
  /// Whether the method has come to its end.
  package var isStalled = false
}

/// Moves the parameters of a collocation system.
package protocol CollocationMethod: AnyObject {
  func step(_ number: Int) -> CollocationStep
  /// By name, always the same arrays in the same order.
  var stateArrays: [(name: String, values: NDArray<Double>)] { get }
  var stateNumbers: [String: Double] { get }
  func restore(arrays: [String: NDArray<Double>], numbers: [String: Double]) throws(LearningError)
}

/// Steps of a least squares method.
package final class LeastSquaresSteps: CollocationMethod {
  private let model: CollocationLeastSquares
  private let method: any LeastSquaresMethod

  package init(
    _ system: CollocationSystem<Double>, _ kind: any LeastSquaresKind, settings: [String: Double],
    workers: Workers
  ) throws(LearningError) {
    model = CollocationLeastSquares(system)
    method = try kind.make(for: model, settings: settings, workers: workers)
  }

  package func step(_ number: Int) -> CollocationStep {
    var parameters = model.parameters
    let outcome = method.step(&parameters)
    model.parameters = parameters
    return CollocationStep(
      loss: outcome.loss, evaluations: outcome.evaluations + 1, isStalled: outcome.isStalled)
  }

  package var stateArrays: [(name: String, values: NDArray<Double>)] { [] }
  package var stateNumbers: [String: Double] { method.stateNumbers }
  package func restore(arrays: [String: NDArray<Double>], numbers: [String: Double]) throws(LearningError) {
    method.stateNumbers = numbers
  }
}

/// Steps of an optimizer along the gradients of the terms, as a balancer puts them together.
package final class GradientSteps<Scalar: LearningScalar>: CollocationMethod {
  private let system: CollocationSystem<Scalar>
  private let optimizer: BalancedOptimizer<Scalar>
  private let rate: (Int) -> Double
  private let workers: Workers
  /// A block for every term.
  private let blocks: [AlignedStorage<Scalar>]
  private let pointers: [UnsafeMutablePointer<Scalar>]

  /// - Parameter rate: the learning rate of a step.
  package init(
    _ system: CollocationSystem<Scalar>, _ optimizer: BalancedOptimizer<Scalar>, workers: Workers,
    rate: @escaping (Int) -> Double
  ) {
    self.system = system
    self.optimizer = optimizer
    self.rate = rate
    self.workers = workers
    let extent = max(1, system.store.layout.extent)
    blocks = system.terms.map { _ in AlignedStorage(count: extent) }
    pointers = blocks.map(\.baseAddress)
  }

  package func step(_ number: Int) -> CollocationStep {
    let losses = evaluate()
    let traces = optimizer.balancer.needsTraces(at: number) ? system.traces() : []
    let outcome = pointers.withUnsafeBufferPointer { gradients in
      var step = OptimizerStep(
        parameters: system.store.values.baseAddress, gradients: gradients, rate: rate(number))
      step.workers = workers
      return optimizer.step(step, losses: losses, traces: traces) { [self] in evaluate() }
    }
    return CollocationStep(
      loss: losses.reduce(0, +), evaluations: 1 + outcome.evaluations, isStalled: outcome.isStalled)
  }

  /// The losses of the terms at the parameters as they are, and their gradients, with the weights of the system.
  private func evaluate() -> [Double] {
    let losses = system.losses(gradients: pointers)
    for (block, weight) in zip(blocks, system.weights) where weight != 1 {
      scale(block.baseAddress, by: Scalar(weight), system.store.layout.extent)
    }
    return system.weighted(losses)
  }

  package var stateArrays: [(name: String, values: NDArray<Double>)] {
    optimizer.stateArrays.map { array in
      (array.name, NDArray(shape: [array.values.count]) { Double(array.values.baseAddress[$0]) })
    }
  }
  package var stateNumbers: [String: Double] { optimizer.stateNumbers }
  package func restore(arrays: [String: NDArray<Double>], numbers: [String: Double]) throws(LearningError) {
    try optimizer.restore(
      arrays: arrays.mapValues { array in NDArray(shape: array.shape) { Scalar(array[flat: $0]) } },
      numbers: numbers)
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scale<Scalar: NetworkScalar>(
  _ block: UnsafeMutablePointer<Scalar>, by factor: Scalar, _ count: Int
) {
  for index in 0..<count { block[index] *= factor }
}
