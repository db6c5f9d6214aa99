public import Comparison
public import DataSets
public import Exchange
public import Learning
import Arrays
import Glibc
public import NeuralOperators
public import ProblemFiles

/// How a recipe is trained, beyond what it says.
public struct TrainingRunOptions: Sendable {
  public var threads = Machine.processorCount
  /// The seed of first weights and of the order of samples; that of the recipe unless given.
  public var seed: UInt64?
  /// In which process files of others are opened.
  public var isolation = NetCDF.Isolation.inProcess
  /// For the provenance.
  public var commandLine: [String] = []
  /// Asked after every step; `true` saves a checkpoint and ends the training.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told of every sample that is generated.
  public var generated: @Sendable (GenerationProgress) -> Void = { _ in }
  /// Told of every step.
  public var progress: @Sendable (TrainingProgress) -> Void = { _ in }
  /// Told of every epoch.
  public var epochEnded: @Sendable (EpochRecord) -> Void = { _ in }
  /// Whether mean, persistence, ridge and kernel ridge are fitted for comparison.
  public var fitsBaselines = true
  /// Whether a training that is in the folder already may be replaced, and data of another plan.
  public var overwrites = false
  /// Seconds between two checkpoints.
  public var checkpointInterval = 30.0

  public init() {}
}

/// What came of a training.
public struct TrainingReport: Sendable {
  public var outcome = TrainingOutcome.completed
  public var steps = 0
  public var parameterCount = 0
  public var history: [EpochRecord] = []
  /// The mean relative L2 error of the weights that were kept, on the training split.
  public var trainingError: Double?
  /// The same on the validation split.
  public var validationError: Double?
  /// The same on the test split, which nothing was chosen by; `nil` if there is none.
  public var testError: Double?
  /// What else there is, on the test split.
  public var baselines: [BaselineReport] = []
  /// Of the training; the baselines' time is their own.
  public var wallSeconds = 0.0

  public init() {}
}

/// A recipe of a problem file, trained into a folder that can be resumed.
public final class TrainingRun {
  public let file: ProblemFile
  public let recipe: String
  public let folder: RunFolder
  public let trainer: Trainer<Float>
  /// The name of what training makes small.
  public let lossName: String
  /// What the model's file will say.
  public private(set) var header: ModelHeader
  /// Keys of the recipe's data that say nothing; see `DataRecipe.unusedKeys`.
  public let unusedDataKeys: [String]
  private let data: TrainingSamples
  /// Epochs of earlier sessions.
  public let resumedEpochs: Int
  private let options: TrainingRunOptions
  private let lock: FileLock

  /// A new training.
  ///
  /// - Parameters:
  ///   - path: the problem file.
  ///   - recipe: the name of the recipe.
  ///   - overrides: changes of the recipe; keys are relative to it, as `training.epochs=50`.
  ///   - data: a data set; the one that the recipe describes is generated unless given.
  ///   - folder: where everything is written.
  /// - Throws: `ProblemFileError`, `DataSetError`, `LearningError`, `ExchangeError`.
  public convenience init(
    _ path: String, recipe: String, overrides: [String] = [], data: String? = nil, folder: String,
    options: TrainingRunOptions = .init()
  ) throws {
    let absolute = Self.absolute(overrides, recipe)
    let file = try ProblemFileReader.standard.read(file: path, overrides: absolute, recipe: recipe)
    let settings = try RecipeSettings(try file.recipe(named: recipe))
    let request = TrainingRequest(
      recipe: recipe,
      // A file that is not there is missed where it is read.
      data: data.map { absolutePath($0).isEmpty ? $0 : absolutePath($0) },
      seed: options.seed ?? settings.training.seed,
      overrides: absolute,
      problemFile: absolutePath(file.file))
    let folder = RunFolder(folder)
    try folder.make()
    let lock = try folder.lock()
    try folder.checkUnused(overwrites: options.overwrites)
    try AtomicFile.write(file.resolvedText, to: folder.problem)
    try request.write(to: folder.request)
    try self.init(file, request, folder, lock, options, isNew: true)
    // What an earlier training left would be taken for this one's.
    for old in [folder.checkpoint, folder.log, folder.model, folder.series] { unlink(old) }
  }

