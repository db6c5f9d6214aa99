public import Comparison
public import DataSets
import Arrays
import Equations
public import Exchange
import Learning
public import NeuralOperators
public import ProblemFiles

/// How a model is judged.
public struct EvaluationOptions: Sendable {
  /// A data set; the one of the training unless given.
  public var data: String?
  /// Points along every axis on which references are solved anew and the model is judged, too.
  public var resolutions: [Int] = []
  public var threads = Machine.processorCount
  /// Whether mean, persistence, ridge and kernel ridge are fitted for comparison.
  public var fitsBaselines = true
  public var isolation = NetCDF.Isolation.inProcess
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told of every reference that is solved.
  public var generated: @Sendable (GenerationProgress) -> Void = { _ in }

  public init() {}
}

/// Errors on one grid.
public struct ResolutionError: Sendable {
  public var grid: [Int]
  public var relativeL2: Double
  /// Modes of the weights that the grid does not reach.
  public var droppedModes: Int
}

/// How a model did on the test split.
public struct EvaluationReport: Sendable {
  /// On the grid of its training.
  public var relativeL2: Double
  /// Where several networks are judged by the mean of their predictions, the folder and the error of each alone.
  public var members: [(folder: String, relativeL2: Double)] = []
  /// All metrics, by name.
  public var metrics: [(name: String, value: Double)]
  /// Whether the test stands on another grid than the training, for which there are no baselines.
  public var isOnAnotherGrid = false
  /// Test samples of a data set that were left out, because the model had learned from them.
  public var leftOut = 0
  /// Amplitudes of the error and of the targets by wavenumber: see `Metric.spectrum`.
  public var errorSpectrum: [Double] = []
  public var targetSpectrum: [Double] = []
  public var resolutions: [ResolutionError]
  public var baselines: [BaselineReport]
  /// Of the network, with all threads on many samples, and on a single sample.
  public var secondsPerSample: Double
  public var secondsForOne: Double
  /// Of the classical solver on one thread, when the data were made; `nil` for data of others.
  public var solverSecondsPerSample: Double?
  public var samples: Int
  /// Of the test samples: what they are called in their data set, or their places in a file of others.
  public var sampleNumbers: [Int] = []
  /// Relative L2 errors of the test samples.
  public var errors: [Double]
  /// Predictions and targets, of shape (sample, axes…, channels).
  public var predicted: NDArray<Float>
  public var target: NDArray<Float>
}

/// A trained model, judged on data that it has not seen; or several that differ in their seeds, by the mean of their predictions.
public final class Evaluation {
  /// Where pictures are drawn.
  public let folder: RunFolder
  /// The first of the models.
  public var model: OperatorModel<Float> { members[0].model }
  private let members: [(folder: RunFolder, model: OperatorModel<Float>)]
  /// Where the data of the training are.
  private var home: RunFolder { members[0].folder }
  public let file: ProblemFile
  public let recipe: Recipe
  private let request: TrainingRequest
  private let data: DataRecipe
  private let options: EvaluationOptions
  private let workers: Workers

  /// - Parameter folder: of a training, or of several seeds.
  /// - Throws: `ExchangeError` for a folder without a model.
  public init(_ folder: String, options: EvaluationOptions = .init()) throws {
    let base = RunFolder(folder)
    self.folder = base
    self.options = options
    let series = try SeedSeries(in: base)
    let folders = series.map { $0.folders(in: base).map(\.folder) } ?? [base]
    if series != nil, let missing = folders.first(where: { !$0.has($0.model) }) {
      throw ExchangeError(
        path: missing.path, kind: .notFound, reason: "its training has not ended",
        hint: "parseval train --resume \(folder)")
    }
    guard let first = folders.first, first.has(first.model) else {
      throw ExchangeError(
        path: folder, kind: .notFound, reason: "there is no model in it",
        hint: base.has(base.request)
          ? "its training has not ended: parseval train --resume \(folder)" : "'parseval train' makes one")
    }
    members = try folders.map { ($0, try OperatorModel(path: $0.model)) }
    for (folder, model) in members.dropFirst() {
      let (own, known) = (model.header, members[0].model.header)
      guard own.statement == known.statement, own.inputs == known.inputs, own.outputs == known.outputs,
        own.data == known.data
      else {
        throw ExchangeError(
          path: folder.path, kind: .unsupportedFormat,
          reason: "it is the model of another problem, grid or recipe than \(first.path)")
      }
    }
    request = try TrainingRequest(reading: first.request)
    file = try ProblemFileReader.standard.read(file: first.problem, recipe: request.recipe)
    recipe = try file.recipe(named: request.recipe)
    data = try DataRecipe(recipe, of: file)
    workers = Workers(count: max(1, options.threads))
  }

