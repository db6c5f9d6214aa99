import Arrays
import CKernels

/// What the machine itself can do: its threads share caches, memory and often one core's units.
enum Yardsticks {
  private static let multiplyAddRounds: Int64 = 400_000

  /// Operations on doubles, a multiplication and an addition each, that `multiplyAdds` does; twice as many would be on floats.
  static var multiplyAddOperations: Double { pvk_multiply_add_operations(multiplyAddRounds) }

  /// Seconds of a fixed number of fused multiply-adds in registers, split over the workers.
  static func multiplyAdds(_ workers: Workers) -> () -> Void {
    // One result per chunk, so that nothing is optimised away and nothing is shared.
    let results = AlignedStorage<Double>(count: 8 * workers.count)
    let task = WorkerTask(chunks: workers.count) { chunk, _ in
      results.baseAddress[8 * chunk] = pvk_multiply_add_rounds(multiplyAddRounds / Int64(workers.count))
    }
    return { workers.run(task) }
  }

  /// Seconds of `a = b + s c` over arrays far larger than the caches, split over the workers.
  static func triad(_ workers: Workers) -> () -> Void {
    let count = 1 << 23
    let arrays = (0..<3).map { _ in AlignedStorage<Double>(count: count) }
    let part = count / workers.count
    let task = WorkerTask(chunks: workers.count) { chunk, _ in
      pvk_triad(
        arrays[0].baseAddress + chunk * part, arrays[1].baseAddress + chunk * part,
        arrays[2].baseAddress + chunk * part, 3, part)
    }
    return { workers.run(task) }
  }

  /// How much faster two workers are than one: of arithmetic alone, and of memory alone.
  static func gains(workers count: Int, rounds: Int) -> (arithmetic: Double, bandwidth: Double) {
    let one = Workers(count: 1)
    let many = Workers(count: count)
    let arithmetic = Measurement(rounds: rounds, [multiplyAdds(one), multiplyAdds(many)])
    let bandwidth = Measurement(rounds: rounds, [triad(one), triad(many)])
    return (arithmetic.ratio(0, to: 1), bandwidth.ratio(0, to: 1))
  }
}