  /// Refuses changes of what says nothing where the data are there already: in a data set, or in a file of others.
  ///
  /// - Parameter isGiven: whether a data set is given beside the recipe.
  /// - Throws: all such changes at their places.
  public static func refuseUselessChanges(
    _ path: String, recipe: String, overrides: [String], isGiven: Bool
  ) throws(ProblemFileError) {
    let file = try ProblemFileReader.standard.read(
      file: path, overrides: absolute(overrides, recipe), recipe: recipe)
    let node = try file.recipe(named: recipe)
    let isOfOthers = try DataRecipe(node, of: file).file != nil
    let ofGiven = isGiven ? ["samples", "validation", "test", "times", "seed"] : []
    let mistakes = (isOfOthers ? DataRecipe.generationKeys : ofGiven).compactMap { key -> Diagnostic? in
      guard overrides.contains(where: { $0.hasPrefix("data.\(key)=") }) else { return nil }
      return node["data"]?[key]?.diagnostic(
        "'\(key)' is for data that are generated, and these are there already",
        hint: isOfOthers ? "'layout' says what of a file is read" : "leave out --data, or the change")
    }
    guard mistakes.isEmpty else { throw ProblemFileError(diagnostics: mistakes) }
  }

  /// Keys of a recipe as keys of its file.
  private static func absolute(_ overrides: [String], _ recipe: String) -> [String] {
    overrides.map { "recipes.\(recipe).\($0)" }
  }

  /// Continues the training in a folder, bit for bit; from its beginning if it has no checkpoint yet.
  ///
  /// - Throws: `ExchangeError` for one that has ended, and what a new training throws.
  public convenience init(resuming folder: String, options: TrainingRunOptions = .init()) throws {
    let folder = RunFolder(folder)
    let request = try TrainingRequest(reading: folder.request)
    let lock = try folder.lock()
    guard folder.has(folder.checkpoint) || !folder.has(folder.model) else {
      throw ExchangeError(
        path: folder.path, kind: .notPermitted, reason: "its training has ended; there is nothing to resume")
    }
    let file = try ProblemFileReader.standard.read(file: folder.problem, recipe: request.recipe)
    try self.init(file, request, folder, lock, options, isNew: false)
  }

  private init(
    _ file: ProblemFile, _ request: TrainingRequest, _ folder: RunFolder, _ lock: FileLock,
    _ options: TrainingRunOptions, isNew: Bool
  ) throws {
    self.lock = lock
    self.file = file
    self.folder = folder
    self.options = options
    recipe = request.recipe
    let node = try file.recipe(named: recipe)
    let settings = try RecipeSettings(node)
    let wanted = try DataRecipe(node, of: file)
    unusedDataKeys = wanted.unusedKeys
    if request.needsOwnData(wanted) {
      try TrainingSamples.generate(in: folder, recipe: recipe, options: options)
    }
    data = try TrainingSamples(
      file, wanted, path: request.path(of: wanted, in: folder), readAs: request.problemFile,
      isolation: options.isolation)
    let goesOnFromItsAnswers = settings.settings["time"] == .text("steps")
    guard data.areFrames || !goesOnFromItsAnswers else {
      throw settings.located(
        SettingError(
          key: "time", message: "steps need inputs that are earlier frames of the outputs",
          hint:
            "the inputs are \(data.inputs.joined(separator: ", ")), the outputs \(data.outputs.joined(separator: ", "))"
        ))
    }
    // Then what is read and what is given have one scale.
    let kinds: (inputs: Normalizer.Kind, targets: Normalizer.Kind) =
      goesOnFromItsAnswers ? (.scalar, .none) : (settings.normalization, settings.normalization)
    let normalizers = try Normalizer.fit(inputs: kinds.inputs, targets: kinds.targets, to: data.training)
    let header = ModelHeader(
      architecture: settings.architecture, settings: settings.settings, data: data.description,
      inputNormalizer: normalizers.inputs,
      outputNormalizer: goesOnFromItsAnswers ? normalizers.inputs : normalizers.targets, precision: "float",
      inputs: data.inputs, outputs: data.outputs, axes: data.axes, problem: file.problem.name,
      statement: file.statementText, recipe: recipe,
      provenance: Provenance(
        problem: file.resolvedText, problemFile: request.problemFile, overrides: request.overrides,
        seed: request.seed, versions: Machine.versions, commit: Machine.commit, precision: "float",
        threads: options.threads, commandLine: options.commandLine, date: currentDate()))
    self.header = header
    var training = settings.training
    training.seed = request.seed
    lossName = settings.loss.name
    training.loss = try settings.makeLoss(
      axes: zip(file.problem.domain.axes, data.description.placements).map {
        GridAxis(length: $0.upper - $0.lower, placement: $1)
      })
    var network: NormalizedNetwork
    do { network = try header.makeNetwork() } catch { throw settings.located(error) }
    if let noise = settings.noise {
      network.network = NoisyInput(deviation: noise, seed: request.seed, network.network)
    }
    training.growth = try settings.growth(of: network)
    let samples = try settings.symmetric(data.training, placements: data.description.placements)
    do {
      trainer = try Trainer(
        network, training: samples, validation: data.validation, options: training,
        workers: Workers(count: max(1, options.threads)))
    } catch let error as LearningError { throw settings.located(error) }
    if trainer.droppedModes > 0 {
      throw settings.located(
        SettingError(
          key: "modes",
          message:
            "the grid of the data, \(data.description.grid.map(String.init).joined(separator: "×")) points, does not reach "
            + "\(trainer.droppedModes) of them (in all layers)",
          hint: "fewer modes, or data of a higher resolution"))
    }
    if !isNew, folder.has(folder.checkpoint) {
      do { try trainer.restore(try SafetensorsFile(path: folder.checkpoint)) } catch let error
        as LearningError
      {
        throw ExchangeError(
          path: folder.checkpoint, kind: .mismatch, reason: error.description,
          hint: "begin again with --overwrite")
      }
    }
    resumedEpochs = trainer.history.count
    trainer.shouldStop = options.shouldStop
    trainer.progress = options.progress
  }

