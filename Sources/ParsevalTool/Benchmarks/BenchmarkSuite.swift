import Arrays
import Equations
import ProblemFiles
import Simulation
import Spectral

/// One line of the benchmark table.
struct BenchmarkRow: Codable {
  var name: String
  var seconds: Double
  /// What `seconds` is measured against, in the same run; `nil` where there is no limit.
  var limit: Double?
  /// `seconds / limit`, or for gains the share of the machine's own gain that is reached.
  var ratio: Double?
  /// What the limit is, and any other figure, for people.
  var remark: String
  /// The most bytes that the process has had meanwhile, where they are of interest.
  var peakBytes: Int?
}

/// The benchmarks, by name.
struct BenchmarkSuite {
  let threads: Int
  let rounds: Int
  let planning: PlanningMode
  let library: ProblemLibrary

  struct Entry: Sendable {
    let name: String
    let run: @Sendable (BenchmarkSuite) throws -> [BenchmarkRow]
  }

  static let entries: [Entry] =
    [256, 512, 1024].map { n in
      Entry(name: "step/navier-stokes-2d/\(n)") { suite in
        try suite.stepAgainstTransforms(
          "navier-stokes-2d", overrides: planeFlow(n), points: [n, n], step: 1e-3)
      }
    }
    + [1024, 2048, 4096, 8192].map { n in
      Entry(name: "step/kuramoto-sivashinsky/\(n)") { suite in
        try suite.stepAgainstTransforms(
          "kuramoto-sivashinsky", overrides: ["discretization.x=\(n)"], points: [n], step: 1e-5)
      }
    }
    + [
      Entry(name: "batch/navier-stokes-2d/20x256") { suite in
        try suite.batch("navier-stokes-2d", overrides: planeFlow(256), fields: 20, step: 1e-3)
      },
      Entry(name: "batch/burgers/20x1024") { suite in
        try suite.batch("burgers", overrides: ["discretization.x=1024"], fields: 20, step: 1e-4)
      },
      Entry(name: "threads/navier-stokes-2d/512") { suite in
        try suite.gain("navier-stokes-2d", overrides: planeFlow(512), step: 1e-3)
      },
      Entry(name: "memory/navier-stokes-2d/512") { suite in try suite.memory() },
    ] + sparseEntries + networkEntries

  /// A field with several waves, so that no term vanishes.
  private static func planeFlow(_ n: Int) -> [String] {
    [
      "discretization.x=\(n)", "discretization.y=\(n)", "initial.w=sin(x)*cos(2*y) + cos(3*x + y)",
      "exact={}",
    ]
  }

  private func read(_ problem: String, _ overrides: [String]) throws -> ProblemFile {
    try ProblemFileReader().read(file: library.resolve(problem), overrides: overrides)
  }

  /// A step, serial and with all workers, beside the bare transforms of its four evaluations.
  private func stepAgainstTransforms(
    _ problem: String, overrides: [String], points: [Int], step: Double
  ) throws -> [BenchmarkRow] {
    let file = try read(problem, overrides)
    let plan = try SolutionPlan(file.problem, file.normalForm)
    let isLine = points.count == 1
    return try (isLine ? [1] : Array(Set([1, threads])).sorted()).map { threads in
      let benchmark = try StepBenchmark(file, step: step, threads: threads, planning: planning)
      let workers = threads > 1 ? Workers(count: threads) : nil
      let bare = [BareTransforms.Engine.own, .library].map { engine in
        BareTransforms(
          points: points, kept: plan.keptModes.last ?? 0, pairs: plan.transforms / 2, engine: engine,
          workers: workers, planning: planning)
      }
      let measured = Measurement(
        rounds: rounds, [{ benchmark.run() }] + bare.map { bare in { for _ in 0..<4 { bare.run() } } })
      return BenchmarkRow(
        name: "step/\(problem)/\(points[0])/threads\(threads)", seconds: measured.median(0),
        limit: measured.median(1), ratio: measured.ratio(0, to: 1),
        remark: "ETDRK4 step against its \(4 * plan.transforms) bare transforms; against FFTW's "
          + "\(twoDigits(measured.ratio(0, to: 2)))")
    }
  }

  private func batch(
    _ problem: String, overrides: [String], fields: Int, step: Double
  ) throws -> [BenchmarkRow] {
    let file = try read(problem, overrides)
    let benchmark = try StepBenchmark(
      file, step: step, fieldCount: fields, threads: threads, planning: planning)
    let measured = Measurement(rounds: rounds, [{ benchmark.run() }])
    let points = file.problem.discretization.points.values.max() ?? 0
    return [
      BenchmarkRow(
        name: "batch/\(problem)/\(fields)x\(points)",
        seconds: measured.median(0) / Double(benchmark.stepsPerRun), limit: nil, ratio: nil,
        remark: "one ETDRK4 step of each of \(fields) fields, \(threads) threads")
    ]
  }

  /// How much a second worker brings, beside what it brings to plain arithmetic and plain copying.
  private func gain(_ problem: String, overrides: [String], step: Double) throws -> [BenchmarkRow] {
    let file = try read(problem, overrides)
    let one = try StepBenchmark(file, step: step, threads: 1, planning: planning)
    let two = try StepBenchmark(file, step: step, threads: 2, planning: planning)
    let measured = Measurement(rounds: rounds, [{ one.run() }, { two.run() }])
    let machine = Yardsticks.gains(workers: 2, rounds: rounds)
    let gain = measured.ratio(0, to: 1)
    let best = min(machine.arithmetic, machine.bandwidth)
    return [
      BenchmarkRow(
        name: "threads/\(problem)", seconds: measured.median(1), limit: measured.median(0) / best,
        ratio: gain / best,
        remark: "two workers gain \(twoDigits(gain)); the machine gains \(twoDigits(machine.arithmetic)) "
          + "in multiply-adds, \(twoDigits(machine.bandwidth)) in bandwidth")
    ]
  }

  private func memory() throws -> [BenchmarkRow] {
    let file = try read("navier-stokes-2d", Self.planeFlow(512))
    return try [("etdrk4", 18.0), ("carpenter-kennedy", 12.0)].map { method, limit in
      let benchmark = try StepBenchmark(file, step: 1e-4, method: method, threads: 1, planning: planning)
      benchmark.run()
      let arrays = benchmark.fieldSizedArrays
      return BenchmarkRow(
        name: "memory/navier-stokes-2d/\(method)", seconds: 0, limit: nil, ratio: arrays / limit,
        remark: "\(twoDigits(arrays)) field-sized arrays, at most \(Int(limit)) wanted")
    }
  }

  func twoDigits(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
