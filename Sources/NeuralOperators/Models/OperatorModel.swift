import Arrays
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
      metadata: [ModelHeader.key: text, "format": "parseval"], to: path)
  }

  /// Reads a model.
  ///
  /// - Throws: `ExchangeError` for a file that is damaged, of another kind or version, or whose tensors are not those of the
  ///   network that its header names.
  public init(path: String) throws(ExchangeError) {
    let file = try SafetensorsFile(path: path)
    header = try ModelHeader(file)
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
}
