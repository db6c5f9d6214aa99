import Arrays
import CKernels

/// Which cells of a box are unknowns, as runs of neighbours, and the way between the two.
struct CellRuns: Sendable {
  private let cellCount: Int
  private let runCount: Int
  /// The first unknown and the first cell of each run, and the number of all unknowns.
  private let unknowns: AlignedStorage<Int32>
  private let cells: AlignedStorage<Int32>
  /// The first run of each chunk, and the number of all runs.
  private let bounds: AlignedStorage<Int32>

  /// The runs of the cells that are true, all of `cellCount` without a mask; cut at the length of a chunk.
  init(mask: [Bool]?, cellCount: Int) {
    let longest = Int(pvk_vector_chunk)
    var starts: [(unknown: Int, cell: Int)] = []
    var chunks = [0]
    var (unknown, isInside, inChunk) = (0, false, 0)
    for cell in 0..<cellCount {
      guard mask?[cell] ?? true else {
        isInside = false
        continue
      }
      if inChunk == longest {
        chunks.append(starts.count)
        (isInside, inChunk) = (false, 0)
      }
      if !isInside { starts.append((unknown, cell)) }
      isInside = true
      unknown += 1
      inChunk += 1
    }
    func stored(_ numbers: [Int]) -> AlignedStorage<Int32> {
      let storage = AlignedStorage<Int32>(count: numbers.count)
      for (index, number) in numbers.enumerated() { storage.baseAddress[index] = Int32(number) }
      return storage
    }
    self.cellCount = cellCount
    runCount = starts.count
    unknowns = stored(starts.map(\.unknown) + [unknown])
    cells = stored(starts.map(\.cell))
    bounds = stored(chunks + [starts.count])
  }

  /// Writes unknowns times factors to their cells, and zero to all others.
  func spread(
    _ source: UnsafePointer<Double>, factors: AlignedStorage<Double>?,
    into box: UnsafeMutablePointer<Double>, workers: Workers?
  ) {
    run(source, factors, box, workers, pvk_mask_spread_chunk)
  }

  /// Writes cells times factors to their unknowns.
  func restrict(
    _ box: UnsafePointer<Double>, factors: AlignedStorage<Double>?,
    into destination: UnsafeMutablePointer<Double>, workers: Workers?
  ) {
    run(box, factors, destination, workers, pvk_mask_restrict_chunk)
  }

  private func run(
    _ source: UnsafePointer<Double>, _ factors: AlignedStorage<Double>?,
    _ destination: UnsafeMutablePointer<Double>, _ workers: Workers?,
    _ body: @convention(c) (UnsafeMutableRawPointer?, Int32, Int32) -> Void
  ) {
    var job = pvk_mask_job(
      cell_count: cellCount, run_count: runCount, unknowns: unknowns.baseAddress, cells: cells.baseAddress,
      bounds: bounds.baseAddress, factors: factors?.baseAddress, source: source, destination: destination)
    let chunks = bounds.count - 1
    if let workers {
      workers.run(chunks: chunks, context: &job, body)
    } else {
      for chunk in 0..<chunks { body(&job, Int32(chunk), 0) }
    }
  }
}
