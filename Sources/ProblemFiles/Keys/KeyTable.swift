/// What may stand as the value of a key.
public enum ValueType: Sendable, Hashable {
  /// Any text.
  case text
  /// A name as equations use it: a letter, then letters, digits and `_`.
  case name
  /// A number, or an expression of numbers and parameters such as `2*pi`.
  case number
  case integer
  case boolean
  /// An expression of the equation language.
  case expression
  /// `left = right`.
  case equation
  /// One of these words.
  case choice([String])
  /// One of the names that a registry contributes for this key; any name where there is no registry.
  case registered
  /// A list, its elements described under `path[]`.
  case list
  /// A mapping, its keys described under `path.key`, or `path.*` for names that the user chooses.
  case mapping
  /// Anything: a later stage reads it.
  case anything
}

/// The numbers that a key accepts.
public struct ValueRange: Sendable, Hashable {
  public var lower: Double
  public var upper: Double
  /// Whether `lower` itself is outside.
  public var excludesLower: Bool

  public init(_ lower: Double, _ upper: Double = .infinity, excludesLower: Bool = false) {
    self.lower = lower
    self.upper = upper
    self.excludesLower = excludesLower
  }

  /// Numbers above zero.
  public static let positive = ValueRange(0, excludesLower: true)

  func contains(_ value: Double) -> Bool {
    (excludesLower ? value > lower : value >= lower) && value <= upper
  }
}

extension ValueRange: CustomStringConvertible {
  /// The rule in words: `above 0`, `from 2 to 16777216`.
  public var description: String {
    let from = excludesLower ? "above \(plain(lower))" : "at least \(plain(lower))"
    if upper == .infinity { return from }
    return excludesLower
      ? "\(from) and at most \(plain(upper))" : "from \(plain(lower)) to \(plain(upper))"
  }
}

/// One key of a problem file.
public struct Key: Sendable, Hashable {
  /// Dotted, `*` for a name that the user chooses, `[]` for the elements of a list: `domain.*.interval[]`.
  public var path: String
  public var types: [ValueType]
  public var unit: String?
  /// What holds when the key is left out, in words or as a value.
  public var defaultValue: String?
  public var range: ValueRange?
  /// How many elements a list must have.
  public var count: ClosedRange<Int>?
  /// What the key means, a sentence.
  public var text: String
  /// A value as it may stand in a file.
  public var example: String
  /// For a key with a short form: the key of its mapping that the short form stands for.
  public var shortForm: String?
  /// The key beside it that cannot be given together with this one; an override of either drops the other.
  public var excludes: String?
  public var isRequired: Bool
  /// For a mapping of several kinds: the path, below this one, of the registered name that says which kind it is.
  ///
  /// What is of a kind that no registry knows is for later versions, or other programs: it is looked at no further.
  public var kindKey: String?

  public init(
    _ path: String, _ types: [ValueType], _ text: String, unit: String? = nil,
    default defaultValue: String? = nil,
    range: ValueRange? = nil, count: ClosedRange<Int>? = nil, example: String = "", shortForm: String? = nil,
    excludes: String? = nil,
    kindKey: String? = nil, isRequired: Bool = false
  ) {
    self.path = path
    self.types = types
    self.unit = unit
    self.defaultValue = defaultValue
    self.range = range
    self.count = count
    self.text = text
    self.example = example
    self.shortForm = shortForm
    self.excludes = excludes
    self.isRequired = isRequired
    self.kindKey = kindKey
  }
}

/// A name that a registry contributes for a key, such as a stepper for `solver.method`.
public struct RegisteredName: Sendable, Hashable {
  public var name: String
  public var text: String

  public init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

/// Keys with all that reading, diagnostics, schema, reference page and template need to know of them.
///
/// Each registry contributes its own table, so that no lower room knows an upper one.
public struct KeyTable: Sendable, Hashable {
  public var title: String
  public var keys: [Key]
  /// For keys of type `registered`: the names, by path.
  public var names: [String: [RegisteredName]]

  public init(title: String, keys: [Key], names: [String: [RegisteredName]] = [:]) {
    self.title = title
    self.keys = keys
    self.names = names
  }
}

/// A number without a needless `.0`.
func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}
