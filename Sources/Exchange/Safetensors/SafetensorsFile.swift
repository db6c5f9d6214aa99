public import Arrays

/// Named tensors in one file, in the safetensors format.
///
/// The length of a header, the header in JSON, then the tensors one after the other, little-endian and row-major
/// (https://huggingface.co/docs/safetensors, format description). Opening reads the header only; the tensors are
/// read when they are asked for. Nothing in a file is trusted: whatever it holds, it is read or refused.
public struct SafetensorsFile {
  public let path: String
  /// Texts by key, the entry `__metadata__`.
  public let metadata: [String: String]
  /// The tensors in the order of their bytes.
  public let entries: [SafetensorsEntry]
  private let positions: [String: Int]
  private let source: Source
  private let dataOffset: Int
  private let memoryLimit: Int

  private enum Source {
    case file(InputFile)
    case bytes([UInt8])
  }

  /// Opens a file and reads its header.
  ///
  /// - Throws: `ExchangeError` for a file that is missing, in another format, or contradicts itself.
  public init(path: String, memoryLimit: Int = MemoryLimit.standard) throws(ExchangeError) {
    let file = try InputFile(path)
    let header = try SafetensorsHeader(path: path, size: file.size, memoryLimit: memoryLimit) {
      (count, offset) throws(ExchangeError) in try file.read(count: count, at: offset)
    }
    self.init(header, .file(file), path: path, memoryLimit: memoryLimit)
  }

  /// The same for bytes in memory, which errors call `path`.
  public init(
    bytes: [UInt8], path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) {
    let header = try SafetensorsHeader(path: path, size: bytes.count, memoryLimit: memoryLimit) {
      (count, offset) throws(ExchangeError) in Array(bytes[offset..<offset + count])
    }
    self.init(header, .bytes(bytes), path: path, memoryLimit: memoryLimit)
  }

  private init(_ header: SafetensorsHeader, _ source: Source, path: String, memoryLimit: Int) {
    self.path = path
    self.source = source
    self.memoryLimit = memoryLimit
    metadata = header.metadata
    entries = header.entries
    dataOffset = header.dataOffset
    positions = Dictionary(
      uniqueKeysWithValues: header.entries.indices.map { (header.entries[$0].name, $0) })
  }

  /// What the header says of a tensor, if there is one of this name.
  public subscript(name: String) -> SafetensorsEntry? { positions[name].map { entries[$0] } }

  /// A tensor, its numbers converted to `Scalar`.
  ///
  /// - Throws: `ExchangeError` where there is none of this name, it is larger than the memory allowed, or the file
  ///   cannot be read.
  public func array<Scalar: BinaryFloatingPoint & BitwiseCopyable & Sendable>(
    _ name: String, as type: Scalar.Type = Scalar.self
  ) throws(ExchangeError) -> NDArray<Scalar> {
    let entry = try entry(name)
    guard let bytes = MemoryLimit.bytes(shape: entry.shape, elementSize: MemoryLayout<Scalar>.stride),
      bytes <= memoryLimit
    else { throw .tooLarge(path: path, bytes: entry.range.count, limit: memoryLimit) }
    var result = NDArray<Scalar>(shape: entry.shape)
    let outcome = result.withUnsafeMutableBuffer { elements in
      Result { () throws(ExchangeError) in try read(name, into: elements) }
    }
    try outcome.get()
    return result
  }

  /// A tensor, its numbers converted, into memory of the caller, which has as many elements.
  public func read<Scalar: BinaryFloatingPoint & BitwiseCopyable>(
    _ name: String, into elements: UnsafeMutableBufferPointer<Scalar>
  ) throws(ExchangeError) {
    let entry = try entry(name)
    guard entry.count == elements.count else {
      throw .mismatch(
        path,
        "the tensor '\(name.printable)' has shape \(entry.shape), and \(elements.count) numbers are wanted")
    }
    let isSame =
      entry.type == .float64 && Scalar.self == Double.self
      || entry.type == .float32 && Scalar.self == Float.self
    if isSame { return try fill(UnsafeMutableRawBufferPointer(elements), from: entry.range.lowerBound) }
    // In pieces: a second copy of a large tensor might not fit.
    let piece = 1 << 17
    var buffer = [UInt8](repeating: 0, count: min(piece, entry.count) * entry.type.size)
    for start in stride(from: 0, to: entry.count, by: piece) {
      let count = min(piece, entry.count - start)
      let outcome = buffer.withUnsafeMutableBytes { bytes in
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(count * entry.type.size)])
        return Result { () throws(ExchangeError) in
          try fill(part, from: entry.range.lowerBound + start * entry.type.size)
          entry.type.convert(UnsafeRawBufferPointer(part), into: elements.baseAddress! + start, count: count)
        }
      }
      try outcome.get()
    }
  }

  /// The bytes of a tensor as they stand in the file.
  public func bytes(_ name: String) throws(ExchangeError) -> [UInt8] {
    let entry = try entry(name)
    guard entry.range.count <= memoryLimit else {
      throw .tooLarge(path: path, bytes: entry.range.count, limit: memoryLimit)
    }
    switch source {
    case .file(let file):
      return try file.read(count: entry.range.count, at: dataOffset + entry.range.lowerBound)
    case .bytes(let bytes):
      return Array(bytes[dataOffset + entry.range.lowerBound..<dataOffset + entry.range.upperBound])
    }
  }

  private func entry(_ name: String) throws(ExchangeError) -> SafetensorsEntry {
    guard let entry = self[name] else {
      throw ExchangeError(
        path: path, kind: .noSuchName, reason: "there is no tensor '\(name.printable)'")
    }
    return entry
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer, from offset: Int) throws(ExchangeError) {
    switch source {
    case .file(let file): try file.read(into: target, at: dataOffset + offset)
    case .bytes(let bytes):
      target.copyBytes(from: bytes[dataOffset + offset..<dataOffset + offset + target.count])
    }
  }
}
