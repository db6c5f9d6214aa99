import Arrays
import Comparison
import DataSets
import Equations
import Exchange
import Learning
import ProblemFiles

/// Solves the samples of a test at any resolution below that of their data.
///
/// Where the operator takes frames of everything that evolves, the solver begins with the last of them, as the operator does; else it
/// begins as the data began, with the sample's own random fields.
final class CoarseSolver: @unchecked Sendable {
  let resolutions: [Int]
  private let file: ProblemFile
  private let samples: OperatorSamples
  /// The numbers that the samples were drawn for.
  private let numbers: [Int]
  /// The channels that the solver begins with, by unknown; none if it begins as the data did.
  private let start: [(unknown: String, channel: Int)]
  private let startTime: Double?
  /// Used by one thread.
  private var solves: [Int: SampleSolves] = [:]

  /// A step-size control need not be better than the grid of a coarse solve is.
  private static let tolerance = 1e-3
  private static let fewestPoints = 4

  /// The problem's own solver, made as cheap as an operator.
  ///
  /// - Parameters:
  ///   - file: the problem, read with its recipe.
  ///   - threadSeconds: what a prediction of the operator costs one thread.
  /// - Returns: `nil` for data that this program has not made.
  /// - Throws: what reading throws.
  static func report(
    of file: ProblemFile, on test: any TrainingData, costing threadSeconds: Double
  ) throws -> BaselineReport? {
    guard let samples = test as? OperatorSamples else { return nil }
    let solver = try CoarseSolver(file, samples)
    do {
      return try CoarsenedSolver(resolutions: solver.resolutions, solve: solver.solve)
        .report(on: test, costing: threadSeconds)
    } catch let error where !(error is ExchangeError || error is LearningError) {
      // So coarse a grid may be too coarse for the problem.
      return BaselineReport(
        name: "coarsenedSolver", relativeL2: nil, fitSeconds: 0, secondsPerSample: nil, remark: "\(error)")
    }
  }

  init(_ file: ProblemFile, _ samples: OperatorSamples) throws {
    self.file = file
    self.samples = samples
    numbers = try samples.file.sampleNumbers(samples.positions)
    let frames = samples.inputFrames
    let evolved = Set(file.problem.initial.filter { $0.timeOrder == 0 }.map(\.unknown))
    let last = frames.compactMap { $0?.time }.max()
    let known = frames.indices.filter { frames[$0]?.time == last && last != nil }
      .map { (unknown: frames[$0]?.field ?? "", channel: $0) }
    let isComplete =
      file.problem.domain.axes.allSatisfy(\.isPeriodic)
      && file.problem.initial.allSatisfy { $0.timeOrder == 0 }
      && Set(known.map(\.unknown)).isSuperset(of: evolved)
    start = isComplete ? known.filter { evolved.contains($0.unknown) } : []
    startTime = isComplete ? last : nil
    let own = file.problem.discretization.points.values.max() ?? 0
    let stored = samples.axes.map(\.coordinates.count).max() ?? 0
    // Cells are joined and divided by whole numbers; of nodes only an odd number has one in the middle.
    let isDivided = samples.file.placements.contains { $0 != .periodic }
    let factor = samples.file.placements.contains(.nodes) ? 3 : 2
    var ladder: [Int] = []
    if isDivided {
      var points = stored
      while points % factor == 0, points / factor >= Self.fewestPoints { points /= factor }
      // At the resolution of the data it would be compared with itself.
      while points < own || ladder.isEmpty {
        ladder.append(points)
        points *= factor
      }
    } else {
      var points = 8
      while points < own || ladder.isEmpty {
        ladder += [points, points + points / 2].filter { $0 < own || $0 == 8 }
        points *= 2
      }
    }
    resolutions = ladder
  }

  func solve(_ sample: Int, at resolution: Int) throws -> CoarsenedSolver.Solution {
    let solver: SampleSolves
    if let known = solves[resolution] {
      solver = known
    } else {
      solver = SampleSolves(
        try source(at: resolution), seed: samples.file.header.plan.seed, frames: samples.targetFrames,
        on: samples.axes)
      solves[resolution] = solver
    }
    let answer = try solver.solve(numbers[sample], from: try values(ofSample: sample))
    return CoarsenedSolver.Solution(prediction: answer.values, seconds: answer.seconds)
  }

  /// The problem, changed as the resolution demands.
  private func source(at resolution: Int) throws -> SampleSource {
    let points = file.problem.discretization.points
    let most = points.values.max() ?? resolution
    var overrides = points.map {
      "discretization.\($0.key)=\(max(Self.fewestPoints, $0.value * resolution / most))"
    }
    if file.problem.solver.tolerance != nil { overrides.append("solver.tolerance=\(Self.tolerance)") }
    let times = samples.targetFrames.compactMap(\.time)
    if let begin = startTime ?? file.problem.domain.time?.lowerBound, let end = times.max() {
      overrides.append("domain.t=[\(begin), \(end)]")
    }
    let reader = ProblemFileReader.standard
    let coarse = try reader.read(
      text: file.resolvedText, file: file.file, overrides: overrides.sorted())
    return try SampleSource(coarse, reader: reader)
  }

  /// The frames that the solver begins with.
  private func values(ofSample sample: Int) throws -> [String: NDArray<Double>] {
    guard !start.isEmpty else { return [:] }
    let channels = samples.inputShape.last ?? 1
    let points = samples.inputShape.dropLast().reduce(1, *)
    let input = AlignedStorage<Double>(count: points * channels)
    let target = AlignedStorage<Double>(count: samples.targetShape.reduce(1, *))
    try samples.read(sample, input: input.baseAddress, target: target.baseAddress)
    return Dictionary(
      start.map { entry in
        let values = (0..<points).map { input.baseAddress[$0 * channels + entry.channel] }
        return (
          entry.unknown, NDArray(shape: Array(samples.inputShape.dropLast()), Self.withoutRoundedMean(values))
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Values without what storing them in single precision has left of a mean that vanishes; some equations ask that it does.
  private static func withoutRoundedMean(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let largest = values.reduce(0) { max($0, abs($1)) }
    return abs(mean) <= 1e-7 * largest ? values.map { $0 - mean } : values
  }
}
