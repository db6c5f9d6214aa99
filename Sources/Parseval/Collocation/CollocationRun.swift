import Arrays
import Differentiation
import Exchange
import Glibc
import Learning
import PhysicsInformed
public import ProblemFiles

/// How far the training of a network at points has come.
public struct CollocationProgress: Sendable {
  public var step: Int
  public var stepCount: Int
  public var loss: Double
}

/// What came of the training of a network at points.
public struct CollocationReport: Sendable {
  public enum Outcome: String, Sendable { case completed, stalled, outOfTime, interrupted, diverged }
  public var outcome = Outcome.completed
  public var steps = 0
  public var parameterCount = 0
  /// What is made small, at the end.
  public var loss = Double.nan
  public var wallSeconds = 0.0
  /// By record: step, seconds, loss.
  public var history: [(step: Int, seconds: Double, loss: Double)] = []
  /// Names of the terms, and the mean squares of their relations by record.
  public var terms: [(name: String, losses: [Double])] = []
  /// What was to be found beside the unknowns.
  public var parameters: [FoundParameter] = []
  public var judgement: CollocationJudgement?

  public init() {}
}

/// A recipe for a network at points, trained into a folder that can be resumed.
public final class CollocationRun {
  public let file: ProblemFile
  public let recipe: String
  public let folder: RunFolder
  let setup: CollocationSetup
  private let request: TrainingRequest
  private let options: TrainingRunOptions
  private let lock: FileLock
  /// Whether no other seed of its series is trained before it in this session.
  ///
  /// The classical solution, the same for all seeds, is made again only where there is nothing else to compare with.
  public var isFirstOfSeries = true
  /// Told of every step.
  public var progress: @Sendable (CollocationProgress) -> Void = { _ in }

  /// Whether the recipe of a file is of this sort.
  public static func isMeant(_ recipe: String, of file: ProblemFile) throws(ProblemFileError) -> Bool {
    CollocationRecipe.describes(try file.recipe(named: recipe))
  }

  /// The same for a training that was begun in a folder.
  public static func isMeant(inFolder path: String) throws -> Bool {
    let folder = RunFolder(path)
    let request = try TrainingRequest(reading: folder.request)
    return try isMeant(
      request.recipe, of: try ProblemFileReader.standard.read(file: folder.problem, recipe: request.recipe))
  }

  /// A new training; see `TrainingRun`.
  public convenience init(
    _ path: String, recipe: String, overrides: [String] = [], folder: String,
    options: TrainingRunOptions = .init()
  ) throws {
    let absolute = overrides.map { "recipes.\(recipe).\($0)" }
    let file = try ProblemFileReader.standard.read(file: path, overrides: absolute, recipe: recipe)
    let settings = try CollocationRecipe(try file.recipe(named: recipe))
    let request = TrainingRequest(
      recipe: recipe, data: nil, seed: options.seed ?? settings.seed, overrides: absolute,
      problemFile: absolutePath(file.file))
    let folder = RunFolder(folder)
    try folder.make()
    let lock = try folder.lock()
    try folder.checkUnused(overwrites: options.overwrites)
    try AtomicFile.write(file.resolvedText, to: folder.problem)
    try request.write(to: folder.request)
    try self.init(file, request, folder, lock, options)
    for old in [folder.checkpoint, folder.log, folder.model, folder.series] { unlink(old) }
  }

  /// Continues the training in a folder; from its beginning if it has no checkpoint yet.
  public convenience init(resuming folder: String, options: TrainingRunOptions = .init()) throws {
    let folder = RunFolder(folder)
    let request = try TrainingRequest(reading: folder.request)
    let lock = try folder.lock()
    guard folder.has(folder.checkpoint) || !folder.has(folder.model) else {
      throw ExchangeError(
        path: folder.path, kind: .notPermitted, reason: "its training has ended; there is nothing to resume")
    }
    let file = try ProblemFileReader.standard.read(file: folder.problem, recipe: request.recipe)
    try self.init(file, request, folder, lock, options)
  }

  private init(
    _ file: ProblemFile, _ request: TrainingRequest, _ folder: RunFolder, _ lock: FileLock,
    _ options: TrainingRunOptions
  ) throws {
    self.file = file
    self.request = request
    self.folder = folder
    self.lock = lock
    self.options = options
    recipe = request.recipe
    setup = try CollocationSetup(
      file, recipe: request.recipe, seed: request.seed, folder: Parseval.folder(of: request.problemFile),
      isolation: options.isolation)
  }

  /// What is trained, and how every condition is satisfied, in lines.
  public var introduction: [String] {
    let settings = setup.recipe
    var lines = [
      "\(file.problem.title), recipe \(recipe): \(settings.network), \(settings.optimizer.name), seed \(setup.seed), "
        + "\(settings.isDouble ? "double" : "single") precision"
    ]
    for term in setup.plan.terms { lines.append("  \(term.count) points: \(term.description.name)") }
    return lines + setup.plan.constraints.remarks.map { "  " + $0 }
  }

  /// Trains, and writes model and log.
  ///
  /// - Throws: `RunFailure` for a disk that is full and the like; `ProblemFileError`.
  public func run() throws -> CollocationReport {
    setup.recipe.isDouble ? try run(as: Double.self) : try run(as: Float.self)
  }

