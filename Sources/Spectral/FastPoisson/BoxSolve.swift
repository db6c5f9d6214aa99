import Arrays
import CKernels

/// The passes over the memory of a box that solve an equation which is diagonal in sines, cosines or waves.
///
/// Three passes in all: along the trailing axes slab by slab, which stay in cache for all of them; then along the first
/// axis there, a division, and back, sixteen columns at a time; and along the trailing axes back. Slabs and columns are
/// shared by workers; the numbers do not depend on who does what.
final class BoxSolve: @unchecked Sendable {
  private let shape: [Int]
  private let transforms: [(forward: TileTransform, inverse: TileTransform)]
  /// The eigenvalues along the first axis, in the order of the tile's rows from `firstRow` on, and the sums along the
  /// trailing axes.
  private let rowEigenvalues: AlignedStorage<Double>
  private let columnEigenvalues: AlignedStorage<Double>
  private let firstRow: Int
  private let normalization: Double
  /// Numbers per index of the first axis, and such indices per unit of work.
  private let slabCount: Int
  private let slabsPerUnit: Int
  private let tileCount: Int
  private static let width = TileTransform.width

  init(axes: [PoissonAxis], eigenvalues: [[Double]], mode: PlanningMode) {
    shape = axes.map(\.count)
    transforms = axes.map { axis in
      let kinds = axis.transforms
      return (
        TileTransform(points: axis.count, kind: kinds.forward, mode: mode),
        TileTransform(points: axis.count, kind: kinds.inverse, mode: mode)
      )
    }
    normalization = axes.reduce(1) { $0 * $1.logicalSize }
    slabCount = shape.dropFirst().reduce(1, *)
    slabsPerUnit = shape.count == 2 ? Self.width : 1
    tileCount = transforms.map { max($0.forward.tileCount, $0.inverse.tileCount) }.max() ?? 0
    let rows = transforms[0].forward.storeRows
    firstRow = Int(rows.buffer.min() ?? 0)
    rowEigenvalues = AlignedStorage(count: shape[0])
    for (mode, row) in rows.buffer.enumerated() {
      rowEigenvalues.baseAddress[Int(row) - firstRow] = eigenvalues[0][mode]
    }
    // Padded, so that whole tiles can be read.
    columnEigenvalues = AlignedStorage(count: slabCount + Self.width)
    var sums = [0.0]
    for axis in eigenvalues.dropFirst() { sums = sums.flatMap { sum in axis.map { sum + $0 } } }
    _ = columnEigenvalues.buffer.update(fromContentsOf: sums)
    for column in slabCount..<slabCount + Self.width {
      columnEigenvalues.baseAddress[column] = sums[slabCount - 1]
    }
  }

  /// Scratch memory for `workers` workers, in numbers.
  func workspaceCount(workers: Int) -> Int { workers * (tileCount + Self.width) }

  /// One solve; workers get it as the context of a C function.
  private struct Job {
    enum Pass { case forward, columns, inverse }

    let box: Unmanaged<BoxSolve>
    let data: UnsafeMutablePointer<Double>
    let coefficient: Double
    let shift: Double
    let workspace: UnsafeMutablePointer<Double>
    var pass = Pass.forward
  }

  /// Solves in place and returns the largest null part, absolutely.
  func solve(
    _ data: UnsafeMutablePointer<Double>, coefficient: Double, shift: Double,
    workspace: UnsafeMutablePointer<Double>, workers: Workers?
  ) -> Double {
    let stride = tileCount + Self.width
    let workerCount = workers?.count ?? 1
    for worker in 0..<workerCount { workspace[worker * stride + tileCount] = 0 }
    var job = Job(
      box: .passUnretained(self), data: data, coefficient: coefficient, shift: shift, workspace: workspace)
    let units = (shape[0] + slabsPerUnit - 1) / slabsPerUnit
    run(.forward, &job, units, workers)
    run(.columns, &job, (slabCount + Self.width - 1) / Self.width, workers)
    run(.inverse, &job, units, workers)
    var defect = 0.0
    for worker in 0..<workerCount { defect = max(defect, workspace[worker * stride + tileCount]) }
    return defect
  }

  private func run(_ pass: Job.Pass, _ job: inout Job, _ chunks: Int, _ workers: Workers?) {
    job.pass = pass
    guard let workers else {
      for chunk in 0..<chunks { work(job, chunk, 0) }
      return
    }
    workers.run(chunks: chunks, context: &job) { context, chunk, worker in
      let job = context!.assumingMemoryBound(to: Job.self).pointee
      job.box._withUnsafeGuaranteedRef { $0.work(job, Int(chunk), Int(worker)) }
    }
  }

  private func work(_ job: Job, _ chunk: Int, _ worker: Int) {
    let tile = job.workspace + worker * (tileCount + Self.width)
    switch job.pass {
    case .forward:
      for axis in (1..<max(shape.count, 1)).reversed() {
        slabs(job.data, chunk, axis, transforms[axis].forward, tile)
      }
    case .inverse:
      for axis in 1..<max(shape.count, 1) { slabs(job.data, chunk, axis, transforms[axis].inverse, tile) }
    case .columns: columns(job, chunk, tile)
    }
  }

  /// Transforms a unit of slabs along one of the trailing axes.
  private func slabs(
    _ data: UnsafeMutablePointer<Double>, _ unit: Int, _ axis: Int, _ transform: TileTransform,
    _ tile: UnsafeMutablePointer<Double>
  ) {
    let slabs = min(slabsPerUnit, shape[0] - unit * slabsPerUnit)
    let start = data + unit * slabsPerUnit * slabCount
    let points = shape[axis]
    var inner = 1
    for later in shape.indices where later > axis { inner *= shape[later] }
    let isLast = axis == shape.count - 1
    let blocks = isLast ? 1 : slabs * slabCount / (points * inner)
    let lineCount = isLast ? slabs * slabCount / points : inner
    for block in 0..<blocks {
      for first in stride(from: 0, to: lineCount, by: Self.width) {
        let place = start + block * points * inner + first * (isLast ? points : 1)
        let width = min(Self.width, lineCount - first)
        let step = isLast ? points : inner
        transform.load(place, isLast ? .lines : .columns, step: step, width: width, into: tile)
        transform.run(tile)
        transform.store(tile, isLast ? .lines : .columns, step: step, width: width, into: place)
      }
    }
  }

  /// Along the first axis there, the division, and back.
  private func columns(_ job: Job, _ chunk: Int, _ tile: UnsafeMutablePointer<Double>) {
    let first = chunk * Self.width
    let width = min(Self.width, slabCount - first)
    let (forward, inverse) = transforms[0]
    forward.load(job.data + first, .columns, step: slabCount, width: width, into: tile)
    forward.run(tile)
    // A zero is exact without a shift, and left over by its rounding with one.
    let defect = pvk_tile_divide(
      tile + firstRow * Self.width, shape[0], rowEigenvalues.baseAddress,
      columnEigenvalues.baseAddress + first, job.coefficient, job.shift, normalization,
      8 * abs(job.shift).ulp)
    tile[tileCount] = max(tile[tileCount], defect)
    inverse.run(tile)
    inverse.store(tile, .columns, step: slabCount, width: width, into: job.data + first)
  }
}
