import Arrays
import Equations
import Exchange
import Simulation

/// How samples are generated, beyond what is in the file.
public struct GenerationOptions: Sendable {
  /// Samples that are solved at a time.
  public var threads: Int
  /// Asked after every step of every sample; `true` ends the generation, which can be resumed.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told after every sample that is in the file or was rejected.
  public var progress: @Sendable (GenerationProgress) -> Void = { _ in }

  public init(threads: Int = 1) { self.threads = threads }
}

/// How far a generation has come.
public struct GenerationProgress: Sendable, Hashable {
  /// Samples in the file.
  public var samples: Int
  /// Samples that it will have.
  public var total: Int
  /// Samples that were rejected.
  public var failed: Int
}

/// A sample that could not be solved.
public struct FailedSample: Sendable, Hashable {
  public var number: Int
  public var reason: String
}

/// What came out of a generation.
public struct GenerationReport: Sendable {
  /// Samples in the file.
  public var samples = 0
  /// Samples that were rejected, those of earlier sessions included.
  public var failed = 0
  /// Those of this session, with the reasons.
  public var failures: [FailedSample] = []
  /// Whether it was stopped, and can be resumed.
  public var isInterrupted = false
  /// The largest residual of all samples in the file.
  public var largestResidual = 0.0
  public var wallSeconds = 0.0
}

/// Draws, solves and stores the samples of a data set.
///
/// Samples have numbers from 0 on, which their random data are drawn for; one that cannot be solved is left out, and the next
/// number takes its place. Every sample is solved by one thread, several at a time, and written in the order of the numbers:
/// the bits of the file depend neither on the threads nor on interruptions.
public final class DataSetGeneration {
  /// What all samples have in common.
  public let layout: StoredLayout
  public let path: String
  public let header: DataSetHeader
  /// Samples that a resumed file has already.
  public let keptSamples: Int
  private let isResumed: Bool
  private let source: SampleSource
  private let options: GenerationOptions
  private let reduction: GridReduction
  /// The number of the next sample that is tried.
  private let nextNumber: Int
  private var keptResidual = 0.0

  /// A new data set.
  ///
  /// - Throws: `DataSetError`; `SimulationError` or `EquationError` for a problem whose first sample cannot even be set up.
  public convenience init(
    _ source: SampleSource, header: DataSetHeader, path: String, options: GenerationOptions = .init()
  ) throws {
    try self.init(source, header: header, path: path, options: options, kept: nil)
  }

  /// Continues the data set of an interrupted generation.
  ///
  /// - Throws: `DataSetError.complete` if there is nothing left to do, `ExchangeError` for a file that cannot be read.
  public convenience init(
    resuming path: String, _ source: SampleSource, options: GenerationOptions = .init()
  ) throws {
    let reader = try NetCDFReader(path: path)
    let header = try DataSetHeader(schema: reader.schema, path: path)
    guard !header.isComplete else { throw DataSetError.complete(path: path) }
    let numbers = try reader.read("sample").elements.map { Int(exactly: $0) ?? -1 }
    guard numbers.count <= header.plan.samples, zip(numbers, numbers.dropFirst()).allSatisfy(<),
      numbers.allSatisfy({ $0 >= 0 && $0 < 1 << 40 })
    else {
      throw DataSetError.notADataSet(
        path: path, reason: "the numbers of its samples are not those of a generation")
    }
    let residuals = try reader.read("residual").elements
    try self.init(source, header: header, path: path, options: options, kept: numbers)
    keptResidual = residuals.max() ?? 0
  }

  private init(
    _ source: SampleSource, header: DataSetHeader, path: String, options: GenerationOptions, kept: [Int]?
  ) throws {
    let plan = header.plan
    guard source.problem.isRandom else { throw DataSetError.nothingRandom(problem: source.problem.name) }
    self.source = source
    self.header = header
    self.path = path
    self.options = options
    isResumed = kept != nil
    keptSamples = kept?.count ?? 0
    nextNumber = kept?.last.map { $0 + 1 } ?? plan.first ?? 0
    let first = try SampleSolver.simulation(
      of: source, sample: 0, parameters: source.parameters(ofSample: 0, seed: plan.seed), seed: plan.seed)
    let records = first.recordLayout
    guard records.mesh == nil, !records.axes.isEmpty else {
      throw DataSetError.noGrid(problem: source.problem.name)
    }
    let placements = records.axes.map { GridReduction.Placement($0, source.method) }
    reduction = try GridReduction(from: records.axes, placements, to: plan.resolution)
    layout = try StoredLayout(source, records, plan, reduction, placements)
  }

  /// Solves and stores what is missing.
  ///
  /// - Throws: `DataSetError.tooManyFailures`; `ExchangeError` if the file cannot be written, which leaves a file that can be
  ///   resumed unless not even its head was.
  public func run() throws -> GenerationReport {
    let clock = ContinuousClock()
    let start = clock.now
    let plan = header.plan
    let writer =
      isResumed
      ? try DataSetWriter(resuming: path, samples: keptSamples, plan: plan)
      : try DataSetWriter(path: path, layout: layout, plan: plan, attributes: header.attributes)
    let queue = SampleQueue(
      writer: writer, total: plan.samples, kept: keptSamples, begin: plan.first ?? 0, next: nextNumber,
      options: options)
    let workers = Workers(count: max(1, options.threads))
    // No two threads are the same worker.
    nonisolated(unsafe) let solvers = (0..<workers.count).map { _ in
      SampleSolver(source, plan, layout, reduction) { [options] in options.shouldStop() || queue.isStopped }
    }
    while !queue.isStopped, !queue.isComplete {
      // A chunk is a sample, but which one is the next in order: chunks begin in the middle, too.
      workers.run(chunks: queue.missing) { [options] _, worker in
        guard !options.shouldStop(), let number = queue.take() else { return queue.stop() }
        queue.add(solvers[worker].solve(number), number: number)
      }
    }
    var report = queue.report
    report.largestResidual = max(report.largestResidual, keptResidual)
    let elapsed = clock.now - start
    report.wallSeconds = Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    if let error = queue.error {
      writer.abandon()
      throw error
    }
    report.isInterrupted = !queue.isComplete
    // A wall time of zero says that samples are missing.
    try writer.finish(wallSeconds: report.isInterrupted ? 0 : max(report.wallSeconds, 1e-9))
    return report
  }
}
