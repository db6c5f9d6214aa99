public import Arrays

/// Reads a NetCDF file in a child process, so that a crash of the C library there is an error here.
public struct IsolatedReader: NetCDFSource {
  public let path: String
  public let schema: NetCDFSchema
  public let memoryLimit: Int
  private let child: ReaderProcess

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - executable: A program that hands its arguments to `IsolatedReader.serve`.
  ///   - timeout: Seconds after which a silent child is stopped, for each request.
  ///   - memoryLimit: The largest block that `read` returns, in bytes.
  public init(
    path: String, executable: String, timeout: Double = 60, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) {
    _ = try InputFile(path)
    self.path = path
    self.memoryLimit = memoryLimit
    child = ReaderProcess(executable: executable, timeout: timeout, path: path)
    schema = try IsolatedFrame.decodeSchema(
      try child.answer(to: .schema(memoryLimit: memoryLimit), payloadLimit: memoryLimit), path: path)
  }

  public func read(_ name: String, start: [Int], count: [Int]) throws(ExchangeError) -> NDArray<Double> {
    try checkReadable(name, start, count)
    let bits = try block(name, start, count, kind: .doubles)
    return NDArray(shape: count) { Double(bitPattern: bits[$0]) }
  }

  public func readIntegers(
    _ name: String, start: [Int], count: [Int]
  ) throws(ExchangeError) -> NDArray<Int64> {
    try checkReadable(name, start, count)
    let bits = try block(name, start, count, kind: .integers)
    return NDArray(shape: count) { Int64(bitPattern: bits[$0]) }
  }

  private func block(
    _ name: String, _ start: [Int], _ count: [Int], kind: IsolatedFrame.Kind
  ) throws(ExchangeError) -> [UInt64] {
    let elements = count.reduce(1, *)
    let request = ReaderRequest.block(
      name: name, start: start, count: count, integers: kind == .integers, memoryLimit: memoryLimit)
    let frame = try child.answer(to: request, payloadLimit: elements * 8)
    return try IsolatedFrame.decodeWords(frame, kind: kind, count: elements, path: path)
  }
}