  /// The data of the training, or those of a data set.
  private func samples(from path: String?) throws -> TrainingSamples {
    try TrainingSamples(
      file, data, path: path ?? request.path(of: data, in: home), readAs: request.problemFile,
      isolation: options.isolation)
  }

  /// The test split of the training's data, or of a data set; of a file of others that is given all samples.
  private func test(from path: String?) throws -> any TrainingData {
    try data.samples(
      for: .test, of: file, from: path ?? request.path(of: data, in: home), isWhole: path != nil,
      readAs: request.problemFile, isolation: options.isolation)
  }

  /// Judges the model.
  ///
  /// - Throws: `DataSetError` for data that do not fit, `SettingError` for a grid that the network cannot work on.
  public func run() throws -> EvaluationReport {
    var test = try test(from: options.data)
    var leftOut = 0
    if options.data != nil, let samples = test as? OperatorSamples,
      let own = request.path(of: data, in: home),
      let learned = try? DataSetFile(path: own)
    {
      (test, leftOut) = try samples.unknown(to: learned)
    }
    let header = model.header
    let grid = Array(test.inputShape.dropLast())
    // Before anything as large as a header says is set up.
    guard test.inputShape.last == header.data.inputChannels, grid.count == header.data.grid.count else {
      throw LearningError.mismatchedShapes(
        network: header.data.grid + [header.data.inputChannels], target: test.inputShape)
    }
    let (predicted, target, alone) = try predictions(on: test, grid: grid)
    let errors = relativeErrors(predicted, target)
    var report = EvaluationReport(
      relativeL2: errors.reduce(0, +) / Double(errors.count), metrics: metrics(predicted, target),
      resolutions: [], baselines: [], secondsPerSample: 0, secondsForOne: 0, solverSecondsPerSample: nil,
      samples: test.count, errors: errors, predicted: predicted, target: target)
    let (arrays, timeAxis) = withTime(predicted, target)
    report.errorSpectrum = Metric.spectrum(predicted: arrays[0], target: arrays[1], timeAxis: timeAxis)
    report.targetSpectrum = Metric.spectrum(target: arrays[1], timeAxis: timeAxis)
    report.leftOut = leftOut
    report.sampleNumbers = try numbers(of: test)
    report.isOnAnotherGrid = grid != header.data.grid
    if members.count > 1 {
      report.members = zip(members, alone).map { ($0.folder.path, $1.reduce(0, +) / Double(test.count)) }
    }
    // All members have one network.
    let count = Double(members.count)
    report.secondsPerSample =
      try count * OperatorInference(model, grid: grid, workers: workers).threadSecondsPerSample(on: test)
      / Double(workers.count)
    report.secondsForOne =
      try count
      * OperatorInference(model, grid: grid, capacity: 1, workers: workers).seconds(on: test, count: 1)
    if let path = options.data ?? request.path(of: data, in: home), let known = try? DataSetFile(path: path) {
      let provenance = known.header.provenance
      report.solverSecondsPerSample =
        provenance.wallSeconds * Double(provenance.threads) / Double(max(known.count, 1))
    }
    // They learn from what the network has learned from, which is of no use on another grid.
    if options.fitsBaselines, grid == header.data.grid {
      report.baselines = try samples(from: nil).baselines(
        on: test, of: file, costing: report.secondsPerSample * Double(workers.count), workers: workers)
    }
    for resolution in options.resolutions { report.resolutions.append(try error(at: resolution)) }
    return report
  }

  private func numbers(of test: any TrainingData) throws -> [Int] {
    switch test {
    case let samples as OperatorSamples: try samples.file.sampleNumbers(samples.positions)
    case let samples as ForeignSamples: Array(samples.positions)
    default: Array(0..<test.count)
    }
  }

  /// The mean of the models' predictions, the targets, and by model the errors of the samples.
  private func predictions(
    on data: any TrainingData, grid: [Int]? = nil
  ) throws -> (predicted: NDArray<Float>, target: NDArray<Float>, alone: [[Double]]) {
    var (sum, target) = try OperatorInference(model, grid: grid, workers: workers).predictions(on: data)
    var alone = [relativeErrors(sum, target)]
    for member in members.dropFirst() {
      let predicted: NDArray<Float>
      (predicted, target) = try OperatorInference(member.model, grid: grid, workers: workers)
        .predictions(on: data)
      alone.append(relativeErrors(predicted, target))
      sum = NDArray(shape: sum.shape) { sum[flat: $0] + predicted[flat: $0] }
    }
    let share = 1 / Float(members.count)
    return (members.count == 1 ? sum : NDArray(shape: sum.shape) { share * sum[flat: $0] }, target, alone)
  }

