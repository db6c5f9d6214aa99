import Arrays
import Differentiation
import Learning
import NeuralOperators

/// Training steps of a workload, over and over the same batch.
final class NetworkTraining {
  private let trainer: Trainer<Float>

  /// - Parameter network: the workload's own unless given.
  init(_ workload: NetworkWorkload, network: (any Layer)? = nil, workers: Workers) throws {
    var options = TrainingOptions()
    options.batchSize = workload.batch
    options.chunks = workload.chunks
    options.schedule = "constant"
    // One that fits: the steps that are taken must all be steps.
    options.rate = 1e-4
    trainer = try Trainer(
      network ?? workload.network, training: workload.data, validation: nil, options: options,
      workers: workers)
  }

  /// One step: forward, backward, Adam.
  func step() throws { try trainer.takeEpoch() }
}

/// Predictions of a workload's network.
final class InferenceRun {
  private let inference: NetworkInference<Float>
  private let samples: Int

  /// - Parameter samples: predicted in a call of `run`.
  init(_ workload: NetworkWorkload, samples: Int, workers: Workers) {
    let store = ParameterStore<Float>()
    let shape = workload.grid + [workload.dataChannels]
    inference = NetworkInference(workload.network, store: store, inputShape: shape, workers: workers)
    self.samples = samples
    store.initialize(seed: 0)
    count = shape.reduce(1, *)
  }

  private let count: Int

  func run() throws {
    let count = count
    try inference.predict(count: samples) { _, input in
      for index in 0..<count { input[index] = Float(index % 97) / 97 }
    } write: { _, _ in
    }
  }
}
