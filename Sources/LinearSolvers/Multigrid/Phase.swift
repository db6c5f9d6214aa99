import Arrays

/// A step of a cycle that chunks share, set up once so that running it allocates nothing.
struct Phase: Sendable {
  private let task: WorkerTask
  private let workers: Workers?

  init(_ chunks: Int, _ workers: Workers?, _ body: @escaping @Sendable (_ chunk: Int) -> Void) {
    task = WorkerTask(chunks: chunks) { chunk, _ in body(chunk) }
    self.workers = chunks > 1 ? workers : nil
  }

  func run() {
    if let workers { return workers.run(task) }
    for chunk in 0..<task.chunks { task.body(chunk, 0) }
  }
}
