public import Arrays

/// Vectors in files, told by the ending of the name: `.npy`, `.mtx`, or text of numbers between blanks.
public enum VectorFile {
  /// Reads a vector: an array of one axis, or of two with a single row or column.
  ///
  /// - Throws: `ExchangeError`, `.mismatch` for an array that is no vector.
  public static func read(
    _ path: String, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> NDArray<Double> {
    let array: NDArray<Double> =
      switch ending(of: path) {
      case "npy": try NumPyFile.readDoubles(path, memoryLimit: memoryLimit)
      case "mtx": try MatrixMarketFile.readArray(path, memoryLimit: memoryLimit)
      default: try readText(path, memoryLimit: memoryLimit)
      }
    let lengths = array.shape.filter { $0 != 1 }
    guard lengths.count <= 1, !array.shape.isEmpty else {
      let shape = array.shape.map { "\($0)" }.joined(separator: " × ")
      throw .mismatch(path, "it holds \(shape.isEmpty ? "one number" : "\(shape) numbers"), not a vector")
    }
    if let position = array.firstThatIsNotFinite {
      throw .mismatch(path, "its number \(position + 1) is \(array[flat: position])")
    }
    return array.reshaped([array.count])
  }

  /// Writes a vector; text has one number a line.
  public static func write(_ vector: NDArray<Double>, to path: String) throws(ExchangeError) {
    switch ending(of: path) {
    case "npy": try NumPyFile.write(vector, to: path)
    case "mtx": try MatrixMarketFile.write(vector, to: path)
    default:
      try AtomicFile.write(to: path) { file throws(ExchangeError) in
        var text = DecimalText()
        for index in 0..<vector.count {
          text.append(vector[flat: index])
          text.append(byte: UInt8(ascii: "\n"))
          try text.flush(to: file)
        }
        try text.flush(to: file, isComplete: true)
      }
    }
  }

  /// Numbers between blanks and line ends; lines that begin with `#` or `%` are comments.
  private static func readText(_ path: String, memoryLimit: Int) throws(ExchangeError) -> NDArray<Double> {
    var scanner = ByteScanner(try InputFile(path))
    var numbers: [Double] = []
    while var line = try scanner.nextLine() {
      guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "%") else { continue }
      while let word = line.word() {
        guard numbers.count < memoryLimit / 8 else {
          throw .tooLarge(path: path, bytes: 8 * (numbers.count + 1), limit: memoryLimit)
        }
        numbers.append(try MatrixMarketFile.number(word, scanner))
      }
    }
    guard !numbers.isEmpty else { throw .corrupted(path, "there are no numbers in it") }
    return NDArray(shape: [numbers.count], numbers)
  }

  /// What stands behind the last point of a name, in lower case.
  package static func ending(of path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }
}

extension NDArray<Double> {
  fileprivate var firstThatIsNotFinite: Int? {
    withUnsafeBuffer { elements in elements.firstIndex { !$0.isFinite } }
  }
}
