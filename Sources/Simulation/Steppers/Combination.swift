package import Arrays
import CKernels
package import Spectral

/// A prepared `target = Σ operator · vector` over all components, cut into chunks of modes.
///
/// A chunk computes its part of every component before it writes any, so that the target may be among the
/// vectors even when the operators couple components.
package final class Combination: @unchecked Sendable {
  private static let chunkModes = 2048

  private let target: StateVector
  private let rows: [AlignedStorage<pvk_summand>]
  private let vectors: [StateVector]
  private let tables: [BlockMultiplier]
  private let layout: PencilLayout
  private let scratch: [AlignedStorage<Double>]
  private var task: WorkerTask?

  package init(
    layout: PencilLayout, components: Int, target: StateVector,
    _ summands: [(BlockMultiplier, StateVector)], workers: Int
  ) {
    self.layout = layout
    self.target = target
    vectors = summands.map(\.1)
    tables = summands.map(\.0)
    var rows = Array(repeating: [pvk_summand](), count: components)
    for (operatorTable, vector) in summands {
      for entry in operatorTable.entries {
        rows[entry.row].append(
          pvk_summand(
            vector: vector.baseAddress + entry.column * layout.length,
            table: entry.multiplier.table?.baseAddress, factor: entry.multiplier.factor,
            kind: entry.multiplier.kind.kernelCode))
      }
    }
    self.rows = rows.map { row in
      let storage = AlignedStorage<pvk_summand>(count: row.count)
      for (index, summand) in row.enumerated() { storage.baseAddress[index] = summand }
      return storage
    }
    scratch = (0..<workers).map { _ in
      AlignedStorage(count: components == 1 ? 0 : components * Self.chunkModes * layout.width)
    }
    unowned let unowned = self
    task = WorkerTask(chunks: (layout.modes + Self.chunkModes - 1) / Self.chunkModes) { chunk, worker in
      unowned.run(chunk: chunk, worker: worker)
    }
  }

  package func run(_ workers: Workers?) {
    guard let task else { return }
    if let workers { workers.run(task) } else { for chunk in 0..<task.chunks { task.body(chunk, 0) } }
  }

  private func run(chunk: Int, worker: Int) {
    let first = chunk * Self.chunkModes
    let count = min(Self.chunkModes, layout.modes - first)
    let complex: Int32 = layout.isComplex ? 1 : 0
    let offset = first * layout.width
    if rows.count == 1 {
      pvk_combine(target.baseAddress, rows[0].baseAddress, Int32(rows[0].count), first, count, complex)
      return
    }
    let part = Self.chunkModes * layout.width
    let results = scratch[worker].baseAddress
    for row in rows.indices {
      // The kernel addresses its target from the first mode of the vector on.
      pvk_combine(
        results + row * part - offset, rows[row].baseAddress, Int32(rows[row].count), first, count, complex)
    }
    for row in rows.indices {
      (target.baseAddress + row * layout.length + offset)
        .update(from: results + row * part, count: count * layout.width)
    }
  }
}
