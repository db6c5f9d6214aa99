import Arrays

/// How the kernels find the channels of a jet.
package struct JetLayout: Sendable {
  /// Numbers of a channel.
  package let count: Int
  package let channels: Int
  package let summed: Int
  package let top: Int
  let orders: AlignedStorage<Int32>
  let lines: Int

  package init(_ shape: JetShape, count: Int) {
    self.count = count
    channels = shape.channels
    summed = shape.summed
    top = shape.top
    lines = shape.lines.count
    orders = AlignedStorage(count: max(lines, 1))
    for (index, line) in shape.lines.enumerated() { orders.baseAddress[index] = Int32(line.order) }
  }
}
