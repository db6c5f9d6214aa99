import Arrays

/// Rows in the order in which they are relaxed, cut into chunks that workers share.
///
/// The chunks depend on the matrix alone, so that sums over them have the same bits whatever the number of workers.
final class RelaxationSweeps<Index: SparseIndex>: @unchecked Sendable {
  let matrix: SparseMatrix<Index>
  let relaxation: Double
  private let coupling: SweepKernels<Index>.Coupling
  private let workers: Workers?
  /// The chunks of each colour; one colour with one chunk for a chain.
  private let chunks: [[Range<Int>]]
  private let partialSums: AlignedStorage<Double>
  private var monitoredTasks: [WorkerTask] = []
  private var plainTasks: [WorkerTask] = []
  // What a task works on while it runs.
  private var rightHandSide: UnsafePointer<Double>
  private var old: UnsafePointer<Double>
  private var next: UnsafeMutablePointer<Double>

  /// Rows whose work is worth a hand-over between threads.
  private static var chunkSize: Int { 4096 }

  /// - Parameter colors: the rows of each colour; `nil` for rows that wait for each other (or, for Jacobi's method,
  ///   do not).
  init(
    _ matrix: SparseMatrix<Index>, colors: [Range<Int>]?, isJacobi: Bool, relaxation: Double,
    rightHandSide: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>, workers: Workers?
  ) {
    self.matrix = matrix
    self.relaxation = relaxation
    self.workers = workers
    self.rightHandSide = rightHandSide
    (old, next) = (UnsafePointer(scratch), scratch)
    let all = 0..<matrix.rowCount
    coupling = isJacobi ? .none : colors == nil ? .chain : .color
    chunks = coupling == .chain ? [[all]] : (colors ?? [all]).map(Self.chunks)
    partialSums = AlignedStorage(count: chunks.reduce(0) { max($0, $1.count) })
    for color in chunks.indices {
      monitoredTasks.append(
        WorkerTask(chunks: chunks[color].count) { [unowned self] chunk, _ in
          partialSums.baseAddress[chunk] = SweepKernels.monitored(
            self.matrix, rows: chunks[color][chunk], coupling, relaxation: self.relaxation,
            self.rightHandSide,
            old, next)
        })
      plainTasks.append(
        WorkerTask(chunks: chunks[color].count) { [unowned self] chunk, _ in
          SweepKernels.relax(
            self.matrix, rows: chunks[color][chunk], isColor: coupling == .color, downwards: true,
            relaxation: self.relaxation, self.rightHandSide, next)
        })
    }
  }

  private static func chunks(_ rows: Range<Int>) -> [Range<Int>] {
    stride(from: rows.lowerBound, to: rows.upperBound, by: chunkSize).map {
      $0..<min($0 + chunkSize, rows.upperBound)
    }
  }

  /// One sweep upwards from `old` to `next`; returns the square of ‖b − A old‖.
  func forward(_ old: UnsafePointer<Double>, into next: UnsafeMutablePointer<Double>) -> Double {
    (self.old, self.next) = (old, next)
    var sum = 0.0
    for task in monitoredTasks {
      run(task)
      for chunk in 0..<task.chunks { sum += partialSums.baseAddress[chunk] }
    }
    return sum
  }

  /// One sweep downwards in place.
  func backward(_ x: UnsafeMutablePointer<Double>) {
    next = x
    for task in plainTasks.reversed() { run(task) }
  }

  private func run(_ task: WorkerTask) {
    if let workers, task.chunks > 1 { return workers.run(task) }
    for chunk in 0..<task.chunks { task.body(chunk, 0) }
  }
}
