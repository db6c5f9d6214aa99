public import Arrays

/// Which axis of a sparse matrix is compressed: rows (CSR) or columns (CSC).
public enum MatrixOrientation: String, Sendable, Hashable, CaseIterable { case rows, columns }

/// Where the nonzeros of a compressed sparse matrix are: shared by all matrices that differ in values only.
///
/// The major axis is the one that is compressed: rows (CSR) or columns (CSC). Along it, `starts[i]..<starts[i + 1]`
/// are the positions of the nonzeros of row (column) i, whose minor numbers are strictly increasing. Immutable, so
/// that an analysis made for it stays valid; two patterns can be compared by identity first.
public final class SparsityPattern<Index: SparseIndex>: Sendable {
  public let orientation: MatrixOrientation
  public let rowCount: Int
  public let columnCount: Int
  /// `majorCount + 1` positions.
  public let starts: AlignedStorage<Index>
  /// One minor number per nonzero; the storage may be longer than what `starts` covers, never shorter.
  public let indices: AlignedStorage<Index>

  /// A pattern over storage that is filled already and is not written to any more.
  ///
  /// - Throws: `LinearSolverError.invalidPattern` if starts decrease, or minor numbers are out of range or not
  ///   strictly increasing.
  public init(
    orientation: MatrixOrientation, rowCount: Int, columnCount: Int, starts: AlignedStorage<Index>,
    indices: AlignedStorage<Index>
  ) throws(LinearSolverError) {
    self.orientation = orientation
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.starts = starts
    self.indices = indices
    try checkInvariants()
  }

  /// A pattern that is right by construction; only debug builds check it.
  package init(
    unchecked orientation: MatrixOrientation, rowCount: Int, columnCount: Int, starts: AlignedStorage<Index>,
    indices: AlignedStorage<Index>
  ) {
    self.orientation = orientation
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.starts = starts
    self.indices = indices
  }

  /// Rows of a pattern compressed by rows, columns otherwise.
  public var majorCount: Int { orientation == .rows ? rowCount : columnCount }
  public var minorCount: Int { orientation == .rows ? columnCount : rowCount }
  public var nonzeroCount: Int { Int(starts.baseAddress[majorCount]) }
  public var isSquare: Bool { rowCount == columnCount }

  /// The positions of the nonzeros of one row (column).
  @inlinable
  public func positions(_ major: Int) -> Range<Int> {
    Int(starts.baseAddress[major])..<Int(starts.baseAddress[major + 1])
  }

  /// The same numbers read along the other axis: the pattern of the transpose.
  ///
  /// Copies nothing.
  public var transposed: SparsityPattern {
    SparsityPattern(
      unchecked: orientation == .rows ? .columns : .rows, rowCount: columnCount, columnCount: rowCount,
      starts: starts, indices: indices)
  }

  /// The position of an entry, by bisection; `nil` where nothing is stored.
  public func position(row: Int, column: Int) -> Int? {
    let (major, minor) = orientation == .rows ? (row, column) : (column, row)
    var range = positions(major)
    while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
      let found = Int(indices.baseAddress[middle])
      if found == minor { return middle }
      range = found < minor ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// Whether another pattern stores the same entries; immediate for the same object.
  public func isEqual(to other: SparsityPattern) -> Bool {
    if self === other { return true }
    guard orientation == other.orientation, rowCount == other.rowCount, columnCount == other.columnCount,
      nonzeroCount == other.nonzeroCount
    else { return false }
    if starts === other.starts, indices === other.indices { return true }
    return starts.buffer[...majorCount].elementsEqual(other.starts.buffer[...majorCount])
      && indices.buffer[..<nonzeroCount].elementsEqual(other.indices.buffer[..<nonzeroCount])
  }

  private func checkInvariants() throws(LinearSolverError) {
    func fail(_ reason: String) -> LinearSolverError { .invalidPattern(reason: reason) }
    guard rowCount >= 0, columnCount >= 0, starts.count >= majorCount + 1, starts.baseAddress[0] == 0 else {
      throw fail("\(rowCount) × \(columnCount) needs \(majorCount + 1) starts beginning with 0")
    }
    let name = orientation == .rows ? "row" : "column"
    let other = orientation == .rows ? "column" : "row"
    for major in 0..<majorCount {
      let (lower, upper) = (Int(starts.baseAddress[major]), Int(starts.baseAddress[major + 1]))
      guard lower <= upper, upper <= indices.count else {
        throw fail("\(name) \(major) goes from position \(lower) to \(upper) of \(indices.count)")
      }
      var previous = -1
      for position in lower..<upper {
        let minor = Int(indices.baseAddress[position])
        guard (0..<minorCount).contains(minor) else {
          throw fail("\(other) \(minor) of \(name) \(major) is not below \(minorCount)")
        }
        guard minor > previous else {
          throw fail("the \(other)s of \(name) \(major) do not increase at \(minor)")
        }
        previous = minor
      }
    }
  }
}
