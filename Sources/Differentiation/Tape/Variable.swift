/// An array on a tape: data, a parameter, or the result of an operation.
///
/// A name only; the numbers are in the tape's memory.
public struct Variable: Sendable, Hashable {
  /// Its number on the tape.
  package let index: Int
  /// The lengths of its axes for one sample, the channels last.
  public let shape: [Int]
  /// Whether all samples share it, as they do parameters.
  public let isShared: Bool

  package init(index: Int, shape: [Int], isShared: Bool) {
    self.index = index
    self.shape = shape
    self.isShared = isShared
  }

  /// Numbers per sample, or all of them where samples share it.
  public var count: Int { shape.reduce(1, *) }
  /// The number of channels: the length of the last axis.
  public var channels: Int { shape.last ?? 1 }
  /// Points per sample: all axes but the last.
  public var points: Int { shape.dropLast().reduce(1, *) }

  /// The same numbers under another shape of the same size.
  public func reshaped(_ shape: [Int]) -> Variable {
    precondition(shape.reduce(1, *) == count, "Variable: \(self.shape) cannot be reshaped to \(shape)")
    return Variable(index: index, shape: shape, isShared: isShared)
  }
}
