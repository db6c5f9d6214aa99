import Arrays
import Geometry
import LinearSolvers

/// Where the matrix of balances over cells has entries: a cell and its neighbours, for every coupled unknown.
struct CellPattern {
  let pattern: SparsityPattern<Int>
  private let cellCount: Int
  /// Per equation the unknowns that it depends on, ascending.
  private let couplings: [[Int]]
  /// Cells × slots: the place of a neighbour among a cell's sorted neighbours.
  private let places: [UInt8]
  /// How many different neighbours a cell has, itself included.
  private let widths: [UInt8]
  private let slotCount: Int

  /// The slot of the cell itself.
  static let own = 0

  /// The slot of the neighbour at a side.
  static func slot(_ axis: Int, _ side: Side) -> Int { 1 + 2 * axis + (side == .upper ? 1 : 0) }

  init(_ grid: CellGrid, couplings: [[Int]]) {
    let (cells, slots) = (grid.cellCount, 2 * grid.dimension + 1)
    var places = [UInt8](repeating: 0, count: cells * slots)
    var widths = [UInt8](repeating: 0, count: cells)
    let starts = AlignedStorage<Int>(count: couplings.count * cells + 1)
    var offsets = [Int](repeating: 0, count: cells * slots)
    var total = 0
    for cell in 0..<cells {
      var sorted: [Int] = [cell]
      var own = [Int](repeating: cell, count: slots)
      for axis in 0..<grid.dimension {
        for side in Side.allCases {
          guard let other = grid.neighbour(of: cell, along: axis, side) else { continue }
          own[Self.slot(axis, side)] = other
          if !sorted.contains(other) { sorted.append(other) }
        }
      }
      sorted.sort()
      for slot in 0..<slots {
        places[cell * slots + slot] = UInt8(sorted.firstIndex(of: own[slot]) ?? 0)
        offsets[cell * slots + slot] = slot < sorted.count ? sorted[slot] : 0
      }
      widths[cell] = UInt8(sorted.count)
      total += sorted.count
    }
    let indices = AlignedStorage<Int>(count: couplings.reduce(0) { $0 + $1.count } * total)
    var count = 0
    for (equation, unknowns) in couplings.enumerated() {
      for cell in 0..<cells {
        for unknown in unknowns {
          for place in 0..<Int(widths[cell]) {
            indices.baseAddress[count] = unknown * cells + offsets[cell * slots + place]
            count += 1
          }
        }
        starts.baseAddress[equation * cells + cell + 1] = count
      }
    }
    pattern = SparsityPattern(
      unchecked: .rows, rowCount: couplings.count * cells, columnCount: couplings.count * cells,
      starts: starts,
      indices: indices)
    cellCount = cells
    self.couplings = couplings
    self.places = places
    self.widths = widths
    slotCount = slots
  }

  /// The entries of the derivatives of an equation by an unknown.
  struct Block {
    fileprivate let starts: UnsafeMutablePointer<Int>
    fileprivate let number: Int
    fileprivate let places: UnsafePointer<UInt8>
    fileprivate let widths: UnsafePointer<UInt8>
    fileprivate let slotCount: Int
    fileprivate let values: UnsafeMutablePointer<Double>

    /// Adds to the derivative of a cell's balance by the unknown in the neighbour of a slot.
    @inline(__always)
    func add(_ value: Double, _ cell: Int, _ slot: Int) {
      let place = number * Int(widths[cell]) + Int(places[cell * slotCount + slot])
      values[starts[cell] + place] += value
    }
  }

  /// The entries of a matrix by blocks: the derivatives of an equation by an unknown.
  struct Blocks {
    private let pattern: CellPattern
    private let places: UnsafePointer<UInt8>
    private let widths: UnsafePointer<UInt8>
    private let values: UnsafeMutablePointer<Double>

    fileprivate init(
      _ pattern: CellPattern, _ places: UnsafePointer<UInt8>, _ widths: UnsafePointer<UInt8>,
      _ values: UnsafeMutablePointer<Double>
    ) {
      self.pattern = pattern
      self.places = places
      self.widths = widths
      self.values = values
    }

    func callAsFunction(_ equation: Int, _ unknown: Int) -> Block {
      guard let number = pattern.couplings[equation].firstIndex(of: unknown) else {
        preconditionFailure("CellPattern: equation \(equation) does not depend on unknown \(unknown)")
      }
      return Block(
        starts: pattern.pattern.starts.baseAddress + equation * pattern.cellCount, number: number,
        places: places, widths: widths, slotCount: pattern.slotCount, values: values)
    }
  }

  /// Lends the entries of a matrix for the length of a call.
  func withBlocks(of values: AlignedStorage<Double>, _ body: (Blocks) -> Void) {
    places.withUnsafeBufferPointer { places in
      widths.withUnsafeBufferPointer { widths in
        guard let places = places.baseAddress, let widths = widths.baseAddress else { return }
        body(Blocks(self, places, widths, values.baseAddress))
      }
    }
  }
}
