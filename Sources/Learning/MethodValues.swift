package import Arrays

/// The parameters of a method: those that were given, and the defaults of the others.
package struct MethodValues {
  private let method: String
  private let values: [String: Double]

  /// - Throws: `LearningError.unknownParameter` for a name that the method does not have.
  package init(
    _ given: [String: Double], of parameters: [MethodParameter], method: String
  ) throws(LearningError) {
    self.method = method
    for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
      throw .unknownParameter(name, method: method, known: parameters.map(\.name))
    }
    values = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, given[$0.name] ?? $0.defaultValue) })
  }

  /// A value for which `isAllowed` holds; `rule` says so in words.
  package func callAsFunction(
    _ name: String, _ rule: String, _ isAllowed: (Double) -> Bool
  ) throws(LearningError) -> Double {
    guard let value = values[name] else {
      preconditionFailure("\(method): '\(name)' is missing among its parameters")
    }
    guard value.isFinite, isAllowed(value) else {
      throw .invalidParameter(name, method: method, value: value, rule: rule)
    }
    return value
  }

  package func positive(_ name: String) throws(LearningError) -> Double {
    try self(name, "positive") { $0 > 0 }
  }

  package func notNegative(_ name: String) throws(LearningError) -> Double {
    try self(name, "zero or positive") { $0 >= 0 }
  }

  /// A share that is below one.
  package func share(_ name: String) throws(LearningError) -> Double {
    try self(name, "at least 0 and below 1") { $0 >= 0 && $0 < 1 }
  }

  package func flag(_ name: String) throws(LearningError) -> Bool {
    try self(name, "0 or 1") { $0 == 0 || $0 == 1 } == 1
  }

  package func count(_ name: String, from least: Int = 1) throws(LearningError) -> Int {
    Int(
      try self(name, "a whole number from \(least)") {
        $0 >= Double(least) && $0 < 1e15 && $0 == $0.rounded()
      })
  }
}
