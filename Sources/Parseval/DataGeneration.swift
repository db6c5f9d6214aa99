public import DataSets
import Equations
import Exchange
import Glibc
public import ProblemFiles

/// How a data set is made, beyond what problem and recipe say.
public struct DataGenerationOptions: Sendable {
  /// The number of samples; that of the recipe unless given.
  public var samples: Int?
  /// The seed of everything random; that of the recipe, else of the problem, unless given.
  public var seed: UInt64?
  public var precision = DataSetPlan.Precision.float
  public var threads = Machine.processorCount
  /// For the provenance.
  public var commandLine: [String] = []
  /// Asked after every step; `true` ends the generation, which can be resumed.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Told after every sample.
  public var progress: @Sendable (GenerationProgress) -> Void = { _ in }

  public init() {}
}

/// A problem file whose samples become a data-set file that can be resumed.
public final class DataGeneration {
  public let file: ProblemFile
  public let outputPath: String
  public let generation: DataSetGeneration
  private let options: DataGenerationOptions

  /// A new data set.
  ///
  /// - Parameters:
  ///   - path: the problem file.
  ///   - recipe: the name of the recipe whose `data` say what is stored; everything is unless given.
  ///   - overrides: changes of the problem, beyond those of the recipe.
  ///   - output: the file to write; `PROBLEM-data.nc` unless given.
  /// - Throws: `ProblemFileError`, `DataSetError`, `SimulationError`.
  public convenience init(
    _ path: String, recipe: String? = nil, overrides: [String] = [], output: String? = nil,
    reader: ProblemFileReader = .standard, options: DataGenerationOptions = .init()
  ) throws {
    let file = try reader.read(file: path, overrides: overrides, recipe: recipe)
    let data = try recipe.map { try DataRecipe(try file.recipe(named: $0), of: file) }
    guard let samples = options.samples ?? data?.samples else {
      throw DataSetError.noCount
    }
    var plan = DataSetPlan(samples: samples)
    data?.apply(to: &plan)
    plan.recipe = recipe
    plan.begin = file.problem.domain.time?.lowerBound
    plan.precision = options.precision
    plan.seed = options.seed ?? data?.seed ?? file.problem.solver.seed
    do {
      try self.init(file, plan: plan, overrides: overrides, output: output, reader: reader, options: options)
    } catch let error as DataSetError {
      throw data?.located(error) ?? error
    }
  }

  /// A new data set by a plan.
  ///
  /// - Parameters:
  ///   - path: the problem file.
  ///   - plan: what is stored of which samples; its recipe changes the problem.
  ///   - overrides: changes of the problem, beyond those of the recipe.
  ///   - output: the file to write.
  /// - Throws: `ProblemFileError`, `DataSetError`, `SimulationError`.
  public convenience init(
    _ path: String, plan: DataSetPlan, overrides: [String], output: String,
    reader: ProblemFileReader = .standard, options: DataGenerationOptions = .init()
  ) throws {
    let file = try reader.read(file: path, overrides: overrides, recipe: plan.recipe)
    try self.init(file, plan: plan, overrides: overrides, output: output, reader: reader, options: options)
  }

  private init(
    _ file: ProblemFile, plan: DataSetPlan, overrides: [String], output: String?, reader: ProblemFileReader,
    options: DataGenerationOptions
  ) throws {
    self.file = file
    self.options = options
    outputPath = output ?? "\(file.problem.name)-data.nc"
    let provenance = Provenance(
      problem: file.resolvedText, problemFile: absolutePath(file.file), overrides: overrides, seed: plan.seed,
      versions: Machine.versions, commit: Machine.commit, precision: plan.precision.rawValue,
      threads: options.threads, commandLine: options.commandLine, date: currentDate())
    let header = DataSetHeader(
      title: file.problem.title, provenance: provenance, problem: file.problem.name,
      statement: file.statementText, plan: plan)
    let (path, source) = (outputPath, try SampleSource(file, reader: reader))
    generation = try file.locatingMistakes {
      try DataSetGeneration(source, header: header, path: path, options: GenerationOptions(options))
    }
  }

  /// Continues an interrupted generation, bit for bit.
  ///
  /// The problem and the plan come from the file.
  ///
  /// - Throws: `DataSetError.complete`, `ExchangeError`, `ProblemFileError`.
  public init(
    resuming output: String, reader: ProblemFileReader = .standard, options: DataGenerationOptions = .init()
  ) throws {
    outputPath = output
    self.options = options
    let header = try DataSetHeader(schema: try NetCDFReader(path: output).schema, path: output)
    let file = try reader.read(text: header.provenance.problem, file: output)
    self.file = file
    let source = try SampleSource(file, reader: reader)
    generation = try file.locatingMistakes {
      try DataSetGeneration(resuming: output, source, options: GenerationOptions(options))
    }
  }

  /// Draws, solves and stores what is missing.
  ///
  /// - Throws: `RunFailure` for a disk that is full and the like, `DataSetError.tooManyFailures`.
  public func run() throws -> GenerationReport {
    do {
      return try generation.run()
    } catch let error as ExchangeError {
      let isResumable = (try? NetCDFReader(path: outputPath)) != nil
      throw RunFailure(cause: error, output: outputPath, isResumable: isResumable, command: "generate")
    }
  }

  /// What stands at the output's place before `run`.
  public enum Place: Sendable, Hashable {
    /// No data set.
    case free
    /// A part of this data set: by the same plan, of the same problem.
    case unfinished
    /// The whole of it.
    case complete
    /// Another data set.
    case taken
  }

  /// What stands at the output's place.
  public var place: Place {
    guard let reader = try? NetCDFReader(path: outputPath),
      let header = try? DataSetHeader(schema: reader.schema, path: outputPath)
    else { return .free }
    let wanted = generation.header
    guard
      header.problem == wanted.problem && header.statement == wanted.statement && header.plan == wanted.plan
    else { return .taken }
    return header.isComplete ? .complete : .unfinished
  }

  /// Makes the file, unless it is there already by the same plan; goes on with one that is not complete.
  ///
  /// - Returns: whether it is complete now.
  /// - Throws: as `run` does.
  func completeIfNeeded() throws -> Bool {
    switch place {
    case .free, .taken: return try !run().isInterrupted
    case .complete: return true
    case .unfinished:
      return try !DataGeneration(resuming: outputPath, options: options).run().isInterrupted
    }
  }

  /// Bytes of the file.
  public var outputSize: Int {
    var status = stat()
    return stat(outputPath, &status) == 0 ? Int(status.st_size) : 0
  }
}

extension GenerationOptions {
  fileprivate init(_ options: DataGenerationOptions) {
    self.init(threads: options.threads)
    shouldStop = options.shouldStop
    progress = options.progress
  }
}

extension SampleSource {
  /// The problem of a file, whose random parameters are overrides of its text.
  ///
  /// - Throws: `ProblemFileError` for a problem that is left to networks at points.
  init(_ file: ProblemFile, reader: ProblemFileReader) throws {
    if case .pointwise = file.formulation {
      throw ProblemFileError(diagnostics: [file.diagnostic(file.problem.classicalObstacle)])
    }
    var problem = file.problem
    problem.units.merge(file.units) { own, _ in own }
    let (text, name) = (file.resolvedText, file.file)
    self.init(problem, file.formulation) { parameters in
      let overrides = parameters.sorted { $0.key < $1.key }.map { "parameters.\($0.key)=\($0.value)" }
      let variant = try reader.read(text: text, file: name, overrides: overrides)
      return (variant.problem, variant.formulation)
    }
  }
}
