import Arrays

/// Nodes and elements: listed one by one (version 2.2) or in blocks per entity (version 4.1).
extension GmshParser {
  // MARK: Version 2.2

  mutating func listedNodes() throws(ExchangeError) {
    let count = try self.count("number of nodes", bytesEach: 8)
    var numbers: [Int] = []
    numbers.reserveCapacity(count)
    var values: [Double] = []
    values.reserveCapacity(3 * count)
    for _ in 0..<count {
      numbers.append(try scanner.integer("number of a node", in: 0...Int.max))
      for _ in 0..<3 { values.append(try scanner.number("coordinate")) }
    }
    try finishNodes(numbers, values)
  }

  mutating func listedElements() throws(ExchangeError) {
    struct Label: Hashable { var kind, group, entity: Int }
    let count = try self.count("number of elements", bytesEach: 8)
    var order: [Label] = []
    var nodes: [Label: [Int32]] = [:]
    for _ in 0..<count {
      _ = try scanner.integer("number of an element")
      let kind = try elementKind()
      var tags: [Int] = []
      for _ in 0..<(try self.count("number of tags", bytesEach: 2)) {
        tags.append(try scanner.integer("tag"))
      }
      let label = Label(
        kind: kind.number, group: tags.first ?? 0, entity: tags.count > 1 ? tags[1] : 0)
      if nodes[label] == nil { order.append(label) }
      for _ in 0..<kind.nodeCount { nodes[label, default: []].append(try node()) }
    }
    for label in order {
      guard let kind = GmshElementKind(number: label.kind), let list = nodes[label] else { continue }
      blocks.append(
        .init(
          kind: kind, entity: label.entity, groups: label.group == 0 ? [] : [label.group],
          nodes: NDArray(shape: [list.count / kind.nodeCount, kind.nodeCount], list)))
    }
  }

  // MARK: Version 4.1

  mutating func blockedNodes() throws(ExchangeError) {
    let blockCount = try self.count("number of node blocks", bytesEach: 8)
    let total = try self.count("number of nodes", bytesEach: 8)
    for _ in 0..<2 { _ = try scanner.integer("bound of the node numbers") }
    var numbers: [Int] = []
    numbers.reserveCapacity(total)
    var values: [Double] = []
    values.reserveCapacity(3 * total)
    for _ in 0..<blockCount {
      let dimension = try scanner.integer("dimension", in: 0...3)
      _ = try scanner.integer("entity")
      let hasParameters = try scanner.integer("mark of parametric nodes", in: 0...1) == 1
      let count = try self.count("number of nodes of a block", bytesEach: 8)
      guard numbers.count + count <= total else {
        throw scanner.error("the blocks hold more than the \(total) nodes announced")
      }
      for _ in 0..<count { numbers.append(try scanner.integer("number of a node", in: 0...Int.max)) }
      for _ in 0..<count {
        for _ in 0..<3 { values.append(try scanner.number("coordinate")) }
        if hasParameters { for _ in 0..<dimension { _ = try scanner.number("parameter of a node") } }
      }
    }
    guard numbers.count == total else {
      throw scanner.error("the blocks hold \(numbers.count) nodes, and \(total) are announced")
    }
    try finishNodes(numbers, values)
  }

  mutating func blockedElements() throws(ExchangeError) {
    let blockCount = try self.count("number of element blocks", bytesEach: 8)
    let total = try self.count("number of elements", bytesEach: 4)
    for _ in 0..<2 { _ = try scanner.integer("bound of the element numbers") }
    var found = 0
    for _ in 0..<blockCount {
      let dimension = try scanner.integer("dimension", in: 0...3)
      let entity = try scanner.integer("entity")
      let kind = try elementKind()
      guard kind.dimension == dimension else {
        throw scanner.error("elements of kind \(kind.number) lie in an entity of dimension \(dimension)")
      }
      let count = try self.count("number of elements of a block", bytesEach: 2 * kind.nodeCount + 2)
      found += count
      guard found <= total else {
        throw scanner.error("the blocks hold more than the \(total) elements announced")
      }
      var nodes: [Int32] = []
      nodes.reserveCapacity(count * kind.nodeCount)
      for _ in 0..<count {
        _ = try scanner.integer("number of an element")
        for _ in 0..<kind.nodeCount { nodes.append(try node()) }
      }
      guard count > 0 else { continue }
      blocks.append(
        .init(
          kind: kind, entity: entity, groups: groups(ofEntity: entity, dimension: dimension),
          nodes: NDArray(shape: [count, kind.nodeCount], nodes)))
    }
    guard found == total else {
      throw scanner.error("the blocks hold \(found) elements, and \(total) are announced")
    }
  }

  // MARK: Both

  private mutating func finishNodes(_ numbers: [Int], _ values: [Double]) throws(ExchangeError) {
    guard !numbers.isEmpty else { throw scanner.error("it has no nodes") }
    guard nodeNumbers.assign(numbers) else { throw scanner.error("two nodes have the same number") }
    coordinates = NDArray(shape: [numbers.count, 3], values)
  }

  private mutating func elementKind() throws(ExchangeError) -> GmshElementKind {
    let number = try scanner.integer("kind of an element")
    guard let kind = GmshElementKind(number: number) else {
      throw scanner.error("elements of kind \(number) are not known", .unsupportedFormat)
    }
    return kind
  }

  private mutating func node() throws(ExchangeError) -> Int32 {
    let number = try scanner.integer("node of an element")
    guard let row = nodeNumbers.row(number) else {
      throw scanner.error("an element has the node \(number), which does not exist")
    }
    return row
  }
}
