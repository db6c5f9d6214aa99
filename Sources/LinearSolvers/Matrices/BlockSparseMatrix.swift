public import Arrays
import CKernels

/// A sparse matrix of small dense blocks of one size, compressed by rows of blocks (BSR): several unknowns per node.
///
/// One index per block instead of one per number: at block size 3 a product moves two thirds of the memory. Sizes
/// from 2 to 8 have kernels of their own. Products are the same whatever the number of workers.
public final class BlockSparseMatrix: TransposableOperator {
  /// Rows and columns of a block.
  public let blockSize: Int
  /// Where the blocks are, in rows and columns of blocks.
  public let pattern: SparsityPattern<Int32>
  /// Block after block in the order of the pattern, each column by column.
  public let values: AlignedStorage<Double>
  public let workers: Workers?
  private let parts: [Range<Int>]

  /// A matrix over storage that is filled already and is not written to any more.
  public init(
    blockSize: Int, pattern: SparsityPattern<Int32>, values: AlignedStorage<Double>, workers: Workers? = nil
  ) {
    precondition(blockSize >= 1, "BlockSparseMatrix: blockSize \(blockSize) must be at least 1")
    precondition(pattern.orientation == .rows, "BlockSparseMatrix: the pattern must be compressed by rows")
    precondition(
      values.count >= pattern.nonzeroCount * blockSize * blockSize,
      "BlockSparseMatrix: \(values.count) values for \(pattern.nonzeroCount) blocks of size \(blockSize)")
    self.blockSize = blockSize
    self.pattern = pattern
    self.values = values
    self.workers = workers
    parts = Self.parts(pattern, blockSize: blockSize, count: workers?.count ?? 1)
  }

  /// The blocks that a matrix touches; numbers that it does not store are zeros in them.
  ///
  /// - Throws: `LinearSolverError.invalidPattern` if the block size does not divide rows and columns.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  public convenience init<Index: SparseIndex>(
    _ matrix: SparseMatrix<Index>, blockSize: Int, workers: Workers? = nil
  ) throws(LinearSolverError) {
    guard blockSize >= 1, matrix.rowCount % blockSize == 0, matrix.columnCount % blockSize == 0,
      max(matrix.rowCount, matrix.columnCount) / blockSize < Int(Int32.max)
    else {
      throw .invalidPattern(
        reason:
          "\(matrix.rowCount) × \(matrix.columnCount) is not made of blocks of \(blockSize) × \(blockSize)")
    }
    let (pattern, order) = try BlockPattern.blocks(of: matrix.pattern, size: blockSize)
    let values = AlignedStorage<Double>(count: pattern.nonzeroCount * blockSize * blockSize)
    for position in 0..<matrix.nonzeroCount {
      values.baseAddress[order.baseAddress[position]] = matrix.values.baseAddress[position]
    }
    self.init(blockSize: blockSize, pattern: pattern, values: values, workers: workers)
  }

  public var rowCount: Int { pattern.rowCount * blockSize }
  public var columnCount: Int { pattern.columnCount * blockSize }
  public var blockCount: Int { pattern.nonzeroCount }

  /// An entry; zero where no block is stored.
  public subscript(row: Int, column: Int) -> Double {
    guard let block = pattern.position(row: row / blockSize, column: column / blockSize) else { return 0 }
    return values.baseAddress[(block * blockSize + column % blockSize) * blockSize + row % blockSize]
  }

  public func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    guard let workers, parts.count > 1 else { return multiply(0..<pattern.rowCount, x, y) }
    nonisolated(unsafe) let (x, y) = (x, y)
    workers.run(chunks: parts.count) { [self] chunk, _ in multiply(parts[chunk], x, y) }
  }

  public func applyTranspose(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    y.update(repeating: 0, count: columnCount)
    pvk_blocks_multiply_transpose(
      blockSize, 0, pattern.rowCount, pattern.starts.baseAddress, pattern.indices.baseAddress,
      values.baseAddress,
      x, y)
  }

  private func multiply(
    _ rows: Range<Int>, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    pvk_blocks_multiply(
      blockSize, rows.lowerBound, rows.upperBound, pattern.starts.baseAddress, pattern.indices.baseAddress,
      values.baseAddress, x, y)
  }

  /// The same matrix without blocks; zeros inside blocks are stored.
  public func expanded() -> SparseMatrix<Int32> {
    let starts = AlignedStorage<Int32>(count: rowCount + 1)
    let indices = AlignedStorage<Int32>(count: blockCount * blockSize * blockSize)
    let numbers = AlignedStorage<Double>(count: blockCount * blockSize * blockSize)
    var count = 0
    for row in 0..<rowCount {
      for block in pattern.positions(row / blockSize) {
        for column in 0..<blockSize {
          indices.baseAddress[count] = pattern.indices.baseAddress[block] * Int32(blockSize) + Int32(column)
          numbers.baseAddress[count] =
            values.baseAddress[(block * blockSize + column) * blockSize + row % blockSize]
          count += 1
        }
      }
      starts.baseAddress[row + 1] = Int32(count)
    }
    let pattern = SparsityPattern<Int32>(
      unchecked: .rows, rowCount: rowCount, columnCount: columnCount, starts: starts, indices: indices)
    return SparseMatrix(pattern: pattern, values: numbers)
  }

  /// Splits the rows of blocks so that the numbers are shared.
  private static func parts(_ pattern: SparsityPattern<Int32>, blockSize: Int, count: Int) -> [Range<Int>] {
    let total = pattern.nonzeroCount
    // Too little work to wake a thread for.
    guard count > 1, total * blockSize * blockSize > 20_000 else { return [0..<pattern.rowCount] }
    var first = 0
    return (1...count).map { part in
      var last = part == count ? pattern.rowCount : first
      while last < pattern.rowCount, Int(pattern.starts.baseAddress[last]) < total * part / count {
        last += 1
      }
      defer { first = last }
      return first..<last
    }
  }
}

