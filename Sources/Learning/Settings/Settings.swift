/// The settings of one part of a recipe, checked against its keys.
public struct Settings: Sendable, Hashable {
  private let values: [String: SettingValue]
  private let keys: [SettingKey]

  /// - Parameters:
  ///   - given: values by name.
  ///   - keys: those that may be given.
  ///   - owner: what messages call the part, such as `fno`.
  /// - Throws: `SettingError` for a name that is not among the keys, a value against its rule, or a required one that is missing.
  public init(_ given: [String: SettingValue], keys: [SettingKey], of owner: String) throws(SettingError) {
    for name in given.keys.sorted() where !keys.contains(where: { $0.name == name }) {
      throw SettingError(
        key: name, message: "\(owner) has no setting '\(name)'",
        hint: "it has \(keys.map(\.name).joined(separator: ", "))")
    }
    var values: [String: SettingValue] = [:]
    for key in keys {
      guard let value = given[key.name] ?? key.defaultValue else {
        if given[key.name] == nil, key.isOptional { continue }
        throw SettingError(key: nil, message: "\(owner) needs '\(key.name)': \(key.text)", hint: key.rule)
      }
      guard key.accepts(value) else {
        throw SettingError(
          key: key.name, message: "'\(key.name)' is \(value), and must be \(key.rule)", hint: nil)
      }
      values[key.name] = value
    }
    self.values = values
    self.keys = keys
  }

  /// Whether a value is there: given, or the default.
  public func has(_ name: String) -> Bool { values[name] != nil }

  public func number(_ name: String) -> Double {
    guard case .number(let value) = values[name] else {
      preconditionFailure("Settings: '\(name)' is no number")
    }
    return value
  }

  public func integer(_ name: String) -> Int { Int(number(name)) }

  /// A whole number for each axis.
  ///
  /// - Throws: `SettingError` for a list of another length.
  public func integers(_ name: String, axes: Int) throws(SettingError) -> [Int] {
    switch values[name] {
    case .number(let value): return Array(repeating: Int(value), count: axes)
    case .list(let list):
      guard list.count == axes else {
        throw SettingError(
          key: name, message: "'\(name)' has \(list.count) numbers, and there are \(axes) axes", hint: nil)
      }
      return numbers(name).map { Int($0) }
    default: preconditionFailure("Settings: '\(name)' is no list of whole numbers")
    }
  }

  /// For each layer a whole number for each axis.
  ///
  /// - Throws: `SettingError` for a list of another length.
  public func integerRows(_ name: String, layers: Int, axes: Int) throws(SettingError) -> [[Int]] {
    guard case .list(let rows) = values[name] else { preconditionFailure("Settings: '\(name)' is no list") }
    guard rows.count == layers else {
      throw SettingError(key: name, message: "'\(name)' is for \(rows.count) layers, and there are \(layers)")
    }
    var result: [[Int]] = []
    for row in rows {
      let numbers =
        switch row {
        case .number(let value): Array(repeating: Int(value), count: axes)
        case .list(let list): list.compactMap { if case .number(let value) = $0 { Int(value) } else { nil } }
        default: [Int]()
        }
      guard numbers.count == axes else {
        throw SettingError(
          key: name, message: "\(row) in '\(name)' has \(numbers.count) numbers, and there are \(axes) axes")
      }
      result.append(numbers)
    }
    return result
  }

  public func numbers(_ name: String) -> [Double] {
    guard case .list(let list) = values[name] else { preconditionFailure("Settings: '\(name)' is no list") }
    return list.compactMap { if case .number(let value) = $0 { value } else { nil } }
  }

  public func boolean(_ name: String) -> Bool {
    guard case .boolean(let value) = values[name] else {
      preconditionFailure("Settings: '\(name)' is no Boolean")
    }
    return value
  }

  public func text(_ name: String) -> String {
    guard case .text(let value) = values[name] else { preconditionFailure("Settings: '\(name)' is no text") }
    return value
  }
}

/// A setting that is wrong.
public struct SettingError: Error, Sendable, Hashable {
  /// The name it is given under; `nil` for one that is missing.
  public var key: String?
  public var message: String
  public var hint: String?

  public init(key: String?, message: String, hint: String? = nil) {
    self.key = key
    self.message = message
    self.hint = hint
  }
}
