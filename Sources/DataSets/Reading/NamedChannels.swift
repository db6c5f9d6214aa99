/// Samples whose channels have names.
public protocol NamedChannels {
  /// What each channel of the inputs is, for people.
  var inputChannels: [String] { get }
  /// The same for the targets.
  var targetChannels: [String] { get }
  /// The field that each channel of the inputs is a frame of, or an expression of it: `initial.w` and `w(t=9)` are w.
  var inputFields: [String] { get }
  /// The same for the targets.
  var targetFields: [String] { get }
  /// How many fields the targets are frames of.
  var outputFields: Int { get }
}

extension NamedChannels {
  public var inputFields: [String] { inputChannels }
  public var targetFields: [String] { targetChannels }
  public var outputFields: Int { Set(targetFields).count }
}
