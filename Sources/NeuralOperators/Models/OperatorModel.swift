public import Arrays
public import Differentiation
public import Exchange
import Learning

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A trained network with all that belongs to it.
///
/// Its file is safetensors: a tensor per parameter, and the header in the metadata under `parseval_model`.
public struct OperatorModel<Scalar: NetworkScalar & SafetensorsElement> {
  public var header: ModelHeader
  public let store: ParameterStore<Scalar>

  private static var headerKey: String { "parseval_model" }

  public init(header: ModelHeader, store: ParameterStore<Scalar>) {
    self.header = header
    self.store = store
  }

  /// Writes the model; an old file stays if that fails.
  ///
  /// - Throws: `ExchangeError`.
  public func save(to path: String) throws(ExchangeError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = (try? encoder.encode(header)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    try SafetensorsFile.write(
      store.layout.slots.map { SafetensorsTensor($0.name, store.values(of: $0)) },
      metadata: [Self.headerKey: text, "format": "parseval"], to: path)
  }

  /// Reads a model.
  ///
  /// - Throws: `ExchangeError` for a file that is damaged, of another kind or version, or whose tensors are not those of the
  ///   network that its header names.
  public init(path: String) throws(ExchangeError) {
    let file = try SafetensorsFile(path: path)
    header = try Self.header(of: file)
    store = ParameterStore()
    let network: NormalizedNetwork
    do { network = try header.makeNetwork() } catch {
      throw ExchangeError(path: path, kind: .corrupted, reason: error.message, hint: error.hint)
    }
    // A recording for one sample makes the parameters.
    let tape = Tape(store, capacity: 1, differentiates: false)
    _ = network(tape.input(header.data.grid + [header.data.inputChannels]), tape)
    store.initialize(seed: 0)
    let names = Set(store.layout.slots.map(\.name))
    guard Set(file.entries.map(\.name)) == names else {
      throw ExchangeError(
        path: path, kind: .corrupted,
        reason: "its tensors are not those of the network '\(header.architecture)' that its header describes")
    }
    for slot in store.layout.slots {
      guard file[slot.name]?.shape == slot.shape else {
        throw ExchangeError(
          path: path, kind: .corrupted,
          reason:
            "'\(slot.name)' has the shape \(file[slot.name]?.shape ?? []), and the network needs \(slot.shape)"
        )
      }
      let target = UnsafeMutableBufferPointer(
        rebasing: store.values.buffer[slot.offset..<slot.offset + slot.count])
      try file.read(slot.name, into: target)
      guard target.allSatisfy(\.isFinite) else {
        throw ExchangeError(
          path: path, kind: .corrupted, reason: "'\(slot.name)' has numbers that are not finite")
      }
    }
  }

  /// What a file says of its model, without the parameters.
  ///
  /// - Throws: `ExchangeError` for a file that is no model, or of another version.
  public static func header(of file: SafetensorsFile) throws(ExchangeError) -> ModelHeader {
    guard let text = file.metadata[headerKey] else {
      throw ExchangeError(
        path: file.path, kind: .unsupportedFormat,
        reason: "it is no model of this program: it has no header of one")
    }
    struct Version: Codable { var version: Int }
    let bytes = Data(text.utf8)
    if let version = try? JSONDecoder().decode(Version.self, from: bytes).version,
      version != ModelHeader.currentVersion
    {
      throw ExchangeError(
        path: file.path, kind: .unsupportedFormat,
        reason: "its header is of version \(version), and this program reads \(ModelHeader.currentVersion)")
    }
    guard let header = try? JSONDecoder().decode(ModelHeader.self, from: bytes), header.isSound else {
      throw ExchangeError(path: file.path, kind: .corrupted, reason: "its header is damaged")
    }
    return header
  }
}

extension ModelHeader {
  /// Whether sizes are such that a network can be recorded with them: files are not trusted.
  var isSound: Bool {
    let limit = 1 << 20
    let grid = data.grid.reduce(into: 1) { product, length in
      product = length > 0 && length <= limit && product <= 1 << 30 ? product * length : .max / limit
    }
    func fits(_ normalizer: Normalizer, _ channels: Int) -> Bool {
      let counts = [1, channels, grid * channels]
      return normalizer.means.count == normalizer.deviations.count && counts.contains(normalizer.means.count)
        && normalizer.means.allSatisfy(\.isFinite)
        && normalizer.deviations.allSatisfy { $0.isFinite && $0 > 0 }
    }
    return !data.grid.isEmpty && data.grid.count <= 8 && grid <= 1 << 30
      && (1...limit).contains(data.inputChannels) && (1...limit).contains(data.outputChannels)
      && (1...limit).contains(data.fields) && data.placements.count == data.grid.count
      && fits(inputNormalizer, data.inputChannels) && fits(outputNormalizer, data.outputChannels)
  }
}