  /// Trains, and writes model, log and curves.
  ///
  /// - Throws: `RunFailure` for a disk that is full and the like.
  public func run() throws -> TrainingReport {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double {
      let elapsed = clock.now - start
      return Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    }
    var saved = start
    do {
      let log = TrainingLog(folder.log)
      try log.write(trainer.history)
      trainer.epochEnded = { [options, folder, trainer] record in
        try log.append(record)
        options.epochEnded(record)
        if clock.now - saved >= .seconds(options.checkpointInterval) {
          try trainer.save(to: folder.checkpoint)
          saved = clock.now
        }
      }
      // The trainer must not own what owns it.
      defer { trainer.epochEnded = { _ in } }
      let outcome = try trainer.run()
      var report = TrainingReport()
      report.outcome = outcome
      report.steps = trainer.step
      report.parameterCount = trainer.store.layout.count
      report.history = trainer.history
      if outcome == .interrupted {
        try trainer.save(to: folder.checkpoint)
      } else {
        report.trainingError = try trainer.relativeError(on: data.training)
        report.validationError = trainer.history.compactMap(\.validationError).min()
        header.trainingError = report.trainingError
        header.validationError = report.validationError
        header.trainingSeconds = trainer.history.reduce(0) { $0 + $1.seconds }
        let model = OperatorModel(header: header, store: trainer.store)
        try model.save(to: folder.model)
        unlink(folder.checkpoint)
        report.testError = try data.test.map { try testError(on: $0, model) }
        if options.fitsBaselines, let test = data.test, test.inputShape == data.training.inputShape {
          report.wallSeconds = seconds()
          let workers = Workers(count: max(1, options.threads))
          let perSample = try OperatorInference(model, workers: workers).threadSecondsPerSample(on: test)
          report.baselines = try data.baselines(on: test, of: file, costing: perSample, workers: workers)
          return report
        }
      }
      report.wallSeconds = seconds()
      return report
    } catch let error as ExchangeError {
      throw RunFailure(cause: error, output: folder.path, isResumable: true, command: "train")
    }
  }

  /// The test may stand on another grid than the training.
  private func testError(on test: any TrainingData, _ model: OperatorModel<Float>) throws -> Double {
    guard test.inputShape != data.training.inputShape else { return try trainer.relativeError(on: test) }
    let grid = Array(test.inputShape.dropLast())
    guard grid.count == header.data.grid.count else {
      throw LearningError.mismatchedShapes(network: header.data.grid, target: test.inputShape)
    }
    let (predicted, target) = try OperatorInference(
      model, grid: grid, workers: Workers(count: max(1, options.threads))
    ).predictions(on: test)
    return Metric.relativeL2(predicted: predicted, target: target)
  }
}
