package import Arrays

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The one message a reading child sends: mark, kind, length, payload, SHA-256 of the payload.
package enum IsolatedFrame {
  package enum Kind: UInt8 { case schema = 1, doubles, integers, failure }

  static let mark = Array("PARSEVL1".utf8)
  /// Bytes before the payload.
  package static let headSize = 17
  /// Bytes after it.
  package static let tailSize = 32

  package static func encode(_ kind: Kind, _ payload: [UInt8]) -> [UInt8] {
    var frame = mark
    frame.append(kind.rawValue)
    withUnsafeBytes(of: UInt64(payload.count).littleEndian) { frame.append(contentsOf: $0) }
    frame.append(contentsOf: payload)
    frame.append(contentsOf: SHA256.digest(of: payload).bytes)
    return frame
  }

  package static func encode(_ schema: NetCDFSchema) throws -> [UInt8] {
    encode(.schema, Array(try encoder.encode(schema)))
  }

  package static func encode(_ error: ExchangeError) -> [UInt8] {
    encode(.failure, (try? encoder.encode(error)).map { Array($0) } ?? [])
  }

  package static func encode<Element: BitwiseCopyable>(_ kind: Kind, _ values: NDArray<Element>) -> [UInt8] {
    values.withUnsafeBuffer { encode(kind, Array(UnsafeRawBufferPointer($0))) }
  }

  /// The payload's length that a frame's head announces; `nil` for what is no head.
  package static func payloadLength(head: some Collection<UInt8>) -> UInt64? {
    guard head.count == headSize, head.starts(with: mark) else { return nil }
    return head.suffix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Takes a complete frame apart.
  ///
  /// Errors of the child are thrown as such.
  package static func decode(
    _ frame: [UInt8], path: String
  ) throws(ExchangeError) -> (kind: Kind, payload: [UInt8]) {
    guard frame.count >= headSize + tailSize, let length = payloadLength(head: frame.prefix(headSize)),
      length == UInt64(frame.count - headSize - tailSize), let kind = Kind(rawValue: frame[mark.count])
    else { throw nonsense(path) }
    let payload = Array(frame[headSize..<headSize + Int(length)])
    guard SHA256.digest(of: payload).bytes == Array(frame.suffix(tailSize)) else { throw nonsense(path) }
    if kind == .failure {
      guard let error = try? JSONDecoder().decode(ExchangeError.self, from: Data(payload)) else {
        throw nonsense(path)
      }
      throw error
    }
    return (kind, payload)
  }

  static func decodeSchema(_ frame: [UInt8], path: String) throws(ExchangeError) -> NetCDFSchema {
    let (kind, payload) = try decode(frame, path: path)
    guard kind == .schema, let schema = try? decoder.decode(NetCDFSchema.self, from: Data(payload)),
      schema.dimensions.allSatisfy({ $0.length >= 0 })
    else { throw nonsense(path) }
    return schema
  }

  static func decodeWords(
    _ frame: [UInt8], kind: Kind, count: Int, path: String
  ) throws(ExchangeError) -> [UInt64] {
    let (found, payload) = try decode(frame, path: path)
    guard found == kind, payload.count == count * 8 else { throw nonsense(path) }
    return payload.withUnsafeBytes { bytes in
      (0..<count).map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
    }
  }

  static func nonsense(_ path: String) -> ExchangeError {
    ExchangeError(
      path: path, kind: .readerCrashed, reason: "the process that reads it gave no valid answer")
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
