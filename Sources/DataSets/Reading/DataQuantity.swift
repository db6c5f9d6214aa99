import Equations

/// What an operator takes or gives: a part of every sample, as recipes write it.
///
/// `initial.u` is the first record, `fields.a` a coefficient, `parameters.kappa` a number, `u(t=1)` the record at a time,
/// `w(t=0:9)` all records from one time to another, `p` all records, or the solution of a steady problem.
public struct DataQuantity: Sendable, Hashable {
  public enum Part: Sendable, Hashable {
    case initial
    case coefficient
    case parameter
    /// The records at some times; `nil` for all of them.
    case records(ClosedRange<Double>?)
  }
  /// The variable in a file.
  public var name: String
  public var part: Part

  public init(_ name: String, _ part: Part = .records(nil)) {
    self.name = name
    self.part = part
  }

  /// Reads an expression such as `w(t=0:9)`.
  ///
  /// - Throws: `DataSetError.badExpression`.
  public init(parsing text: String) throws(DataSetError) {
    let compact = text.filter { $0 != " " }
    func bad(_ reason: String) -> DataSetError { .badExpression(text, reason: reason) }
    guard let open = compact.firstIndex(of: "(") else {
      let words = compact.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard words.count <= 2, let name = words.last, Self.isName(name) else { throw bad("it is not a name") }
      guard words.count == 2 else {
        self.init(name)
        return
      }
      let parts: [String: Part] = ["initial": .initial, "fields": .coefficient, "parameters": .parameter]
      guard let part = parts[words[0]] else {
        let hint = nearestName(to: words[0], in: parts.keys.sorted()).map { "; did you mean '\($0)'?" } ?? ""
        throw bad("'\(words[0])' is none of initial, fields and parameters\(hint)")
      }
      self.init(name, part)
      return
    }
    let name = String(compact[..<open])
    guard Self.isName(name) else { throw bad("'\(name)' is not a name") }
    let inside = compact[compact.index(after: open)...]
    guard inside.hasPrefix("t="), inside.hasSuffix(")") else {
      throw bad("in parentheses stands a time, as t=1 or t=0:9")
    }
    guard let times = TimeRange.parse(inside.dropFirst(2).dropLast()) else {
      throw bad("'\(inside.dropFirst(2).dropLast())' is no time and no range of times")
    }
    self.init(name, .records(times))
  }

  private static func isName(_ text: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
  }
}

extension DataQuantity: CustomStringConvertible {
  public var description: String {
    switch part {
    case .initial: "initial.\(name)"
    case .coefficient: "fields.\(name)"
    case .parameter: "parameters.\(name)"
    case .records(nil): name
    case .records(let times?):
      times.lowerBound == times.upperBound
        ? "\(name)(t=\(short(times.lowerBound)))"
        : "\(name)(t=\(short(times.lowerBound)):\(short(times.upperBound)))"
    }
  }
}

/// Times as recipes write them: `1`, or `0:9` for all from 0 to 9.
public enum TimeRange {
  /// The times that a text says; `nil` for one that says none.
  ///
  /// Times are numbers or expressions of numbers such as `2*pi`.
  public static func parse(_ text: some StringProtocol) -> ClosedRange<Double>? {
    let ends = String(text).split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
      return nil
    }
    return first...last
  }

  private static func number(_ text: String) -> Double? {
    guard let value = try? ExpressionParser(axes: []).parse(text).value([:]), value.isFinite else {
      return nil
    }
    return value
  }
}
