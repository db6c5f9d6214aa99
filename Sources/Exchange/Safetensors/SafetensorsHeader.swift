/// The header of a safetensors file: an object that maps names to types, shapes and places.
struct SafetensorsHeader {
  private(set) var metadata: [String: String] = [:]
  /// In the order of their bytes.
  private(set) var entries: [SafetensorsEntry] = []
  /// Bytes in front of the data.
  let dataOffset: Int

  /// The format's own limit, 100 MB.
  private static let largest = 100_000_000
  private static let mostAxes = 32

  /// Reads and checks the header.
  ///
  /// - Parameters:
  ///   - size: of the file in bytes.
  ///   - read: returns bytes of the file, count and offset given, which were checked against the size.
  init(
    path: String, size: Int, memoryLimit: Int, read: (Int, Int) throws(ExchangeError) -> [UInt8]
  ) throws(ExchangeError) {
    guard size >= 8 else { throw .unsupported(path, "it is not a safetensors file") }
    let length = try read(8, 0).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(size - 8) else {
      throw .corrupted(path, "its header should have \(length) bytes, and the file has \(size)")
    }
    let allowed = min(Self.largest, memoryLimit)
    guard length <= UInt64(allowed) else {
      throw .tooLarge(path: path, bytes: Int(length), limit: allowed)
    }
    dataOffset = 8 + Int(length)
    let text = try read(Int(length), 8)
    do throws(HeaderScanner.Mistake) {
      try parse(text)
    } catch {
      throw .corrupted(path, "\(error.reason), at byte \(error.position) of its header")
    }
    try checkPlaces(dataSize: size - dataOffset, path: path)
  }

  private mutating func parse(_ bytes: [UInt8]) throws(HeaderScanner.Mistake) {
    var scanner = HeaderScanner(bytes)
    var names: Set<String> = []
    var metadata: [String: String] = [:]
    var entries: [SafetensorsEntry] = []
    try scanner.object { (name, scanner) throws(HeaderScanner.Mistake) in
      guard names.insert(name).inserted else {
        throw scanner.mistake("the name '\(name.printable)' stands there twice")
      }
      if name == "__metadata__" {
        try scanner.object { (key, scanner) throws(HeaderScanner.Mistake) in
          guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
            throw scanner.mistake("the key '\(key.printable)' stands there twice")
          }
        }
      } else {
        entries.append(try Self.entry(name, &scanner))
      }
    }
    guard scanner.isAtEnd else { throw scanner.mistake("something stands behind the object") }
    self.metadata = metadata
    self.entries = entries
  }

  private static func entry(
    _ name: String, _ scanner: inout HeaderScanner
  ) throws(HeaderScanner.Mistake) -> SafetensorsEntry {
    var type: SafetensorsType?
    var shape: [Int]?
    var places: [Int]?
    try scanner.object { (key, scanner) throws(HeaderScanner.Mistake) in
      switch key {
      case "dtype" where type == nil:
        let text = try scanner.string()
        type = SafetensorsType(rawValue: text)
        guard type != nil else { throw scanner.mistake("the type '\(text.printable)' is not known") }
      case "shape" where shape == nil: shape = try scanner.numbers(limit: mostAxes)
      case "data_offsets" where places == nil: places = try scanner.numbers(limit: 2)
      default: throw scanner.mistake("the key '\(key.printable)' is unknown or stands there twice")
      }
    }
    guard let type, let shape, let places, places.count == 2, places[0] <= places[1] else {
      throw scanner.mistake("'\(name.printable)' lacks its dtype, shape or data_offsets")
    }
    guard let bytes = MemoryLimit.bytes(shape: shape, elementSize: type.size),
      bytes == places[1] - places[0]
    else {
      throw scanner.mistake(
        "the shape of '\(name.printable)' does not fit its \(places[1] - places[0]) bytes")
    }
    return SafetensorsEntry(name: name, type: type, shape: shape, range: places[0]..<places[1])
  }

  /// The format allows neither gaps nor overlaps: every byte belongs to one tensor.
  private mutating func checkPlaces(dataSize: Int, path: String) throws(ExchangeError) {
    // Tensors without elements may share a place; by name, their order is always the same.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < (
        $1.range.lowerBound, $1.range.upperBound, $1.name
      )
    }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw .corrupted(path, "a gap or an overlap is in front of the tensor '\(entry.name.printable)'")
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw .corrupted(path, "its tensors have \(end) bytes, and it holds \(dataSize)")
    }
  }
}

extension String {
  /// The beginning, safe to be printed.
  var printable: String {
    String(
      String.UnicodeScalarView(unicodeScalars.prefix(60).map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }))
  }
}
