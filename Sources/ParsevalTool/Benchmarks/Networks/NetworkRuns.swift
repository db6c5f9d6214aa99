import Arrays
import Differentiation
import Learning
import NeuralOperators

/// Training steps of a workload, over and over the same batch.
final class NetworkTraining {
  private let trainer: Trainer<Float>

  init(_ workload: NetworkWorkload, workers: Workers) throws {
    var options = TrainingOptions()
    options.batchSize = workload.batch
    options.schedule = "constant"
    // One that fits: the steps that are taken must all be steps.
    options.rate = 1e-4
    trainer = try Trainer(
      workload.network, training: workload.data, validation: nil, options: options, workers: workers)
  }

  /// One step: forward, backward, Adam.
  func step() throws { try trainer.takeEpoch() }
}

/// Predictions of a workload's network.
final class InferenceRun {
  private let workers: Workers
  private let task: WorkerTask

  /// A recording for the samples of a chunk.
  private final class Lane: @unchecked Sendable {
    let tape: Tape<Float>

    init(_ workload: NetworkWorkload, _ store: ParameterStore<Float>, capacity: Int) {
      tape = Tape(store, capacity: capacity, differentiates: false)
      let input = tape.input(workload.grid + [workload.dataChannels])
      let output = workload.network(input, tape)
      tape.finish(results: [output])
      let values = tape.values(input)
      for index in 0..<capacity * input.count { values[index] = Float(index % 97) / 97 }
    }
  }

  /// - Parameter samples: predicted in a call of `run`, in chunks of four at most.
  init(_ workload: NetworkWorkload, samples: Int, workers: Workers) {
    let store = ParameterStore<Float>()
    let chunks = min(samples, 4)
    let capacity = (samples + chunks - 1) / chunks
    let lanes = (0..<workers.count).map { _ in Lane(workload, store, capacity: capacity) }
    store.initialize(seed: 0)
    self.workers = workers
    task = WorkerTask(chunks: chunks) { chunk, worker in
      let count = min(capacity, samples - chunk * capacity)
      if count > 0 { lanes[worker].tape.forward(samples: count) }
    }
  }

  func run() { workers.run(task) }
}