  private func run<Scalar: LearningScalar & SafetensorsElement>(as scalar: Scalar.Type) throws
    -> CollocationReport
  {
    let workers = Workers(count: max(1, options.threads))
    let settings = setup.recipe
    let sampler = try setup.makeSampler()
    let system = try setup.system(Scalar.self, sampler: sampler, workers: workers)
    let method: any CollocationMethod
    do { method = try makeMethod(system, workers) } catch { throw settings.located(error) }
    let trainer = CollocationTrainer(
      system, method, steps: settings.steps, seconds: settings.seconds, workers: workers)
    trainer.sampler = sampler
    do {
      let state = CollocationCheckpoint(folder.checkpoint)
      if folder.has(folder.checkpoint) { try state.restore(trainer) }
      let log = CollocationLog(folder.log)
      try log.write(trainer.history)
      var trouble: (any Error)?
      var saved = ContinuousClock.now
      trainer.recorded = { [options] record in
        do {
          try log.append(record)
          guard ContinuousClock.now - saved >= .seconds(options.checkpointInterval) else { return }
          try state.save(trainer)
          saved = .now
        } catch { trouble = error }
      }
      trainer.shouldStop = { [options] in options.shouldStop() || trouble != nil }
      trainer.progress = { [progress, settings] step, loss in
        progress(CollocationProgress(step: step, stepCount: settings.steps, loss: loss))
      }
      let outcome = try trainer.run()
      if let trouble { throw trouble }
      var report = self.report(outcome, trainer)
      if outcome == .interrupted {
        try state.save(trainer)
        return report
      }
      try save(system.store, report)
      unlink(folder.checkpoint)
      report.judgement = try judge(system.store)
      return report
    } catch let error as SamplingError {
      throw settings.located(error)
    } catch let error as ExchangeError {
      throw RunFailure(cause: error, output: folder.path, isResumable: true, command: "train")
    }
  }

  private func makeMethod<Scalar: LearningScalar>(
    _ system: CollocationSystem<Scalar>, _ workers: Workers
  ) throws(LearningError) -> any CollocationMethod {
    let settings = setup.recipe
    if let kind = LeastSquaresRegistry.kind(named: settings.optimizer.name) {
      guard let system = system as? CollocationSystem<Double> else {
        throw .unknownMethod(
          settings.optimizer.name, kind: "optimizer in single precision",
          known: OptimizerRegistry.all.map(\.name))
      }
      return try LeastSquaresSteps(system, kind, settings: settings.optimizer.settings, workers: workers)
    }
    let kind: any OptimizerKind
    do { kind = try OptimizerRegistry.kind(named: settings.optimizer.name) } catch {
      throw .unknownMethod(
        settings.optimizer.name, kind: "optimizer",
        known: OptimizerRegistry.all.map(\.name) + LeastSquaresRegistry.all.map(\.name))
    }
    let optimizer = try kind.make(
      for: system.store.layout, settings: settings.optimizer.settings, as: Scalar.self)
    let schedule = try RateScheduleRegistry.schedule(
      named: settings.schedule.name, rate: settings.rate ?? kind.defaultRate, steps: settings.steps,
      stepsPerEpoch: 1000, settings: settings.schedule.settings)
    let balancer = try BalancerRegistry.kind(named: settings.balancer.name).make(
      terms: setup.plan.terms.map(\.description.name), seed: setup.seed, settings: settings.balancer.settings)
    return GradientSteps(system, try BalancedOptimizer(balancer, optimizer), workers: workers) {
      schedule.rate(at: $0)
    }
  }

  private func report<Scalar>(_ outcome: CollocationOutcome, _ trainer: CollocationTrainer<Scalar>)
    -> CollocationReport
  {
    var report = CollocationReport()
    report.outcome =
      switch outcome {
      case .completed: .completed
      case .stalled: .stalled
      case .outOfTime: .outOfTime
      case .interrupted: .interrupted
      case .diverged: .diverged
      }
    report.steps = trainer.step
    report.parameterCount = trainer.system.parameterCount
    report.parameters = setup.foundParameters(trainer.system.store)
    report.history = trainer.history.map { ($0.step, $0.seconds, $0.loss) }
    report.loss = trainer.history.last?.loss ?? .nan
    report.wallSeconds = trainer.history.last?.seconds ?? 0
    for (number, term) in setup.plan.terms.enumerated() {
      for relation in term.description.relations.indices {
        let name =
          term.description.relations.count > 1
          ? "\(term.description.name) \(relation + 1)" : term.description.name
        report.terms.append((name, trainer.history.map { $0.terms[number][relation] }))
      }
    }
    return report
  }

  private func save<Scalar: LearningScalar & SafetensorsElement>(
    _ store: ParameterStore<Scalar>, _ report: CollocationReport
  ) throws(ExchangeError) {
    let header = CollocationHeader(
      recipe: recipe, seed: setup.seed, precision: setup.recipe.isDouble ? "double" : "float",
      steps: report.steps,
      trainingSeconds: report.wallSeconds, loss: report.loss,
      provenance: Provenance(
        problem: file.resolvedText, problemFile: request.problemFile, overrides: request.overrides,
        seed: setup.seed, versions: Machine.versions, commit: Machine.commit,
        precision: setup.recipe.isDouble ? "double" : "float", threads: options.threads,
        wallSeconds: report.wallSeconds, commandLine: options.commandLine, date: currentDate()))
    try CollocationModelFile.write(header, store, to: folder.model)
  }

  private func judge<Scalar: LearningScalar>(
    _ store: ParameterStore<Scalar>
  ) throws -> CollocationJudgement {
    try CollocationJudge(
      setup, readAs: request.problemFile,
      solvesClassically: options.fitsBaselines && (isFirstOfSeries || !file.problem.hasReference),
      isolation: options.isolation, threads: options.threads, shouldStop: options.shouldStop
    ).judge(store, writing: folder)
  }
}
