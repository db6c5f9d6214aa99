/// A number that a method can be given, by name.
public struct MethodParameter: Sendable, Hashable {
  public var name: String
  public var defaultValue: Double
  /// What it means, a sentence.
  public var text: String

  public init(_ name: String, default defaultValue: Double, _ text: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.text = text
  }
}
