import Arrays
import Differentiation
import Synchronization

/// The forward and backward pass of a batch: chunks of it on the workers' replicas.
final class BatchPass<Scalar: NetworkScalar> {
  let batchSize: Int
  /// The samples of a chunk.
  private let capacity: Int
  private let chunks: Int
  private let workers: Workers
  private let store: ParameterStore<Scalar>
  private let job: Job
  private let task: WorkerTask
  private let evaluation: WorkerTask

  /// What workers look at while they run; written before they start.
  private final class Job: @unchecked Sendable {
    let replicas: [Replica<Scalar>]
    var data: (any TrainingData)?
    var samples: ArraySlice<Int> = []
    var step = 0
    var parameters: UnsafeMutablePointer<Scalar>?
    var gradients: [AlignedStorage<Scalar>] = []
    /// The loss, or the error, of every sample of the batch.
    let losses: AlignedStorage<Double>
    let trouble = Mutex<(any Error)?>(nil)

    init(replicas: [Replica<Scalar>], batchSize: Int) {
      self.replicas = replicas
      losses = AlignedStorage(count: batchSize)
    }
  }

  init(
    _ network: any Layer, loss: any Loss, store: ParameterStore<Scalar>, inputShape: [Int],
    targetShape: [Int],
    batchSize: Int, chunks: Int, workers: Workers
  ) throws(LearningError) {
    self.batchSize = batchSize
    self.chunks = min(chunks, batchSize)
    self.workers = workers
    self.store = store
    let capacity = (batchSize + self.chunks - 1) / self.chunks
    self.capacity = capacity
    var replicas: [Replica<Scalar>] = []
    // Any worker may take any chunk.
    for _ in 0..<workers.count {
      replicas.append(
        try Replica(
          network, loss: loss, store: store, inputShape: inputShape, targetShape: targetShape,
          capacity: capacity))
    }
    job = Job(replicas: replicas, batchSize: batchSize)
    let job = job
    task = WorkerTask(chunks: self.chunks) { chunk, worker in
      Self.work(job, chunk: chunk, worker: worker, capacity: capacity, trains: true)
    }
    evaluation = WorkerTask(chunks: self.chunks) { chunk, worker in
      Self.work(job, chunk: chunk, worker: worker, capacity: capacity, trains: false)
    }
  }

  /// Makes room for a gradient per chunk, once the parameters are known.
  func prepareGradients() {
    job.gradients = (0..<chunks).map { _ in AlignedStorage(count: max(store.layout.extent, 1)) }
    pointers = job.gradients.map(\.baseAddress)
  }

  private var pointers: [UnsafeMutablePointer<Scalar>] = []
  /// Chunks that the last batch had.
  private var used = 0

  /// The gradients of the chunks that the last batch had.
  func withGradients<Result>(
    _ body: (UnsafeBufferPointer<UnsafeMutablePointer<Scalar>>) -> Result
  ) -> Result {
    return pointers.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<used])) }
  }

  /// Computes the mean loss of a batch and its gradient.
  ///
  /// - Throws: what reading a sample throws.
  func run(_ data: any TrainingData, _ samples: ArraySlice<Int>, step: Int) throws -> Double {
    job.parameters = nil
    return try run(task, data, samples, step: step)
  }

  private func run(
    _ task: WorkerTask, _ data: any TrainingData, _ samples: ArraySlice<Int>, step: Int
  ) throws -> Double {
    job.data = data
    job.samples = samples
    used = (samples.count + capacity - 1) / capacity
    job.step = step
    workers.run(task)
    // The order that they are a part of is shuffled in place.
    job.samples = []
    if let error = job.trouble.withLock({ $0 }) { throw error }
    var sum = 0.0
    for index in 0..<samples.count { sum += job.losses.baseAddress[index] }
    return sum / Double(samples.count)
  }

  /// The mean over samples of the relative L2 error.
  func relativeError(on data: any TrainingData, parameters: UnsafeMutablePointer<Scalar>?) throws -> Double {
    var sum = 0.0
    job.parameters = parameters
    let all = Array(0..<data.count)
    for start in stride(from: 0, to: data.count, by: batchSize) {
      let samples = all[start..<min(start + batchSize, data.count)]
      sum += try run(evaluation, data, samples, step: 0) * Double(samples.count)
    }
    return sum / Double(data.count)
  }

  private static func work(_ job: Job, chunk: Int, worker: Int, capacity: Int, trains: Bool) {
    let first = chunk * capacity
    let count = min(capacity, job.samples.count - first)
    guard count > 0, let data = job.data else { return }
    let replica = job.replicas[worker]
    let tape = replica.tape
    let (input, target) = (tape.values(replica.input), tape.values(replica.target))
    do {
      for index in 0..<count {
        try data.read(
          job.samples[job.samples.startIndex + first + index], input: input + index * replica.input.count,
          target: target + index * replica.target.count)
      }
    } catch {
      return job.trouble.withLock { $0 = $0 ?? error }
    }
    tape.isTraining = trains
    tape.step = job.step
    tape.firstSample = first
    tape.forward(samples: count, parameters: job.parameters)
    if trains {
      let losses = tape.values(replica.loss)
      for index in 0..<count { job.losses.baseAddress[first + index] = Double(losses[index]) }
      tape.backward(
        from: replica.loss, seed: 1 / Scalar(job.samples.count), gradients: job.gradients[chunk].baseAddress)
    } else {
      for index in 0..<count {
        let size = replica.target.count
        job.losses.baseAddress[first + index] = relativeDistance(
          tape.values(replica.prediction) + index * size, target + index * size, size)
      }
    }
  }
}
