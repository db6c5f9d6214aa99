/// Where in a file of others the inputs and outputs of an operator stand.
///
/// Axes that are neither those of samples, time nor channels are space, in their order in the file. Numbers of axes are those of
/// the variable that has most of them; one with one axis less lacks time or channels, whichever makes its other axes as long as
/// they are there (time, if both do), one with two less lacks both.
public struct ForeignLayout: Sendable, Hashable {
  /// An axis of a variable.
  public enum Axis: Sendable, Hashable {
    /// Counted from 0; negative numbers count from the end.
    case number(Int)
    /// By the name of its dimension.
    case name(String)
  }

  /// What is read is factor · value + offset.
  public struct Scale: Sendable, Hashable {
    public var factor: Double
    public var offset: Double

    public init(factor: Double = 1, offset: Double = 0) {
      self.factor = factor
      self.offset = offset
    }
  }

  /// Variables; those in groups with the groups before them, as `t0_fields/density`.
  public var inputs: [String] = []
  public var outputs: [String] = []
  public var sample = Axis.number(0)
  public var time: Axis?
  public var channel: Axis?
  /// The records that are inputs; the first unless given.
  public var inputRecords: ClosedRange<Int>?
  /// The records that are outputs; the last unless given.
  public var outputRecords: ClosedRange<Int>?
  public var inputScale = Scale()
  public var outputScale = Scale()

  public init() {}
}
