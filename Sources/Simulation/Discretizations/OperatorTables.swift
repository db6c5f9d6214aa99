package import Arrays
package import Spectral

/// Functions of hL, tabulated and kept for the last few step sizes.
package final class OperatorTables: @unchecked Sendable {
  private let layout: PencilLayout
  private let linear: BlockMultiplier
  private let workers: Workers?
  /// Components that the linear operator couples.
  private let groups: [[Int]]
  private var tables: [UInt64: [OperatorFunction: BlockMultiplier]] = [:]
  private var steps: [UInt64] = []

  package init(layout: PencilLayout, linear: BlockMultiplier, components: Int, workers: Workers?) {
    self.layout = layout
    self.linear = linear
    self.workers = workers
    var group = Array(0..<components)
    for entry in linear.entries where group[entry.row] != group[entry.column] {
      let (from, to) = (group[entry.row], group[entry.column])
      for c in group.indices where group[c] == from { group[c] = to }
    }
    groups = Set(group).sorted().map { number in group.indices.filter { group[$0] == number } }
  }

  package var bytes: Int { tables.values.flatMap(\.values).reduce(0) { $0 + $1.bytes } }

  package func table(_ function: OperatorFunction, step: Double) -> BlockMultiplier {
    let key = step.bitPattern
    if let known = tables[key]?[function] { return known }
    if tables[key] == nil {
      tables[key] = [:]
      steps.append(key)
      if steps.count > 4 { tables[steps.removeFirst()] = nil }
    }
    var entries: [BlockMultiplier.Entry] = []
    // Components with the same operator, such as those of a velocity, share one table.
    var shared: [(source: Multiplier, table: Multiplier?)] = []
    for group in groups {
      if group.count > 1 {
        entries += coupled(group, function, step)
        continue
      }
      let component = group[0]
      guard let source = linear.entries.first(where: { $0.row == component && $0.column == component })
      else {
        let value = function.value(.zero).re
        if value != 0 { entries.append(.init(row: component, column: component, multiplier: .scale(value))) }
        continue
      }
      let made: Multiplier?
      if let known = shared.first(where: { $0.source.isEqual(to: source.multiplier, modes: layout.modes) }) {
        made = known.table
      } else {
        made = diagonal(source.multiplier, function, step)
        shared.append((source.multiplier, made))
      }
      if let made { entries.append(.init(row: component, column: component, multiplier: made)) }
    }
    let result = BlockMultiplier(entries)
    tables[key]?[function] = result
    return result
  }

  private func diagonal(_ source: Multiplier, _ function: OperatorFunction, _ step: Double) -> Multiplier? {
    let modes = layout.modes
    let values = AlignedStorage<Double>(count: 2 * modes)
    run { mode in
      let (re, im) = source.value(at: mode)
      let value = function.value(Complex(step * re, step * im))
      values.baseAddress[2 * mode] = value.re
      values.baseAddress[2 * mode + 1] = value.im
    }
    return .tabulated(modes: modes) { (values.baseAddress[2 * $0], values.baseAddress[2 * $0 + 1]) }
  }

  private func coupled(_ group: [Int], _ function: OperatorFunction, _ step: Double) -> [BlockMultiplier
    .Entry]
  {
    let modes = layout.modes
    let size = group.count
    let own = linear.entries.compactMap { entry -> (Int, Int, Multiplier)? in
      guard let row = group.firstIndex(of: entry.row), let column = group.firstIndex(of: entry.column)
      else { return nil }
      return (row, column, entry.multiplier)
    }
    let values = AlignedStorage<Double>(count: 2 * modes * size * size)
    run { mode in
      var matrix = SmallMatrix(size: size)
      for (row, column, multiplier) in own {
        let (re, im) = multiplier.value(at: mode)
        matrix[row, column] = Complex(step * re, step * im)
      }
      let result = function.value(matrix)
      for (index, element) in result.elements.enumerated() {
        values.baseAddress[2 * (index * modes + mode)] = element.re
        values.baseAddress[2 * (index * modes + mode) + 1] = element.im
      }
    }
    return (0..<(size * size)).compactMap { index in
      Multiplier.tabulated(modes: modes) {
        (values.baseAddress[2 * (index * modes + $0)], values.baseAddress[2 * (index * modes + $0) + 1])
      }.map { .init(row: group[index / size], column: group[index % size], multiplier: $0) }
    }
  }

  private func run(_ body: @escaping @Sendable (Int) -> Void) {
    let modes = layout.modes
    let chunk = 1024
    let task = WorkerTask(chunks: (modes + chunk - 1) / chunk) { number, _ in
      for mode in (number * chunk)..<min(modes, (number + 1) * chunk) { body(mode) }
    }
    if let workers { workers.run(task) } else { for c in 0..<task.chunks { task.body(c, 0) } }
  }
}

extension Multiplier {
  /// Whether two multipliers are the same operator.
  fileprivate func isEqual(to other: Multiplier, modes: Int) -> Bool {
    guard kind == other.kind, (table == nil) == (other.table == nil) else { return false }
    if table == nil { return factor == other.factor }
    return (0..<modes).allSatisfy { value(at: $0) == other.value(at: $0) }
  }
}
