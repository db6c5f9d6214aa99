import Arrays
import Differentiation
import Exchange
import Learning
import PhysicsInformed
import ProblemFiles

/// A trained network at points, judged beside the classical solution.
public final class CollocationEvaluation {
  public let folder: RunFolder
  public let header: CollocationHeader
  public let title: String
  private let setup: CollocationSetup
  private let model: SafetensorsFile
  private let options: EvaluationOptions

  /// Whether a folder, or the first one of its series, has a model of this sort.
  ///
  /// - Throws: `ExchangeError` for a file that is damaged.
  public static func isMeant(_ path: String) throws -> Bool {
    let base = RunFolder(path)
    let folder = try SeedSeries(in: base)?.folders(in: base).first?.folder ?? base
    guard folder.has(folder.model) else { return false }
    return try CollocationModelFile.header(of: try SafetensorsFile(path: folder.model)) != nil
  }

  /// - Parameter folder: of one training.
  /// - Throws: `ExchangeError` for a folder without a model, or with a damaged one.
  public init(_ folder: String, options: EvaluationOptions = .init()) throws {
    let base = RunFolder(folder)
    self.folder = base
    self.options = options
    guard base.has(base.model) else {
      throw ExchangeError(
        path: folder, kind: .notFound, reason: "there is no model in it",
        hint: base.has(base.request)
          ? "its training has not ended: parseval train --resume \(folder)" : "'parseval train' makes one")
    }
    model = try SafetensorsFile(path: base.model)
    guard let header = try CollocationModelFile.header(of: model) else {
      throw ExchangeError(path: base.model, kind: .unsupportedFormat, reason: "it is no network at points")
    }
    self.header = header
    let file = try ProblemFileReader.standard.read(
      text: header.provenance.problem, file: base.model, recipe: header.recipe)
    title = file.problem.title
    setup = try CollocationSetup(file, recipe: header.recipe, seed: header.seed)
  }

  /// Judges the network; writes it on a grid again.
  ///
  /// - Parameter isFirstOfSeries: the classical solution, the same for all seeds, is made again only where there is nothing else to
  ///   compare with.
  /// - Throws: `ExchangeError`, `ProblemFileError`.
  public func run(isFirstOfSeries: Bool = true) throws -> CollocationJudgement {
    header.precision == "double"
      ? try run(as: Double.self, isFirstOfSeries) : try run(as: Float.self, isFirstOfSeries)
  }

  private func run<Scalar: LearningScalar & SafetensorsElement>(
    as scalar: Scalar.Type, _ isFirstOfSeries: Bool
  ) throws
    -> CollocationJudgement
  {
    let store = try setup.recordedStore(Scalar.self)
    try CollocationModelFile.read(model, into: store)
    return try CollocationJudge(
      setup, readAs: header.provenance.problemFile,
      solvesClassically: options.fitsBaselines && (isFirstOfSeries || !setup.file.problem.hasReference),
      isolation: options.isolation, threads: options.threads, shouldStop: options.shouldStop
    ).judge(store, writing: folder)
  }
}
