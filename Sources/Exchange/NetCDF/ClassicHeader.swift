/// The header of a classic NetCDF file (CDF-1, CDF-2, CDF-5), read without the C library.
///
/// A file whose header passes here has sizes that agree with each other and with the length of the
/// file, so that the C library can be trusted with it. Layout: Unidata, *NetCDF Classic Format
/// Specification*.
public struct ClassicHeader: Sendable, Hashable {
  public struct Dimension: Sendable, Hashable {
    public var name: String
    /// The length; 0 for the record dimension.
    public var length: Int
  }

  public struct Variable: Sendable, Hashable {
    public var name: String
    /// Indices into `dimensions`.
    public var dimensions: [Int]
    /// Where the data begin, in bytes from the start of the file.
    public var begin: Int
    /// Bytes of the data, or of one record, without padding.
    public var size: Int
    public var isRecord: Bool
  }

  /// 1, 2 or 5.
  public private(set) var version = 0
  public private(set) var recordCount = 0
  /// The number of records that the header states.
  ///
  /// One more than `recordCount` in a file whose program was killed after it had counted the last record and before it had
  /// written it: then the attribute for the wall time says that the run has not ended.
  public private(set) var statedRecordCount = 0
  public private(set) var dimensions: [Dimension] = []
  public private(set) var variables: [Variable] = []
  /// Bytes from one record to the next.
  public private(set) var recordSize = 0
  /// Bytes of the header itself.
  public private(set) var headerSize = 0
  /// Bytes the file must have to hold all its records.
  public private(set) var requiredFileSize = 0

  /// Reads and checks the header of a file.
  ///
  /// Throws an error of kind `unsupportedFormat` for files that are not classic NetCDF, and
  /// `corrupted` for headers that contradict themselves or the length of the file.
  public init(path: String) throws(ExchangeError) { try self.init(InputFile(path)) }

  init(_ file: InputFile) throws(ExchangeError) {
    guard file.size >= 4 else { throw .unsupported(file.path, "it is not a NetCDF file") }
    let magic = try file.read(count: 4, at: 0)
    guard magic.starts(with: Array("CDF".utf8)), [1, 2, 5].contains(magic[3]) else {
      throw .unsupported(file.path, "it is not a classic NetCDF file")
    }
    version = Int(magic[3])
    var cursor = HeaderCursor(file, position: 4)
    let width = version == 5 ? 8 : 4
    let records = try cursor.unsigned(width: width)
    guard records != (width == 8 ? .max : 0xFFFF_FFFF) else {
      throw .unsupported(file.path, "its number of records is left open, as in a stream")
    }
    guard records < 1 << (UInt64(width) * 8 - 1) else {
      throw cursor.broken("the number of records is negative")
    }
    recordCount = Int(records)
    statedRecordCount = recordCount
    try readDimensions(&cursor, width)
    let isUnfinished = try readAttributes(&cursor, width)
    try readVariables(&cursor, width)
    headerSize = cursor.position
    do { try checkExtents(cursor) } catch {
      guard isUnfinished, recordCount > 0 else { throw error }
      recordCount -= 1
      try checkExtents(cursor)
    }
  }

  private func listCount(
    _ cursor: inout HeaderCursor, _ width: Int, tag: UInt64, of what: String, smallest: Int
  ) throws(ExchangeError) -> Int {
    let found = try cursor.unsigned(width: 4)
    let count = try cursor.count(width: width, of: "number of \(what)")
    guard found == tag || (found == 0 && count == 0) else {
      throw cursor.broken("the list of \(what) has a wrong mark")
    }
    // Every entry takes some bytes, so a count that the file cannot hold is refused before the loop.
    guard count <= cursor.remaining / smallest, count <= 65_536 else {
      throw cursor.broken("\(count) \(what) do not fit into the file")
    }
    return count
  }

  private mutating func readDimensions(_ cursor: inout HeaderCursor, _ width: Int) throws(ExchangeError) {
    let count = try listCount(&cursor, width, tag: 0x0A, of: "dimensions", smallest: 4 + 2 * width)
    var names: Set<String> = []
    for _ in 0..<count {
      let name = try cursor.name(width: width)
      guard names.insert(name).inserted else { throw cursor.broken("two dimensions are called '\(name)'") }
      dimensions.append(
        Dimension(name: name, length: try cursor.count(width: width, of: "length of '\(name)'")))
    }
    guard dimensions.count(where: { $0.length == 0 }) <= 1 else {
      throw cursor.broken("there are two record dimensions")
    }
  }