  /// Arrays with the axis of time that metrics want: frames of a single field are one; of several, channels are what they are.
  private func withTime(_ arrays: NDArray<Float>...) -> (arrays: [NDArray<Float>], timeAxis: Int?) {
    let isTime = model.header.data.fields == 1 && model.header.data.outputChannels > 1
    return (
      isTime ? arrays.map { $0.reshaped($0.shape + [1]) } : arrays, isTime ? arrays[0].shape.count - 1 : nil
    )
  }

  private func metrics(
    _ predicted: NDArray<Float>, _ target: NDArray<Float>
  ) -> [(name: String, value: Double)] {
    let (arrays, timeAxis) = withTime(predicted, target)
    return MetricRegistry.all.map {
      ($0.name, $0(predicted: arrays[0], target: arrays[1], timeAxis: timeAxis))
    }
  }

  private func relativeErrors(_ predicted: NDArray<Float>, _ target: NDArray<Float>) -> [Double] {
    let size = target.count / target.shape[0]
    return predicted.withUnsafeBuffer { p in
      target.withUnsafeBuffer { t in
        (0..<target.shape[0]).map {
          relativeDistance(p.baseAddress! + $0 * size, t.baseAddress! + $0 * size, size)
        }
      }
    }
  }

  /// The error against references of the same samples that are solved anew and stored on another grid.
  private func error(at resolution: Int) throws -> ResolutionError {
    guard let path = options.data ?? request.path(of: data, in: home),
      let known = try? DataSetFile(path: path)
    else {
      throw DataSetError.noData(problem: file.problem.name)
    }
    let positions = try known.samples(in: .test)
    var plan = known.header.plan
    plan.first = try known.sampleNumbers(positions)[0]
    plan.samples = positions.count
    (plan.validation, plan.test) = (0, 1)
    for axis in known.axes { plan.resolution[axis.name] = resolution }
    let reference = "\(folder.path)/reference-\(resolution).nc"
    var settings = DataGenerationOptions()
    settings.threads = options.threads
    settings.shouldStop = options.shouldStop
    settings.progress = options.generated
    // The solver must be at least as fine as what is stored.
    let overrides = zip(known.axes, known.placements).compactMap { axis, placement -> String? in
      let own = file.problem.discretization.points[axis.name] ?? 0
      var multiple = max(1, (own + resolution - 1) / resolution)
      // Of nodes only an odd number has one in the middle.
      if placement == .nodes, multiple % 2 == 0 { multiple += 1 }
      let points = placement == .periodic ? max(own, resolution) : multiple * resolution
      return points == own ? nil : "discretization.\(axis.name)=\(points)"
    }
    let generation = try DataGeneration(
      home.problem, plan: plan, overrides: overrides, output: reference, options: settings)
    guard try generation.completeIfNeeded() else {
      throw PreparationInterruption(resume: "parseval evaluate", folder: folder.path)
    }
    let data = try test(from: reference)
    let grid = Array(data.inputShape.dropLast())
    let (predicted, target, _) = try predictions(on: data, grid: grid)
    let errors = relativeErrors(predicted, target)
    return ResolutionError(
      grid: grid, relativeL2: errors.reduce(0, +) / Double(errors.count),
      droppedModes: try OperatorInference(model, grid: grid, workers: workers).droppedModes)
  }
}

extension OperatorInference {
  /// What a prediction costs one thread, while all are at work on many samples.
  func threadSecondsPerSample(on data: any TrainingData) throws -> Double {
    try seconds(on: data, count: data.count) * Double(workers.count) / Double(data.count)
  }

  /// The least of some times of a prediction, whose inputs are in memory.
  func seconds(on data: any TrainingData, count: Int) throws -> Double {
    let packed = try PackedData<Scalar>(data)
    let clock = ContinuousClock()
    var least = Double.infinity
    for _ in 0..<5 {
      let elapsed = try clock.measure {
        try predict(count: count) { sample, input in
          packed.readInput(sample, into: input)
        } write: { _, _ in
        }
      }
      least = min(
        least, Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds))
    }
    return least
  }
}
