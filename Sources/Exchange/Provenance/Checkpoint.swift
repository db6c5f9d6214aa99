#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The state of a computation, from which it continues bit for bit.
///
/// On disk: a mark, the length of a JSON head (header texts, names and lengths of arrays), the head, the
/// arrays as little-endian doubles, and the SHA-256 of everything before.
public struct Checkpoint: Sendable, Equatable {
  /// Texts by key: step, time, settings, hashes.
  ///
  /// Write doubles by `Double.description`, which is exact.
  public var header: [String: String]
  /// Named arrays, in order.
  public var arrays: [(name: String, values: [Double])]

  public init(header: [String: String] = [:], arrays: [(name: String, values: [Double])] = []) {
    self.header = header
    self.arrays = arrays
  }

  /// The array called `name`.
  public func array(_ name: String) -> [Double]? { arrays.first { $0.name == name }?.values }

  /// The name of the checkpoint that stands beside an output file.
  public static func path(besideOutput path: String) -> String { path + ".checkpoint" }

  /// Bit by bit: a NaN equals the same NaN, and −0 is not 0.
  public static func == (left: Checkpoint, right: Checkpoint) -> Bool {
    left.header == right.header && left.arrays.count == right.arrays.count
      && zip(left.arrays, right.arrays).allSatisfy {
        $0.name == $1.name && $0.values.elementsEqual($1.values) { $0.bitPattern == $1.bitPattern }
      }
  }

  private struct Head: Codable {
    struct Entry: Codable {
      var name: String
      var count: Int
    }
    var header: [String: String]
    var arrays: [Entry]
  }
  private static let mark = Array("PARSEVAL CHECKPOINT 1\n\n\n".utf8)
  private static let hashSize = 32

  /// Writes the file, atomically: whenever the process dies, the old checkpoint or the new one is there.
  public func write(to path: String) throws(ExchangeError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let entries = arrays.map { Head.Entry(name: $0.name, count: $0.values.count) }
    guard let head = try? encoder.encode(Head(header: header, arrays: entries)) else {
      throw .mismatch(path, "the checkpoint's header cannot be written as JSON")
    }
    var start = Self.mark
    withUnsafeBytes(of: UInt64(head.count).littleEndian) { start.append(contentsOf: $0) }
    start.append(contentsOf: head)
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      var hash = SHA256()
      hash.update(start)
      try file.write(start)
      for array in arrays {
        let outcome: Result<Void, ExchangeError> = array.values.withUnsafeBufferPointer { values in
          hash.update(UnsafeRawBufferPointer(values))
          do throws(ExchangeError) { return .success(try file.write(elements: values)) } catch {
            return .failure(error)
          }
        }
        try outcome.get()
      }
      try file.write(hash.finalized().bytes)
    }
  }

  /// Reads a file.
  ///
  /// One that is cut off, altered or of another kind is refused.
  public init(path: String, memoryLimit: Int = MemoryLimit.standard) throws(ExchangeError) {
    let bytes = try InputFile(path).readAll(limit: memoryLimit)
    guard bytes.starts(with: Self.mark) else { throw .unsupported(path, "it is not a checkpoint") }
    let headStart = Self.mark.count + 8
    let end = bytes.count - Self.hashSize
    guard end >= headStart, SHA256.digest(of: bytes[..<end]).bytes == Array(bytes[end...]) else {
      throw .corrupted(path, "the checkpoint is cut off or altered: its checksum differs")
    }
    let headLength = bytes[Self.mark.count..<headStart].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard headLength <= UInt64(end - headStart),
      let head = try? JSONDecoder().decode(
        Head.self, from: Data(bytes[headStart..<headStart + Int(headLength)]))
    else { throw .corrupted(path, "the checkpoint's header is damaged") }
    header = head.header
    arrays = []
    var position = headStart + Int(headLength)
    for entry in head.arrays {
      guard entry.count >= 0, entry.count <= (end - position) / 8 else {
        throw .corrupted(path, "the array '\(entry.name)' of the checkpoint is cut off")
      }
      let values = bytes.withUnsafeBytes { raw in
        (0..<entry.count).map { index in
          Double(
            bitPattern: UInt64(
              littleEndian: raw.loadUnaligned(fromByteOffset: position + 8 * index, as: UInt64.self)))
        }
      }
      arrays.append((entry.name, values))
      position += 8 * entry.count
    }
    guard position == end else {
      throw .corrupted(path, "the checkpoint has \(end - position) bytes too many")
    }
  }
}
