import DataSets
import Equations
import Exchange
import Learning
import NeuralOperators
import ProblemFiles

/// The data of a training: generated, given, or in a file of others.
struct TrainingSamples {
  let training: any TrainingData
  let validation: (any TrainingData)?
  let test: (any TrainingData)?
  let description: DataDescription
  /// What the channels are.
  let inputs: [String]
  let outputs: [String]
  /// The names of the grid's axes.
  let axes: [String]

  init(
    _ file: ProblemFile, _ recipe: Recipe, _ request: TrainingRequest, _ folder: RunFolder,
    _ options: TrainingRunOptions
  ) throws {
    let data = try DataRecipe(recipe, of: file)
    let path =
      try request.data ?? (data.file == nil ? Self.generated(file, recipe, data, folder, options) : nil)
    func samples(_ split: DataSplit) throws -> any TrainingData {
      try data.samples(
        for: split, of: file, from: path, readAs: request.problemFile, isolation: options.isolation)
    }
    /// A split that is not there is done without; all else that is wrong is thrown.
    func optional(_ split: DataSplit) throws -> (any TrainingData)? {
      do { return try samples(split) } catch DataSetError.emptySplit { return nil }
    }
    training = try samples(.training)
    validation = try optional(.validation)
    test = try optional(.test)
    let known = training as? OperatorSamples
    inputs = known?.inputChannels ?? (0..<(training.inputShape.last ?? 1)).map { "input \($0)" }
    outputs = known?.targetChannels ?? (0..<(training.targetShape.last ?? 1)).map { "output \($0)" }
    axes = known?.axes.map(\.name) ?? file.problem.domain.axes.map(\.name)
    description = DataDescription(
      grid: Array(training.inputShape.dropLast()),
      placements: training.inputShape.dropLast().indices.map { axis in
        known.map { $0.file.placements[axis] == .periodic ? .periodic : .cells }
          ?? (axis < file.problem.domain.axes.count && file.problem.domain.axes[axis].isPeriodic
            ? .periodic : .nodes)
      },
      inputChannels: training.inputShape.last ?? 1, outputChannels: training.targetShape.last ?? 1,
      fields: known.map(\.outputs.count) ?? 1, ends: Self.ends(of: file.problem, outputs: data.outputs))
  }

  /// What the problem demands of the outputs at the ends of each axis.
  private static func ends(of problem: Problem, outputs: [DataQuantity]) -> [DataDescription.AxisEnds] {
    let names = Set(outputs.map(\.name))
    return problem.domain.axes.map { axis in
      guard !axis.isPeriodic else { return .periodic }
      let conditions = problem.boundary.filter { condition in
        guard names.contains(condition.unknown) || names.isEmpty else { return false }
        switch condition.place {
        case .face(let face): return problem.domain.axes[face.axis].name == axis.name
        case .part: return false
        case .rest: return true
        }
      }
      let kinds = Set(conditions.map(\.kind))
      guard kinds.count == 1, let kind = kinds.first else { return .other }
      return kind == .dirichlet ? .dirichlet : kind == .neumann ? .neumann : .other
    }
  }

  /// The data set in the folder; what is not there yet is made, and what another recipe left is replaced.
  private static func generated(
    _ file: ProblemFile, _ recipe: Recipe, _ data: DataRecipe, _ folder: RunFolder,
    _ options: TrainingRunOptions
  ) throws -> String {
    var settings = DataGenerationOptions()
    settings.threads = options.threads
    settings.commandLine = options.commandLine
    settings.shouldStop = options.shouldStop
    settings.progress = options.generated
    let generation = try DataGeneration(
      folder.problem, recipe: recipe.name, output: folder.data, options: settings)
    guard try generation.completeIfNeeded() else { throw TrainingInterruption(folder: folder.path) }
    return folder.data
  }
}

/// A training that was stopped while its data were made; it can be resumed.
public struct TrainingInterruption: Error, Sendable {
  public var folder: String
}
