public import Arrays
public import Differentiation
import Synchronization

/// A network without its backward pass, recorded once for every worker.
///
/// Results do not depend on the number of threads, nor on how many samples are taken at a time. One call at a time.
public final class NetworkInference<Scalar: NetworkScalar> {
  /// The network's result for one sample.
  public let outputShape: [Int]
  /// Modes of the weights that the samples' grid does not reach, in all layers.
  public let droppedModes: Int
  private let workers: Workers
  private let lanes: [Lane]
  private let capacity: Int
  /// Memory for the samples that a worker takes at once: what a layer leaves is still in the second-level cache for the next.
  private static var passBytes: Int { 2 << 20 }

  /// The network recorded for one worker.
  private struct Lane {
    let tape: Tape<Scalar>
    let input: Variable
    let output: Variable

    init(_ network: any Layer, _ store: ParameterStore<Scalar>, shape: [Int], capacity: Int) {
      tape = Tape(store, capacity: capacity, differentiates: false)
      input = tape.input(shape)
      output = network(input, tape)
      tape.finish(results: [output])
    }
  }

  /// - Parameters:
  ///   - store: the network's parameters.
  ///   - inputShape: of a sample.
  ///   - capacity: samples that a worker takes at a time; a few, if they are small, unless given.
  public init(
    _ network: any Layer, store: ParameterStore<Scalar>, inputShape: [Int], capacity: Int? = nil,
    workers: Workers
  ) {
    func lane(_ capacity: Int) -> Lane { Lane(network, store, shape: inputShape, capacity: capacity) }
    let samples = capacity ?? lane(1).tape.samplesPerPass(of: 8, within: Self.passBytes)
    self.capacity = samples
    self.workers = workers
    lanes = (0..<workers.count).map { _ in lane(samples) }
    outputShape = lanes[0].output.shape
    droppedModes = lanes[0].tape.droppedModes
  }

  /// Predicts the targets of samples one after the other.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - read: writes the input of a sample; called from several threads.
  ///   - write: takes the prediction of a sample; called from several threads, once for each.
  /// - Throws: what `read` throws.
  public func predict(
    count: Int, read: @escaping @Sendable (_ sample: Int, UnsafeMutablePointer<Scalar>) throws -> Void,
    write: @escaping @Sendable (_ sample: Int, UnsafePointer<Scalar>) -> Void
  ) throws {
    let trouble = Mutex<(any Error)?>(nil)
    // Each worker has a lane of its own.
    nonisolated(unsafe) let lanes = lanes
    let capacity = capacity
    workers.run(chunks: (count + capacity - 1) / capacity) { chunk, worker in
      let lane = lanes[worker]
      let first = chunk * capacity
      let samples = min(capacity, count - first)
      let input = lane.tape.values(lane.input)
      do {
        for index in 0..<samples { try read(first + index, input + index * lane.input.count) }
      } catch {
        return trouble.withLock { $0 = $0 ?? error }
      }
      lane.tape.forward(samples: samples)
      let output = lane.tape.values(lane.output)
      for index in 0..<samples { write(first + index, UnsafePointer(output) + index * lane.output.count) }
    }
    if let error = trouble.withLock({ $0 }) { throw error }
  }
}