/// The pattern of the blocks that a pattern of numbers touches.
enum BlockPattern {
  /// The blocks, and for every nonzero of the pattern its place among their values.
  @_specialize(where Index == Int)
  @_specialize(where Index == Int32)
  static func blocks<Index: SparseIndex>(
    of pattern: SparsityPattern<Index>, size: Int
  ) throws(LinearSolverError) -> (pattern: SparsityPattern<Int32>, places: AlignedStorage<Int>) {
    let (majorBlocks, minorBlocks) = (pattern.majorCount / size, pattern.minorCount / size)
    let isByRows = pattern.orientation == .rows
    // Columns are gathered as rows of the transpose, and the block list is turned at the end.
    var entries: [(major: Int32, minor: Int32)] = []
    let blockOf = AlignedStorage<Int32>(count: pattern.nonzeroCount)
    var last = [Int32](repeating: -1, count: minorBlocks)
    for major in 0..<majorBlocks {
      let first = entries.count
      for line in major * size..<(major + 1) * size {
        for position in pattern.positions(line) {
          let minor = Int(pattern.indices.baseAddress[position]) / size
          if last[minor] < Int32(first) {
            guard entries.count < Int(Int32.max) else {
              throw .invalidPattern(reason: "there are too many blocks for indices of 32 bits")
            }
            last[minor] = Int32(entries.count)
            entries.append((Int32(major), Int32(minor)))
          }
          blockOf.baseAddress[position] = last[minor]
        }
      }
    }
    let order = entries.indices.sorted {
      isByRows
        ? (entries[$0].major, entries[$0].minor) < (entries[$1].major, entries[$1].minor)
        : (entries[$0].minor, entries[$0].major) < (entries[$1].minor, entries[$1].major)
    }
    let rowBlocks = isByRows ? majorBlocks : minorBlocks
    let starts = AlignedStorage<Int32>(count: rowBlocks + 1)
    let indices = AlignedStorage<Int32>(count: entries.count)
    var newPlace = [Int](repeating: 0, count: entries.count)
    for (place, old) in order.enumerated() {
      newPlace[old] = place
      indices.baseAddress[place] = isByRows ? entries[old].minor : entries[old].major
      starts.baseAddress[Int(isByRows ? entries[old].major : entries[old].minor) + 1] += 1
    }
    for row in 0..<rowBlocks { starts.baseAddress[row + 1] += starts.baseAddress[row] }
    let places = AlignedStorage<Int>(count: pattern.nonzeroCount)
    for major in 0..<pattern.majorCount {
      for position in pattern.positions(major) {
        let minor = Int(pattern.indices.baseAddress[position])
        let (row, column) = isByRows ? (major, minor) : (minor, major)
        let block = newPlace[Int(blockOf.baseAddress[position])]
        places.baseAddress[position] = (block * size + column % size) * size + row % size
      }
    }
    return (
      SparsityPattern(
        unchecked: .rows, rowCount: rowBlocks, columnCount: isByRows ? minorBlocks : majorBlocks,
        starts: starts,
        indices: indices), places
    )
  }
}
