public import Arrays

/// Arrays in NumPy's `.npy` format: version 1.0, C order, little endian.
public enum NumPyFile {
  /// Writes an array in double precision.
  public static func write(_ array: NDArray<Double>, to path: String) throws(ExchangeError) {
    try write(array, descriptor: "<f8", to: path)
  }

  /// Writes an array in single precision.
  public static func write(_ array: NDArray<Float>, to path: String) throws(ExchangeError) {
    try write(array, descriptor: "<f4", to: path)
  }

  /// Writes an array of 32-bit integers, such as numbers of nodes.
  public static func write(_ array: NDArray<Int32>, to path: String) throws(ExchangeError) {
    try write(array, descriptor: "<i4", to: path)
  }

  /// Reads an array of doubles; one of floats is widened.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - memoryLimit: The largest array that is read, in bytes.
  public static func readDoubles(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> NDArray<Double> {
    let (header, bytes) = try content(path, memoryLimit: memoryLimit)
    if header.elementSize == 4 {
      let narrow = array(header.shape, bytes, Float.self)
      return NDArray(shape: header.shape) { Double(narrow[flat: $0]) }
    }
    return array(header.shape, bytes, Double.self)
  }

  /// Reads an array of floats; one of doubles is refused, since it would lose digits.
  public static func readFloats(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> NDArray<Float> {
    let (header, bytes) = try content(path, memoryLimit: memoryLimit)
    guard header.elementSize == 4 else { throw .mismatch(path, "it holds doubles, not floats") }
    return array(header.shape, bytes, Float.self)
  }

  private static func write<Element>(
    _ array: NDArray<Element>, descriptor: String, to path: String
  ) throws(ExchangeError) {
    let lengths = array.shape.map { "\($0)" }.joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
    let text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(shape), }"
    // Magic, version and length take ten bytes; the data begin at a multiple of 64.
    let padding = (64 - (10 + text.utf8.count + 1) % 64) % 64
    let header = Array((text + String(repeating: " ", count: padding) + "\n").utf8)
    guard header.count <= Int(UInt16.max) else {
      throw .unsupported(path, "\(array.shape.count) axes are too many for this format")
    }
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      try file.write(
        NumPyHeader.magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header)
      let outcome: Result<Void, ExchangeError> = array.withUnsafeBuffer { elements in
        do throws(ExchangeError) { return .success(try file.write(elements: elements)) } catch {
          return .failure(error)
        }
      }
      try outcome.get()
    }
  }

  private static func content(
    _ path: String, memoryLimit: Int
  ) throws(ExchangeError) -> (NumPyHeader, [UInt8]) {
    let file = try InputFile(path)
    let header = try NumPyHeader(file)
    guard let bytes = MemoryLimit.bytes(shape: header.shape, elementSize: header.elementSize) else {
      throw .corrupted(path, "its shape is larger than any memory")
    }
    guard bytes == file.size - header.dataOffset else {
      throw .corrupted(path, "its shape needs \(bytes) bytes, and it has \(file.size - header.dataOffset)")
    }
    guard bytes <= memoryLimit else { throw .tooLarge(path: path, bytes: bytes, limit: memoryLimit) }
    return (header, try file.read(count: bytes, at: header.dataOffset))
  }

  private static func array<Element>(
    _ shape: [Int], _ bytes: [UInt8], _ type: Element.Type
  ) -> NDArray<Element> {
    var result = NDArray<Element>(shape: shape)
    result.withUnsafeMutableBuffer { elements in
      UnsafeMutableRawBufferPointer(elements).copyBytes(from: bytes)
    }
    return result
  }
}
