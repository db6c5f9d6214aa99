import Arrays
import Foundation
import LearnedSolvers
import LinearSolvers
import Spectral
import Testing

let isSlowWanted = ProcessInfo.processInfo.environment["PARSEVAL_SLOW"] != nil

/// *Learning to relax*, section 2.4 of the method notes, shortened.
@Suite struct LearningToRelaxTests {
  /// The five fixed ω, ω*(c), and what learning comes to in the last fifth of 2,000 systems, three seeds.
  @Test(arguments: [true, false]) func policiesOnShiftedSystems(_ isHighVariance: Bool) throws {
    let sequence = try RelaxationProblems.shifted(count: 2000, isHighVariance: isHighVariance, seed: 0)
    let fixed = [1.0, 1.2, 1.4, 1.6, 1.8].map { sequence.run(FixedRelaxation($0)).meanCost(from: 0.8) }
    let best = try #require(fixed.min())
    let optimal = sequence.run(
      FixedRelaxation(name: "young") { YoungTheory(interior: 10, shift: $0).bestRelaxation }
    ).meanCost(from: 0.8)
    #expect(optimal < best)
    for seed in 0..<3 {
      var settings = RelaxationSettings(contexts: RelaxationProblems.shiftRange, seed: UInt64(seed))
      settings.binCount = 5
      let chebcb = sequence.run(ChebCB(settings)).meanCost(from: 0.8)
      let tsallis = sequence.run(TsallisINF(settings)).meanCost(from: 0.8)
      #expect(chebcb < best)
      #expect(chebcb < 1.25 * optimal)
      #expect(tsallis < 1.25 * best)
      #expect(max(chebcb, tsallis) < fixed[0] / 2)
    }
  }

  /// A whole period of diffusivities at the lowest resolution, and regrets that belong to it.
  @Test func policiesOnTheHeatSequence() throws {
    let sequence = try RelaxationProblems.heat(intervals: 25, count: 1000)
    let settings = RelaxationSettings(contexts: RelaxationProblems.diffusivities, seed: 0)
    let baselines = RelaxationBaselines(sequence, candidates: settings.candidates)
    let best = baselines.totals[baselines.bestFixed]
    let chebcb = sequence.run(ChebCB(settings))
    #expect(chebcb.totalCost < best)
    #expect(Double(chebcb.totalCost) < 1.12 * Double(baselines.instanceOptimum))
    #expect(Double(sequence.run(TsallisINF(settings)).totalCost) < 1.2 * Double(best))
    #expect(chebcb.regretAgainstBestFixed(baselines).last == chebcb.totalCost - best)
    #expect(
      chebcb.regretAgainstInstanceOptimum(baselines).last == chebcb.totalCost - baselines.instanceOptimum)
  }

  /// The counts of 400 steps do not depend on what was run before, and the answer is that of a direct solution.
  @Test func sequenceSolvesItsSystems() throws {
    let sequence = try RelaxationProblems.heat(intervals: 25, count: 400)
    let first = sequence.run(FixedRelaxation(1.4))
    let solution = sequence.solution
    #expect(sequence.run(FixedRelaxation(1.4)).costs == first.costs)
    var exact = RelaxationProblems.bump(25, centre: (0.5, 0.5), radius: 0.25)
    let transform = SineSolution(intervals: 25)
    for step in 0..<400 { transform.advance(&exact, step) }
    let size = exact.map(abs).max() ?? 0
    #expect(zip(solution, exact).allSatisfy { abs($0 - $1) < 1e-6 * size })
  }

  @Test func badSequencesAreRefused() {
    let solver = RelaxedSolver<Int32>(.sor, count: 2)
    func make(_ A: SparseMatrix<Int32>, _ initial: [Double]) throws -> SystemSequence {
      try SystemSequence(A, count: 1, solver: solver, initial: initial, isWarm: true) { _ in
        SystemSequence.System(shift: 0, scale: 1, context: 0)
      } rightHandSide: { _, _, _ in
      }
    }
    let hollow = CoordinateMatrix(rowCount: 2, columnCount: 2).compressed(as: Int32.self).matrix
    #expect(throws: LinearSolverError.self) { try make(hollow, [1, 1]) }
    #expect(throws: LinearSolverError.wrongLength(what: "the initial state", count: 1, expected: 2)) {
      try make(.diagonal([1, 1]), [1])
    }
  }
}

/// What is fastest on a square: the matrix is 1 − c Δ, which sine transforms diagonalise.
struct SineSolution {
  private let intervals: Int
  private let solver: FastPoisson

  init(intervals: Int) {
    self.intervals = intervals
    solver = FastPoisson(axes: [RelaxationProblems.axis(intervals), RelaxationProblems.axis(intervals)])
  }

  /// Takes a step and returns how long the solve took, without its right-hand side.
  @discardableResult
  func advance(_ u: inout [Double], _ step: Int) -> Duration {
    let n = intervals - 1
    var b = NDArray<Double>(shape: [n, n])
    b.withUnsafeMutableBuffer { b in
      guard let b = b.baseAddress else { return }
      RelaxationProblems.explicitPart(step, intervals, u, b)
    }
    let scale = RelaxationProblems.weight(step, intervals)
    let clock = ContinuousClock()
    let begin = clock.now
    let solution = solver.solve(b, coefficient: scale, shift: 1).values
    let elapsed = begin.duration(to: clock.now)
    solution.withUnsafeBuffer { u = Array($0) }
    return elapsed
  }
}
