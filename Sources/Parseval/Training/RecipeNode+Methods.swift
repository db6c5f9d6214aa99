import Equations
import Learning
import ProblemFiles

extension RecipeNode {
  /// The value without its place.
  func settingValue() throws(ProblemFileError) -> SettingValue {
    if let elements {
      var values: [SettingValue] = []
      for element in elements { values.append(try element.settingValue()) }
      return .list(values)
    }
    if let boolean { return .boolean(boolean) }
    if let number = try? number() { return .number(number) }
    return .text(try text())
  }

  /// The name of a method, and its numbers.
  func method() throws(ProblemFileError) -> (name: String, settings: [String: Double]) {
    guard let entries else { return (try text(), [:]) }
    guard let type = self["type"] else { throw error("'\(key)' does not say its type") }
    var numbers: [String: Double] = [:]
    for (key, value) in entries where key != "type" { numbers[key] = try value.number() }
    return (try type.text(), numbers)
  }

  /// Refuses keys that are none of these.
  func refuseOthers(than known: [String], in what: String) throws(ProblemFileError) {
    for (key, value) in entries ?? [] where !known.contains(key) {
      throw value.error(
        "unknown key '\(key)' in \(what)",
        hint: nearestName(to: key, in: known).map { "did you mean '\($0)'?" }
          ?? "it has \(known.joined(separator: ", "))")
    }
  }
}
