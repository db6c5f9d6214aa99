import Arrays
import Differentiation
public import Exchange

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a training stands, beside its arrays.
private struct TrainerState: Codable {
  static let format = 2
  var format = Self.format
  var step: Int
  var firstLoss: Double?
  var epochLoss: Double
  var epochGradientNorm: Double
  var history: [EpochRecord]
  var stopping: EarlyStopping
  var optimizer: String
  var optimizerNumbers: [String: Double]
  var data: UInt64
  var inUse: [Int]?
}

extension Trainer where Scalar: SafetensorsElement {
  private static var stateKey: String { "parseval_training" }

  /// Saves everything that the rest of the training depends on, as safetensors.
  ///
  /// - Parameter metadata: texts to keep beside it.
  /// - Throws: `ExchangeError` where the file cannot be written; an old one stays then.
  public func save(to path: String, metadata: [String: String] = [:]) throws(ExchangeError) {
    let state = TrainerState(
      step: step, firstLoss: firstLoss, epochLoss: epochLoss, epochGradientNorm: epochGradientNorm,
      history: history,
      stopping: stopping, optimizer: optimizer.name, optimizerNumbers: optimizer.stateNumbers,
      data: dataFingerprint, inUse: growth?.inUse)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var texts = metadata
    // Numbers, texts and lists of them always have a JSON form.
    texts[Self.stateKey] = (try? encoder.encode(state)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    var arrays = [("parameters", store.values), ("best", best)]
    if let average { arrays.append(("average", average.values)) }
    arrays += optimizer.stateArrays.map { ("optimizer." + $0.name, $0.values) }
    try SafetensorsFile.write(
      arrays.map { name, values in
        SafetensorsTensor(
          name, shape: [values.count], elements: UnsafeBufferPointer(values.buffer))
      }, metadata: texts, to: path)
  }

  /// Continues a training that `save` wrote, bit for bit.
  ///
  /// - Throws: `ExchangeError` for a file that is damaged or none of a training; `LearningError.mismatchedState` for that of
  ///   another network or optimizer, or of other data.
  public func restore(_ file: SafetensorsFile) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let text = file.metadata[Self.stateKey],
      let state = try? decoder.decode(TrainerState.self, from: Data(text.utf8)),
      state.format == TrainerState.format
    else {
      throw ExchangeError(
        path: file.path, kind: .unsupportedFormat, reason: "it is no checkpoint of a training")
    }
    guard state.optimizer == optimizer.name, state.step >= 0, state.step <= stepCount,
      state.history.count == state.step / stepsPerEpoch || state.history.count == options.epochs
    else {
      throw LearningError.mismatchedState(
        "it is at step \(state.step) with \(state.optimizer), and this training has \(stepCount) with \(optimizer.name)"
      )
    }
    guard state.data == dataFingerprint else {
      throw LearningError.mismatchedState("it was begun on other data than these")
    }
    for (name, values) in [("parameters", store.values), ("best", best)]
      + (average.map { [("average", $0.values)] } ?? [])
    {
      guard file[name]?.count == values.count else {
        throw LearningError.mismatchedState(
          "'\(name)' has \(file[name]?.count ?? 0) numbers instead of \(values.count)")
      }
      try file.read(name, into: values.buffer)
    }
    var arrays: [String: NDArray<Scalar>] = [:]
    for array in optimizer.stateArrays where file["optimizer." + array.name] != nil {
      arrays[array.name] = try file.array("optimizer." + array.name)
    }
    try optimizer.restore(arrays: arrays, numbers: state.optimizerNumbers)
    try restoreGrowth(inUse: state.inUse, lastLoss: state.history.last?.loss)
    (step, firstLoss, stopping) = (state.step, state.firstLoss, state.stopping)
    (epochLoss, epochGradientNorm, history) = (state.epochLoss, state.epochGradientNorm, state.history)
  }
}
