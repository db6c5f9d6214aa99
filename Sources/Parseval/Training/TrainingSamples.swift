import Arrays
import Comparison
import DataSets
import Equations
import Exchange
import Learning
import NeuralOperators
import ProblemFiles

/// The data of a training: generated, given, or in a file of others.
struct TrainingSamples {
  let training: any TrainingData & NamedChannels
  let validation: (any TrainingData)?
  let test: (any TrainingData)?
  let description: DataDescription
  /// What the channels are.
  let inputs: [String]
  let outputs: [String]
  /// The names of the grid's axes.
  let axes: [String]
  /// Whether inputs and targets are frames of the same fields, so that a network can go on from its own answers.
  let areFrames: Bool

  /// - Parameters:
  ///   - file: the problem, read with its recipe.
  ///   - data: what the recipe says of data.
  ///   - path: the data set; `nil` for a file of others that the recipe names.
  ///   - original: the absolute path of the problem file, if `file` is a copy.
  init(
    _ file: ProblemFile, _ data: DataRecipe, path: String?, readAs original: String,
    isolation: NetCDF.Isolation
  ) throws {
    func samples(_ split: DataSplit) throws -> any TrainingData & NamedChannels {
      try data.samples(for: split, of: file, from: path, readAs: original, isolation: isolation)
    }
    /// A split that is not there is done without; all else that is wrong is thrown.
    func optional(_ split: DataSplit) throws -> (any TrainingData)? {
      do { return try samples(split) } catch DataSetError.emptySplit { return nil }
    }
    training = try samples(.training)
    validation = try optional(.validation)
    test = try optional(.test)
    let known = training as? OperatorSamples
    inputs = training.inputChannels
    outputs = training.targetChannels
    axes = known?.axes.map(\.name) ?? file.problem.domain.axes.map(\.name)
    areFrames = known.map(Self.followEachOther) ?? Self.areOfTheSameFields(training)
    description = DataDescription(
      grid: Array(training.inputShape.dropLast()),
      placements: training.inputShape.dropLast().indices.map { axis in
        known.map { $0.file.placements[axis] == .periodic ? .periodic : .cells }
          ?? (axis < file.problem.domain.axes.count && file.problem.domain.axes[axis].isPeriodic
            ? .periodic : .nodes)
      },
      inputChannels: training.inputShape.last ?? 1, outputChannels: training.targetShape.last ?? 1,
      fields: training.outputFields, ends: Self.ends(of: file.problem, outputs: data.outputs))
  }

  /// What the baselines, having learned from the training split, do on other samples, and what the problem's own solver does that
  /// costs what the operator costs.
  ///
  /// - Parameter threadSeconds: what a prediction of the operator costs one thread.
  /// - Throws: what reading throws.
  func baselines(
    on test: any TrainingData, of file: ProblemFile, costing threadSeconds: Double, workers: Workers
  ) throws -> [BaselineReport] {
    let learned = try BaselineRegistry.reports(
      on: test,
      learning: BaselineTask(
        training: training, validation: validation, inputFields: training.inputFields,
        targetFields: training.targetFields),
      workers: workers)
    return try learned + [CoarseSolver.report(of: file, on: test, costing: threadSeconds)].compactMap(\.self)
  }

  /// Whether the channels of files of others are frames of the same fields, one after the other; of a single field that is trusted.
  private static func areOfTheSameFields(_ samples: any NamedChannels) -> Bool {
    let frame = samples.targetFields.prefix(samples.outputFields)
    guard frame.count > 1 else { return true }
    return [samples.inputFields, samples.targetFields].allSatisfy { fields in
      fields.count % frame.count == 0
        && stride(from: 0, to: fields.count, by: frame.count).allSatisfy {
          fields[$0..<$0 + frame.count].elementsEqual(frame)
        }
    }
  }

  /// Whether the frames of the targets go on where those of the inputs end, all in equal steps.
  private static func followEachOther(_ samples: OperatorSamples) -> Bool {
    let fields = samples.outputs.count
    let frames = samples.inputFrames.compactMap(\.self) + samples.targetFrames
    guard samples.inputs.map(\.name) == samples.outputs.map(\.name), frames.count % fields == 0,
      frames.count == samples.inputFrames.count + samples.targetFrames.count,
      samples.inputFrames.count % fields == 0
    else { return false }
    let names = frames.prefix(fields).map(\.field)
    var times: [Double] = []
    for start in stride(from: 0, to: frames.count, by: fields) {
      let record = frames[start..<start + fields]
      guard record.map(\.field) == names, let time = frames[start].time,
        record.allSatisfy({ $0.time == time })
      else { return false }
      times.append(time)
    }
    guard times.count > 1 else { return false }
    let step = times[1] - times[0]
    return step > 0 && zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - step) <= 1e-6 * step }
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

  /// Makes the data set in a folder; what is there of it is kept, and what another recipe left is replaced.
  static func generate(in folder: RunFolder, recipe: String, options: TrainingRunOptions) throws {
    var settings = DataGenerationOptions()
    settings.threads = options.threads
    settings.commandLine = options.commandLine
    settings.shouldStop = options.shouldStop
    settings.progress = options.generated
    let generation = try DataGeneration(
      folder.problem, recipe: recipe, output: folder.data, options: settings)
    guard options.overwrites || generation.place != .taken else {
      throw ExchangeError(
        path: folder.data, kind: .notPermitted,
        reason: "these data were made by another plan, or for another problem",
        hint: "give another -o, or --overwrite, or take them with --data")
    }
    guard try generation.completeIfNeeded() else {
      throw PreparationInterruption(resume: "parseval train --resume", folder: folder.path)
    }
  }
}

/// Work that was stopped while its data were made; it can be resumed.
public struct PreparationInterruption: Error, Sendable {
  /// The command that goes on, before the folder.
  public var resume: String
  public var folder: String
}
