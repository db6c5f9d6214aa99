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
  public init(path: String) throws(ExchangeError) { try self.init(SafetensorsFile(path: path)) }

  /// The same for a file that is open.
  public init(_ file: SafetensorsFile) throws(ExchangeError) {
    func damaged(_ reason: String, hint: String? = nil) -> ExchangeError {
      ExchangeError(path: file.path, kind: .corrupted, reason: reason, hint: hint)
    }
    header = try ModelHeader(file)
    store = ParameterStore()
    let network: NormalizedNetwork
    do { network = try header.makeNetwork() } catch { throw damaged(error.message, hint: error.hint) }
    // A recording for one sample makes the parameters; they do not depend on the grid, and a file is not trusted with a large one.
    let tape = Tape(store, capacity: 1, differentiates: false)
    let grid = header.data.grid.map { min($0, 16) }
    network.recordInner(tape.input(grid + [header.data.inputChannels]), tape)
    let slots = store.layout.slots
    guard Set(file.entries.map(\.name)) == Set(slots.map(\.name)) else {
      throw damaged(
        "its tensors are not those of the network '\(header.architecture)' that its header describes")
    }
    // Before memory is taken for them.
    for slot in slots where file[slot.name]?.shape != slot.shape {
      throw damaged(
        "'\(slot.name)' has the shape \(file[slot.name]?.shape ?? []), and the network needs \(slot.shape)")
    }
    store.initialize(seed: 0)
    for slot in slots {
      let target = UnsafeMutableBufferPointer(
        rebasing: store.values.buffer[slot.offset..<slot.offset + slot.count])
      try file.read(slot.name, into: target)
      guard target.allSatisfy(\.isFinite) else {
        throw damaged("'\(slot.name)' has numbers that are not finite")
      }
    }
  }
}
