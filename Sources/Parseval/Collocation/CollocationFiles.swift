import Arrays
import Differentiation
import Exchange
import Glibc
import Learning
import PhysicsInformed

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

private func encoder() -> JSONEncoder {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return encoder
}

private func decoder() -> JSONDecoder {
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return decoder
}

private func text(_ value: some Encodable) -> String {
  // Numbers, texts and lists of them always have a JSON form.
  (try? encoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
}

/// A line of JSON for every record.
final class CollocationLog {
  private let path: String

  init(_ path: String) { self.path = path }

  /// Replaces the file: lines behind the checkpoint that a training continues from would be there twice.
  func write(_ history: [CollocationRecord]) throws(ExchangeError) {
    try AtomicFile.write(history.map { text($0) + "\n" }.joined(), to: path)
  }

  func append(_ record: CollocationRecord) throws(ExchangeError) {
    guard let file = fopen(path, "ab") else { throw .system(errno, path: path, doing: "write") }
    let isWritten = fputs(text(record) + "\n", file) >= 0 && fflush(file) == 0
    let code = errno
    fclose(file)
    guard isWritten else { throw .system(code, path: path, doing: "write") }
  }
}

/// The file of a trained network at points.
enum CollocationModelFile {
  static func write<Scalar: LearningScalar & SafetensorsElement>(
    _ header: CollocationHeader, _ store: ParameterStore<Scalar>, to path: String
  ) throws(ExchangeError) {
    try SafetensorsFile.write(
      store.layout.slots.map { SafetensorsTensor($0.name, store.values(of: $0)) },
      metadata: [CollocationHeader.key: text(header), "format": "parseval"], to: path)
  }

  /// Whether a file is one of these.
  static func header(of file: SafetensorsFile) throws(ExchangeError) -> CollocationHeader? {
    guard let text = file.metadata[CollocationHeader.key] else { return nil }
    guard let header = try? decoder().decode(CollocationHeader.self, from: Data(text.utf8)),
      header.version == CollocationHeader.currentVersion
    else {
      throw ExchangeError(
        path: file.path, kind: .corrupted, reason: "its header is damaged, or of another version")
    }
    return header
  }

  /// Reads the parameters of a network that has been recorded.
  static func read<Scalar: LearningScalar & SafetensorsElement>(
    _ file: SafetensorsFile, into store: ParameterStore<Scalar>
  ) throws(ExchangeError) {
    let slots = store.layout.slots
    guard Set(file.entries.map(\.name)) == Set(slots.map(\.name)),
      slots.allSatisfy({ file[$0.name]?.shape == $0.shape })
    else {
      throw ExchangeError(
        path: file.path, kind: .corrupted,
        reason: "its tensors are not those of the network that its header describes")
    }
    if !store.isInitialized { store.initialize(seed: 0) }
    for slot in slots {
      let target = UnsafeMutableBufferPointer(
        rebasing: store.values.buffer[slot.offset..<slot.offset + slot.count])
      try file.read(slot.name, into: target)
      guard target.allSatisfy(\.isFinite) else {
        throw ExchangeError(
          path: file.path, kind: .corrupted, reason: "'\(slot.name)' has numbers that are not finite")
      }
    }
  }
}

/// Where a training stands, beside its arrays.
private struct CollocationState: Codable {
  static let format = 1
  var format = Self.format
  var step: Int
  var history: [CollocationRecord]
  var numbers: [String: Double]
  var sampler: [String: Double]
}

/// The checkpoint of a training, from which it goes on bit for bit.
struct CollocationCheckpoint {
  let path: String
  private static let key = "parseval_points_training"

  init(_ path: String) { self.path = path }

  func save<Scalar: LearningScalar & SafetensorsElement>(_ trainer: CollocationTrainer<Scalar>)
    throws(ExchangeError)
  {
    let values = trainer.system.store.values
    let state = CollocationState(
      step: trainer.step, history: trainer.history, numbers: trainer.method.stateNumbers,
      sampler: trainer.sampler?.stateNumbers ?? [:])
    var tensors = [
      SafetensorsTensor(
        "parameters", NDArray<Double>(shape: [values.count]) { Double(values.baseAddress[$0]) })
    ]
    for (name, array) in trainer.method.stateArrays {
      tensors.append(SafetensorsTensor("method.\(name)", array))
    }
    for (number, term) in trainer.system.terms.enumerated() {
      let points = term.points.cloud
      tensors.append(
        SafetensorsTensor("points.\(number)", NDArray(shape: [points.coordinates.count], points.coordinates)))
      if !points.weights.isEmpty {
        tensors.append(
          SafetensorsTensor("weights.\(number)", NDArray(shape: [points.weights.count], points.weights)))
      }
    }
    try SafetensorsFile.write(tensors, metadata: [Self.key: text(state)], to: path)
  }

  func restore<Scalar: LearningScalar & SafetensorsElement>(_ trainer: CollocationTrainer<Scalar>) throws {
    let file = try SafetensorsFile(path: path)
    guard let text = file.metadata[Self.key],
      let state = try? decoder().decode(CollocationState.self, from: Data(text.utf8)),
      state.format == CollocationState.format
    else {
      throw ExchangeError(
        path: path, kind: .unsupportedFormat, reason: "it is no checkpoint of such a training")
    }
    func array(_ name: String) throws(ExchangeError) -> NDArray<Double> {
      try file.array(name, as: Double.self)
    }
    let own = trainer.system.store.values
    let parameters = try array("parameters")
    guard parameters.count == own.count else {
      throw ExchangeError(
        path: path, kind: .mismatch,
        reason: "it has \(parameters.count) parameters, and the network \(own.count)",
        hint: "begin again with --overwrite")
    }
    for index in 0..<own.count { own.baseAddress[index] = Scalar(parameters[flat: index]) }
    var arrays: [String: NDArray<Double>] = [:]
    for entry in file.entries where entry.name.hasPrefix("method.") {
      arrays[String(entry.name.dropFirst("method.".count))] = try array(entry.name)
    }
    try trainer.method.restore(arrays: arrays, numbers: state.numbers)
    for (number, term) in trainer.system.terms.enumerated() where term.description.kind == .equations {
      let hasWeights = file["weights.\(number)"] != nil
      term.set(
        PointCloud(
          dimension: term.points.dimension, coordinates: try array("points.\(number)").elements,
          weights: hasWeights ? try array("weights.\(number)").elements : []))
    }
    trainer.sampler?.stateNumbers = state.sampler
    trainer.restore(step: state.step, history: state.history)
  }
}
