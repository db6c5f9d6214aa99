import Arrays

/// One hash for all data of a NetCDF file: equal data, equal hash, whatever the attributes say.
public enum DataDigest {
  /// SHA-256 over every variable in the order of their names: name, type, shape, and the values row-major
  /// as little-endian doubles (integers as 64-bit integers, but `uint64` as doubles).
  ///
  /// Variables of strings or user-defined types are left out. The file is read in blocks of some MiB.
  public static func ofFile(
    _ path: String, isolation: NetCDF.Isolation = .inProcess
  ) throws(ExchangeError) -> SHA256.Digest {
    try of(try NetCDF.open(path, isolation: isolation))
  }

  /// The same for a file that is open.
  public static func of(_ source: any NetCDFSource) throws(ExchangeError) -> SHA256.Digest {
    var hash = SHA256()
    // Names are compared by their bytes, not by the rules of a language.
    let variables = source.schema.variables.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for variable in variables where variable.type != .other {
      let shape = source.schema.shape(of: variable)
      for text in [variable.name, variable.type.rawValue, shape.map { "\($0)" }.joined(separator: ",")] {
        hash.update(Array(text.utf8) + [0])
      }
      try update(&hash, source, variable, shape)
    }
    return hash.finalized()
  }

  private static func update(
    _ hash: inout SHA256, _ source: any NetCDFSource, _ variable: NetCDFVariable, _ shape: [Int]
  ) throws(ExchangeError) {
    let blocks = BlockSequence(shape: shape, elements: 1 << 19)
    for (start, count) in blocks {
      switch variable.type {
      case .double, .float, .character, .other, .uint64:
        let values = try source.read(variable.name, start: start, count: count)
        values.withUnsafeBuffer { hash.update(UnsafeRawBufferPointer($0)) }
      default:
        let values = try source.readIntegers(variable.name, start: start, count: count)
        values.withUnsafeBuffer { hash.update(UnsafeRawBufferPointer($0)) }
      }
    }
  }
}

/// The blocks of at most `elements` numbers that make up an array, in row-major order.
struct BlockSequence: Sequence, IteratorProtocol {
  private let shape: [Int]
  /// The axis that is cut; those before it are walked one index at a time.
  private let axis: Int
  private let step: Int
  private var start: [Int]
  private var isDone: Bool

  init(shape: [Int], elements: Int) {
    self.shape = shape
    start = shape.map { _ in 0 }
    isDone = shape.contains(0)
    var inner = 1
    var axis = shape.count
    while axis > 0, inner <= elements / Swift.max(shape[axis - 1], 1) {
      axis -= 1
      inner *= shape[axis]
    }
    self.axis = axis - 1
    step = Swift.max(1, elements / Swift.max(inner, 1))
  }

  mutating func next() -> (start: [Int], count: [Int])? {
    guard !isDone else { return nil }
    guard axis >= 0 else {
      isDone = true
      return (start, shape)
    }
    var count = shape
    for outer in 0..<axis { count[outer] = 1 }
    count[axis] = Swift.min(step, shape[axis] - start[axis])
    let block = (start, count)
    start[axis] += count[axis]
    var carry = axis
    while start[carry] == shape[carry] {
      guard carry > 0 else {
        isDone = true
        break
      }
      start[carry] = 0
      carry -= 1
      start[carry] += 1
    }
    return block
  }
}
