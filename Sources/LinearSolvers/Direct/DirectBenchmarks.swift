import Arrays
import CSuiteSparse

#if canImport(Glibc)
  import Glibc
#endif

/// What the Swift layer adds to bare CHOLMOD, measured in turn in one process.
package enum DirectBenchmarks {
  /// Seconds of the four steps.
  package struct Times: Sendable {
    package var analyze = Double.infinity
    package var factorize = Double.infinity
    package var refactorize = Double.infinity
    package var solve = Double.infinity
    /// One solve from nothing.
    package var total: Double { analyze + factorize + solve }

    /// The smaller of each.
    mutating func take(_ other: Times) {
      analyze = min(analyze, other.analyze)
      factorize = min(factorize, other.factorize)
      refactorize = min(refactorize, other.refactorize)
      solve = min(solve, other.solve)
    }
  }

  package struct Comparison: Sendable {
    package var bare = Times()
    package var swift = Times()
    /// Bytes as CHOLMOD counts its own; the Swift side's analysis and factorisation together.
    package var bareBytes = 0
    package var swiftBytes = 0
    /// Growth of the process's resident memory, the largest of the repetitions.
    package var bareResidentBytes = 0
    package var swiftResidentBytes = 0
    /// Whether both sides found the same bits.
    package var isEqual = true
  }

  /// Factorises a symmetric positive definite matrix by both sides, `repetitions` times in turn.
  package static func cholmod(
    _ matrix: SparseMatrix<Int>, repetitions: Int = 5
  ) throws(LinearSolverError) -> Comparison {
    OneBLASThread.ensure()
    var comparison = Comparison()
    let b = (0..<matrix.rowCount).map { Double(($0 * 7919) % 1009) / 504 - 1 }
    for _ in 0..<repetitions {
      ResidentMemory.reset()
      let before = ResidentMemory.current
      let (bare, expected, bareBytes) = bareRun(matrix, b)
      comparison.bareResidentBytes = max(comparison.bareResidentBytes, ResidentMemory.peak - before)
      ResidentMemory.reset()
      let middle = ResidentMemory.current
      let (swift, found, swiftBytes) = try swiftRun(matrix, b)
      comparison.swiftResidentBytes = max(comparison.swiftResidentBytes, ResidentMemory.peak - middle)
      comparison.bare.take(bare)
      comparison.swift.take(swift)
      (comparison.bareBytes, comparison.swiftBytes) = (bareBytes, swiftBytes)
      comparison.isEqual = comparison.isEqual && found == expected
    }
    return comparison
  }

  private static func bareRun(_ matrix: SparseMatrix<Int>, _ b: [Double]) -> (Times, [Double], Int) {
    var (b, x) = (b, [Double](repeating: 0, count: b.count))
    let pattern = matrix.pattern
    let times = parseval_cholmod_baseline(
      matrix.rowCount, pattern.starts.baseAddress, pattern.indices.baseAddress, matrix.values.baseAddress, &b,
      &x)
    return (
      Times(
        analyze: times.analyze_seconds, factorize: times.factorize_seconds,
        refactorize: times.refactorize_seconds, solve: times.solve_seconds), x, times.peak_bytes
    )
  }

  private static func swiftRun(
    _ matrix: SparseMatrix<Int>, _ b: [Double]
  ) throws(LinearSolverError) -> (Times, [Double], Int) {
    var times = Times()
    var start = ContinuousClock.now
    let symbolic = try CholmodSymbolic(matrix, form: .automatic, options: DirectOptions())
    times.analyze = start.secondsToNow
    start = .now
    let factors = try CholmodFactorization(symbolic, matrix)
    times.factorize = start.secondsToNow
    start = .now
    try factors.refactorize(matrix)
    times.refactorize = start.secondsToNow
    start = .now
    let x = try factors.solve(b)
    times.solve = start.secondsToNow
    let bytes = max(symbolic.common.peakBytes, symbolic.common.bytesInUse + factors.peakBytes)
    return (times, x, bytes)
  }
}

/// The resident memory of this process, as Linux counts it.
private enum ResidentMemory {
  static var current: Int { kilobytes("VmRSS:") * 1024 }
  static var peak: Int { kilobytes("VmHWM:") * 1024 }

  /// Gives freed memory back and starts the peak anew.
  static func reset() {
    malloc_trim(0)
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func kilobytes(_ key: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix(key) else { continue }
      return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }
    return 0
  }
}
