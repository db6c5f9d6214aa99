import Arrays
import CSuiteSparse

#if canImport(Glibc)
  import Glibc
#endif

/// What the Swift layer adds to bare CHOLMOD, measured in turn in one process.
package enum DirectBenchmarks {
  /// Seconds that the calling thread computes in the four steps.
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
    /// Whether all runs of both sides found the same bits.
    package var isEqual = true
    private var solution: [Double] = []
  }

  /// Factorises a symmetric positive definite matrix by both sides, `repetitions` times in turn.
  package static func cholmod(
    _ matrix: SparseMatrix<Int>, repetitions: Int = 5
  ) throws(LinearSolverError) -> Comparison {
    OneBLASThread.ensure()
    var comparison = Comparison()
    let b = (0..<matrix.rowCount).map { Double(($0 * 7919) % 1009) / 504 - 1 }
    for repetition in 0..<repetitions {
      // Neither side is always the first to touch fresh memory.
      if repetition % 2 == 0 { comparison.takeBare(matrix, b) }
      try comparison.takeSwift(matrix, b)
      if repetition % 2 == 1 { comparison.takeBare(matrix, b) }
    }
    return comparison
  }
}

extension DirectBenchmarks.Comparison {
  fileprivate mutating func takeBare(_ matrix: SparseMatrix<Int>, _ b: [Double]) {
    ResidentMemory.reset()
    let before = ResidentMemory.current
    var (b, x) = (b, [Double](repeating: 0, count: b.count))
    let pattern = matrix.pattern
    let run = parseval_cholmod_baseline(
      matrix.rowCount, pattern.starts.baseAddress, pattern.indices.baseAddress, matrix.values.baseAddress, &b,
      &x)
    bareResidentBytes = max(bareResidentBytes, ResidentMemory.peak - before)
    bareBytes = run.peak_bytes
    bare.take(
      DirectBenchmarks.Times(
        analyze: run.analyze_seconds, factorize: run.factorize_seconds,
        refactorize: run.refactorize_seconds, solve: run.solve_seconds))
    compare(x)
  }

  fileprivate mutating func takeSwift(_ matrix: SparseMatrix<Int>, _ b: [Double]) throws(LinearSolverError) {
    ResidentMemory.reset()
    let before = ResidentMemory.current
    var times = DirectBenchmarks.Times()
    var start = parseval_cholmod_now()
    func lap() -> Double {
      let now = parseval_cholmod_now()
      defer { start = now }
      return now - start
    }
    let symbolic = try CholmodSymbolic(matrix, form: .automatic, options: DirectOptions())
    times.analyze = lap()
    let factors = try CholmodFactorization(symbolic, matrix)
    times.factorize = lap()
    try factors.refactorize(matrix)
    times.refactorize = lap()
    let x = try factors.solve(b)
    times.solve = lap()
    swiftBytes = max(symbolic.common.peakBytes, symbolic.common.bytesInUse + factors.peakBytes)
    swiftResidentBytes = max(swiftResidentBytes, ResidentMemory.peak - before)
    swift.take(times)
    compare(x)
  }

  private mutating func compare(_ x: [Double]) {
    if solution.isEmpty { solution = x }
    isEqual = isEqual && x == solution
  }
}
