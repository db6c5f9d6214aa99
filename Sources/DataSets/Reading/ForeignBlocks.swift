import Arrays
import Exchange
import Synchronization

/// Samples of a file of others, read in blocks of neighbours: opening a file of HDF5 takes a process.
final class ForeignBlocks: Sendable {
  private let source: any NetCDFSource
  private let variables: [ForeignVariable]
  /// The samples that there are.
  private let positions: Range<Int>
  /// Samples of a block.
  private let size: Int
  /// The blocks that are in memory, the last used one at the end.
  private let blocks = Mutex<[(number: Int, values: [NDArray<Double>])]>([])

  private static let blockBytes = 8 << 20
  private static let blockCount = 8

  init(_ variables: [ForeignVariable], in source: any NetCDFSource, positions: Range<Int>) {
    self.source = source
    self.variables = variables
    self.positions = positions
    let bytes = variables.reduce(0) { $0 + $1.sampleSize } * MemoryLayout<Double>.stride
    size = max(1, Self.blockBytes / max(bytes, 1))
  }

  /// Lends a sample: its number among the values, and these by variable.
  ///
  /// - Throws: `ExchangeError`, and what `body` throws.
  func withSample(_ position: Int, _ body: (_ number: Int, _ values: [NDArray<Double>]) throws -> Void) throws
  {
    let number = (position - positions.lowerBound) / size
    let first = positions.lowerBound + number * size
    let values = try blocks.withLock { blocks in
      if let known = blocks.firstIndex(where: { $0.number == number }) {
        blocks.append(blocks.remove(at: known))
      } else {
        let wanted = first..<min(first + size, positions.upperBound)
        blocks.append((number, try variables.map { try $0.read(wanted, from: source) }))
        if blocks.count > Self.blockCount { blocks.removeFirst() }
      }
      return blocks[blocks.count - 1].values
    }
    try body(position - first, values)
  }
}
