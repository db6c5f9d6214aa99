/// A setting that a kind of network, or another part of a recipe, reads.
public struct SettingKey: Sendable, Hashable {
  /// What its value may be.
  public enum Kind: Sendable, Hashable {
    case integer(ClosedRange<Int>)
    /// One whole number for all axes, or a list of one for each.
    case integers(ClosedRange<Int>)
    /// For each layer one whole number for all axes, or a list of one for each.
    case integerTable(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// A list of numbers.
    case numbers(ClosedRange<Double>)
    case boolean
    case choice([String])
  }
  public var name: String
  public var kind: Kind
  /// What holds unless it is given; without one the setting is required, unless it is optional.
  public var defaultValue: SettingValue?
  /// Whether it may be left out without a default.
  public var isOptional: Bool
  /// What it means, a sentence.
  public var text: String

  public init(
    _ name: String, _ kind: Kind, default defaultValue: SettingValue? = nil, isOptional: Bool = false,
    _ text: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.isOptional = isOptional
    self.text = text
  }

  /// The rule in words.
  public var rule: String {
    switch kind {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .integers(let range):
      "a whole number from \(range.lowerBound) to \(range.upperBound), or a list of one for each axis"
    case .integerTable(let range):
      "a list with a whole number from \(range.lowerBound) to \(range.upperBound), or a list of one for each axis, for each layer"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .numbers(let range): "a list of numbers from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .choice(let names): "one of \(names.joined(separator: ", "))"
    }
  }

  func accepts(_ value: SettingValue) -> Bool {
    switch (kind, value) {
    case (.integer(let range), .number(let number)): Int(exactly: number).map(range.contains) ?? false
    case (.integers(let range), .number(let number)): Int(exactly: number).map(range.contains) ?? false
    case (.integers(let range), .list(let values)):
      !values.isEmpty
        && values.allSatisfy {
          if case .number(let number) = $0 {
            Int(exactly: number).map(range.contains) ?? false
          } else {
            false
          }
        }
    case (.integerTable(let range), .list(let rows)):
      !rows.isEmpty && rows.allSatisfy { SettingKey(name, .integers(range), text).accepts($0) }
    case (.number(let range), .number(let number)): range.contains(number)
    case (.numbers(let range), .list(let values)):
      values.allSatisfy { if case .number(let number) = $0 { range.contains(number) } else { false } }
    case (.boolean, .boolean): true
    case (.choice(let names), .text(let text)): names.contains(text)
    default: false
    }
  }
}
