/// Which derivatives of a function a jet has.
///
/// Beside the values there are derivatives of order 1 … `order` along straight lines through every point, and if wanted the sum
/// of the second derivatives along some of them: the Laplacian, where these are the axes. A mixed derivative comes of lines that
/// lie askew: ∂²/∂x∂y is half of what the second derivative along (1, 1) has more than those along the axes.
public struct JetShape: Sendable, Hashable {
  /// A direction, in the units of the point, and the highest derivative along it.
  public struct Line: Sendable, Hashable {
    public var direction: [Double]
    public var order: Int

    public init(_ direction: [Double], order: Int) {
      self.direction = direction
      self.order = order
    }
  }
  public let lines: [Line]
  /// The sum is over so many lines, the first ones; none if 0.
  public let summed: Int

  /// The highest order there is.
  public static let highestOrder = 4
  /// The values alone.
  public static let values = JetShape(lines: [])

  /// - Precondition: orders are 1 … 4, all directions are of one dimension, and `summed` is no more than there are lines.
  public init(lines: [Line], summed: Int = 0) {
    precondition(
      lines.allSatisfy { (1...Self.highestOrder).contains($0.order) },
      "JetShape: orders \(lines.map(\.order)) must be 1 … \(Self.highestOrder)")
    precondition(
      Set(lines.map(\.direction.count)).count <= 1, "JetShape: directions must be of one dimension")
    precondition(
      (0...lines.count).contains(summed), "JetShape: \(summed) of \(lines.count) lines cannot be summed")
    self.lines = lines
    self.summed = summed
  }

  /// Arrays of numbers: the values, line by line the derivatives, then the sum.
  public var channels: Int { 1 + lines.reduce(0) { $0 + $1.order } + (summed > 0 ? 1 : 0) }

  /// The place of a derivative among the channels.
  public func channel(line: Int, order: Int) -> Int {
    precondition((1...lines[line].order).contains(order), "JetShape: line \(line) has no order \(order)")
    return lines[..<line].reduce(order) { $0 + $1.order }
  }

  /// The place of the sum of second derivatives.
  public var sumChannel: Int? { summed > 0 ? channels - 1 : nil }

  /// The highest derivative of a function that takes part in the jet of its result.
  var top: Int { max(lines.map(\.order).max() ?? 0, summed > 0 ? 2 : 0) }
}