  /// - Returns: whether there is a wall time of zero, which a run leaves that has not ended.
  @discardableResult
  private func readAttributes(_ cursor: inout HeaderCursor, _ width: Int) throws(ExchangeError) -> Bool {
    var isUnfinished = false
    let count = try listCount(&cursor, width, tag: 0x0C, of: "attributes", smallest: 8 + 2 * width)
    var names: Set<String> = []
    for _ in 0..<count {
      let name = try cursor.name(width: width)
      guard names.insert(name).inserted else { throw cursor.broken("two attributes are called '\(name)'") }
      let element = try elementSize(&cursor)
      let length = try cursor.count(width: width, of: "length of attribute '\(name)'")
      guard length <= cursor.remaining / element else {
        throw cursor.broken("attribute '\(name)' is longer than the file")
      }
      if name == Provenance.wallSecondsAttribute, element == 8, length == 1 {
        isUnfinished = Double(bitPattern: try cursor.unsigned(width: 8)) == 0
      } else {
        try cursor.skip((length * element).paddedToFour)
      }
    }
    return isUnfinished
  }

  private func elementSize(_ cursor: inout HeaderCursor) throws(ExchangeError) -> Int {
    let code = try cursor.unsigned(width: 4)
    // The types in the order of their codes: byte, char, short, int, float, double, then CDF-5's.
    let sizes = [1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8]
    guard code >= 1, code <= (version == 5 ? 11 : 6) else {
      throw cursor.broken("there is no data type \(code)")
    }
    return sizes[Int(code) - 1]
  }

  private mutating func readVariables(_ cursor: inout HeaderCursor, _ width: Int) throws(ExchangeError) {
    let count = try listCount(&cursor, width, tag: 0x0B, of: "variables", smallest: 16 + 3 * width)
    var names: Set<String> = []
    for _ in 0..<count {
      let name = try cursor.name(width: width)
      guard names.insert(name).inserted else { throw cursor.broken("two variables are called '\(name)'") }
      let rank = try cursor.count(width: width, of: "rank of '\(name)'")
      guard rank <= 1024 else { throw cursor.broken("'\(name)' has \(rank) dimensions") }
      var axes: [Int] = []
      for position in 0..<rank {
        let axis = try cursor.count(width: width, of: "dimension of '\(name)'")
        guard axis < dimensions.count else { throw cursor.broken("'\(name)' has an unknown dimension") }
        guard dimensions[axis].length > 0 || position == 0 else {
          throw cursor.broken("the record dimension of '\(name)' is not its first")
        }
        axes.append(axis)
      }
      try readAttributes(&cursor, width)
      let element = try elementSize(&cursor)
      // The stored size is redundant, and its meaning differs between versions: it is computed instead.
      try cursor.skip(width)
      let begin = try cursor.count(width: version == 1 ? 4 : 8, of: "offset of '\(name)'")
      let isRecord = axes.first.map { dimensions[$0].length == 0 } ?? false
      let lengths = axes.dropFirst(isRecord ? 1 : 0).map { dimensions[$0].length }
      guard let size = MemoryLimit.bytes(shape: lengths, elementSize: element), size < Int.max - 3 else {
        throw cursor.broken("'\(name)' is larger than any file")
      }
      variables.append(
        Variable(name: name, dimensions: axes, begin: begin, size: size, isRecord: isRecord))
    }
  }

  private mutating func checkExtents(_ cursor: HeaderCursor) throws(ExchangeError) {
    let recordVariables = variables.filter(\.isRecord)
    recordSize = 0
    if recordVariables.count == 1 {
      // A single record variable is stored without padding between its records.
      recordSize = recordVariables[0].size
    } else {
      for variable in recordVariables {
        let (sum, overflow) = recordSize.addingReportingOverflow(variable.size.paddedToFour)
        guard !overflow else { throw cursor.broken("a record is larger than any file") }
        recordSize = sum
      }
    }
    requiredFileSize = headerSize
    for variable in variables {
      guard variable.begin >= headerSize else {
        throw cursor.broken("'\(variable.name)' begins inside the header")
      }
      var end = variable.begin
      if variable.isRecord {
        guard recordCount > 0 else { continue }
        let (before, tooFar) = recordSize.multipliedReportingOverflow(by: recordCount - 1)
        let (last, tooFarToo) = end.addingReportingOverflow(before)
        guard !tooFar, !tooFarToo else { throw cursor.broken("'\(variable.name)' ends beyond any file") }
        end = last
      }
      let (total, overflow) = end.addingReportingOverflow(variable.size)
      guard !overflow else { throw cursor.broken("'\(variable.name)' ends beyond any file") }
      requiredFileSize = max(requiredFileSize, total)
    }
    guard requiredFileSize <= cursor.file.size else {
      throw .corrupted(
        cursor.file.path,
        "it is cut off: its header promises \(requiredFileSize) bytes, and there are \(cursor.file.size)")
    }
  }
}
