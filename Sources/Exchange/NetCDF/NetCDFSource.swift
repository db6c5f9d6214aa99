public import Arrays

/// A NetCDF file open for reading, in this process or in another one.
public protocol NetCDFSource: Sendable {
  var path: String { get }
  /// Dimensions and variables, those of groups under names such as `t0_fields/density`, and the attributes of the root.
  var schema: NetCDFSchema { get }
  /// The largest block that is read, in bytes.
  var memoryLimit: Int { get }
  /// Reads `count` elements per axis from `start` on, converted to double precision.
  func read(_ name: String, start: [Int], count: [Int]) throws(ExchangeError) -> NDArray<Double>
  /// The same for variables of integers, without loss.
  func readIntegers(_ name: String, start: [Int], count: [Int]) throws(ExchangeError) -> NDArray<Int64>
}

extension NetCDFSource {
  /// Reads a whole variable.
  public func read(_ name: String) throws(ExchangeError) -> NDArray<Double> {
    let shape = try shape(of: name)
    return try read(name, start: shape.map { _ in 0 }, count: shape)
  }

  /// Reads one record of a variable: its block at `index` of the first axis, without that axis.
  public func read(_ name: String, record index: Int) throws(ExchangeError) -> NDArray<Double> {
    let shape = try shape(of: name)
    guard !shape.isEmpty else { throw .mismatch(path, "'\(name)' is a single number") }
    let rest = Array(shape.dropFirst())
    return try read(name, start: [index] + rest.map { _ in 0 }, count: [1] + rest).reshaped(rest)
  }

  /// The length of every axis of a variable.
  public func shape(of name: String) throws(ExchangeError) -> [Int] {
    schema.shape(of: try variable(name))
  }

  func variable(_ name: String) throws(ExchangeError) -> NetCDFVariable {
    guard let variable = schema.variable(name) else {
      let names = schema.variables.map(\.name).joined(separator: ", ")
      throw ExchangeError(
        path: path, kind: .noSuchName, reason: "there is no variable '\(name)'",
        hint: names.isEmpty ? nil : "it has \(names)")
    }
    return variable
  }

  /// Checks a block before memory is taken for it.
  func checkReadable(_ name: String, _ start: [Int], _ count: [Int]) throws(ExchangeError) {
    let variable = try variable(name)
    guard variable.type != .other else {
      throw .unsupported(path, "'\(name)' holds strings or a user-defined type, not numbers")
    }
    try checkBlock(path: path, name: name, shape: schema.shape(of: variable), start: start, count: count)
    guard let bytes = MemoryLimit.bytes(shape: count, elementSize: 8) else {
      throw ExchangeError(
        path: path, kind: .tooLarge, reason: "'\(name)' is larger than any memory")
    }
    guard bytes <= memoryLimit else { throw .tooLarge(path: path, bytes: bytes, limit: memoryLimit) }
  }
}

extension NetCDF {
  /// Where a file that is not of the checked classic kind is opened.
  public enum Isolation: Sendable, Hashable {
    /// In a child process of this executable, which calls `IsolatedReader.serve`.
    case childProcess(executable: String, timeout: Double = 60)
    /// Here: a hostile file may crash this process.
    case inProcess
  }

  /// Opens a file for reading: classic files here, after a check of their header, others as asked for.
  public static func open(
    _ path: String, isolation: Isolation, memoryLimit: Int = MemoryLimit.standard
  ) throws(ExchangeError) -> any NetCDFSource {
    let file = try InputFile(path)
    let magic = try file.read(count: min(4, file.size), at: 0)
    if magic.starts(with: Array("CDF".utf8)) {
      return try NetCDFReader(path: path, memoryLimit: memoryLimit)
    }
    switch isolation {
    case .childProcess(let executable, let timeout):
      return try IsolatedReader(
        path: path, executable: executable, timeout: timeout, memoryLimit: memoryLimit)
    case .inProcess:
      return try NetCDFReader(path: path, memoryLimit: memoryLimit, acceptsForeignFormats: true)
    }
  }
}
