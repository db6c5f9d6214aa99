/// What the header of a safetensors file says of one tensor.
public struct SafetensorsEntry: Sendable, Hashable {
  public let name: String
  public let type: SafetensorsType
  /// The lengths of the axes, slowest first; none for a single number.
  public let shape: [Int]
  /// Where its bytes lie, from the end of the header.
  public let range: Range<Int>

  /// The number of elements.
  public var count: Int { range.count / type.size }
}
