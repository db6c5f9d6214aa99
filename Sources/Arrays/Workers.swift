import CKernels

/// The one pool of threads of the process's heavy work.
///
/// `run` hands chunk numbers to workers in any order; a chunk must write only what belongs to it, so
/// that results do not depend on the number of workers. The calling thread is worker 0.
public final class Workers: @unchecked Sendable {
  private let pool: OpaquePointer
  /// The number of workers, the caller included.
  public let count: Int

  /// A pool of `count` workers: one calls, `count − 1` threads wait.
  public init(count: Int) {
    precondition(count >= 1, "Workers: count \(count) must be at least 1")
    guard let pool = pvk_pool_create(Int32(count)) else {
      preconditionFailure("Workers: \(count) threads could not be started")
    }
    self.pool = pool
    self.count = count
  }

  deinit { pvk_pool_destroy(pool) }

  /// Runs every chunk of `task` once and returns when all are done.
  ///
  /// Allocates nothing.
  public func run(_ task: WorkerTask) {
    let context = Unmanaged.passUnretained(task).toOpaque()
    pvk_pool_run(
      pool,
      { context, chunk, worker in
        Unmanaged<WorkerTask>.fromOpaque(context!)._withUnsafeGuaranteedRef {
          $0.body(Int(chunk), Int(worker))
        }
      }, context, Int32(task.chunks))
  }

  /// Runs a C function on every chunk below `chunks`, with a context that lives for the length of the call.
  ///
  /// Allocates nothing, and any number of threads may do so at a time.
  package func run(
    chunks: Int, context: UnsafeMutableRawPointer,
    _ body: @convention(c) (_ context: UnsafeMutableRawPointer?, _ chunk: Int32, _ worker: Int32) -> Void
  ) {
    pvk_pool_run(pool, body, context, Int32(chunks))
  }

  /// Runs `body(chunk, worker)` for every chunk below `chunks` and returns when all are done.
  public func run(chunks: Int, _ body: @escaping @Sendable (_ chunk: Int, _ worker: Int) -> Void) {
    run(WorkerTask(chunks: chunks, body))
  }
}

/// Parallel work that is set up once and run many times.
public final class WorkerTask: @unchecked Sendable {
  package let chunks: Int
  package let body: @Sendable (_ chunk: Int, _ worker: Int) -> Void

  /// Work in `chunks` independent pieces; `body` gets the number of the piece and of the worker.
  public init(chunks: Int, _ body: @escaping @Sendable (_ chunk: Int, _ worker: Int) -> Void) {
    self.chunks = chunks
    self.body = body
  }
}
