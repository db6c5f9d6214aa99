import Arrays
import Differentiation
import Synchronization

/// The forward and backward pass of a batch: chunks of it on the workers' replicas, each a few samples at a time.
final class BatchPass<Scalar: NetworkScalar> {
  let batchSize: Int
  /// The samples of a chunk.
  private let chunkSize: Int
  private let chunks: Int
  /// Memory for the samples that a worker takes through the network at once.
  ///
  /// What a layer leaves is found in a near cache by the next one if they are few; but every pass reads all weights.
  private static var passBytes: Int { 32 << 20 }
  /// Of the parameters, beside the gradients: their values, the best ones, and what most optimizers keep.
  private static var parameterCopies: Int { 4 }
  /// Modes of the weights that the grid does not reach.
  var droppedModes: Int { job.replicas.first?.tape.droppedModes ?? 0 }
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
    let size = (batchSize + self.chunks - 1) / self.chunks
    chunkSize = size
    func replica(_ capacity: Int) throws(LearningError) -> Replica<Scalar> {
      try Replica(
        network, loss: loss, store: store, inputShape: inputShape, targetShape: targetShape,
        capacity: capacity, parameterCopies: Self.parameterCopies + chunks)
    }
    let capacity = try replica(1).tape.samplesPerPass(of: size, within: Self.passBytes)
    var replicas: [Replica<Scalar>] = []
    // Any worker may take any chunk.
    for _ in 0..<workers.count { replicas.append(try replica(capacity)) }
    job = Job(replicas: replicas, batchSize: batchSize)
    let job = job
    task = WorkerTask(chunks: self.chunks) { chunk, worker in
      Self.work(job, chunk: chunk, worker: worker, size: size, trains: true)
    }
    evaluation = WorkerTask(chunks: self.chunks) { chunk, worker in
      Self.work(job, chunk: chunk, worker: worker, size: size, trains: false)
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
    used = (samples.count + chunkSize - 1) / chunkSize
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

  /// Takes a chunk through the network, a few samples at a time; their gradients are summed where they arise.
  private static func work(_ job: Job, chunk: Int, worker: Int, size: Int, trains: Bool) {
    let replica = job.replicas[worker]
    let capacity = replica.tape.capacity
    let end = min((chunk + 1) * size, job.samples.count)
    for first in stride(from: chunk * size, to: end, by: capacity) {
      let samples = first..<min(first + capacity, end)
      do { try read(job, samples, replica) } catch { return job.trouble.withLock { $0 = $0 ?? error } }
      pass(job, samples, replica, trains ? job.gradients[chunk].baseAddress : nil, adds: first > chunk * size)
    }
  }

  private static func read(_ job: Job, _ samples: Range<Int>, _ replica: Replica<Scalar>) throws {
    let (input, target) = (replica.tape.values(replica.input), replica.tape.values(replica.target))
    for (place, sample) in samples.enumerated() {
      try job.data?.read(
        job.samples[job.samples.startIndex + sample], input: input + place * replica.input.count,
        target: target + place * replica.target.count)
    }
  }

  private static func pass(
    _ job: Job, _ samples: Range<Int>, _ replica: Replica<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>?,
    adds: Bool
  ) {
    let tape = replica.tape
    let losses = job.losses.baseAddress + samples.lowerBound
    tape.isTraining = gradients != nil
    tape.step = job.step
    tape.firstSample = samples.lowerBound
    tape.forward(samples: samples.count, parameters: job.parameters)
    guard let gradients else {
      let (prediction, target) = (tape.values(replica.prediction), tape.values(replica.target))
      let size = replica.target.count
      for index in 0..<samples.count {
        losses[index] = relativeDistance(prediction + index * size, target + index * size, size)
      }
      return
    }
    for index in 0..<samples.count { losses[index] = Double(tape.values(replica.loss)[index]) }
    tape.backward(
      from: replica.loss, seed: 1 / Scalar(job.samples.count), gradients: gradients, accumulates: adds)
  }
}
