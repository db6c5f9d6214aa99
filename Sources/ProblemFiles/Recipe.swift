import Equations

/// A recipe for a learned model, as a problem file states it.
///
/// What stands in it is read by upper rooms, which report mistakes at their places.
public struct Recipe: Sendable {
  public let name: String
  /// Everything that stands under the name.
  public let root: RecipeNode

  /// A part of the recipe, such as `model`.
  public subscript(key: String) -> RecipeNode? { root[key] }
}

/// A value in a recipe, with its place in the file.
public struct RecipeNode: Sendable {
  /// Dotted, from the top of the file: `recipes.fno.data.samples`.
  public let path: String
  package let node: SourceNode
  /// Where the key of the value stands.
  package let place: Place
  /// The parameters that numbers may be expressed by.
  private let bindings: [String: Double]

  package init(path: String, node: SourceNode, place: Place, bindings: [String: Double]) {
    self.path = path
    self.node = node
    self.place = place
    self.bindings = bindings
  }

  /// The last part of the path.
  public var key: String { path.split(separator: ".").last.map(String.init) ?? path }

  /// The value under a key, if this is a mapping that has it.
  public subscript(key: String) -> RecipeNode? {
    node.entries?.first { $0.key == key }.map(child)
  }

  /// The values of a mapping with their keys, in the order of the file; `nil` for anything else.
  public var entries: [(key: String, value: RecipeNode)]? {
    node.entries?.map { ($0.key, child($0)) }
  }

  /// The elements of a list; `nil` for anything else.
  public var elements: [RecipeNode]? {
    node.elements?.enumerated().map { index, element in
      RecipeNode(path: "\(path).\(index)", node: element, place: element.place, bindings: bindings)
    }
  }

  /// The text of a scalar; `nil` for anything else.
  public var scalar: String? { node.isNull ? nil : node.text }

  /// Whether this is a scalar that says true or false, and which.
  public var boolean: Bool? { node.boolean }

  /// The number that a scalar says, which may be an expression of numbers and parameters.
  ///
  /// - Throws: `ProblemFileError` for anything else, at its place.
  public func number() throws(ProblemFileError) -> Double {
    let findings = Findings()
    var numbers = Numbers(findings: findings)
    numbers.bindings = bindings
    guard let value = numbers.value(node, key: key) else {
      throw ProblemFileError(diagnostics: findings.sorted)
    }
    return value
  }

  /// The whole number that a scalar says.
  ///
  /// - Throws: `ProblemFileError` for anything else, at its place.
  public func integer() throws(ProblemFileError) -> Int {
    guard let value = Int(exactly: try number()) else {
      throw error("'\(key)' must be a whole number, not \(node.kindName)")
    }
    return value
  }

  /// The text of a scalar.
  ///
  /// - Throws: `ProblemFileError` for a list, a mapping or nothing, at its place.
  public func text() throws(ProblemFileError) -> String {
    guard let scalar else { throw error("'\(key)' must be a text, not \(node.kindName)") }
    return scalar
  }

  /// What is wrong with the value, at its place.
  public func diagnostic(_ message: String, hint: String? = nil) -> Diagnostic {
    Diagnostic(node.place, message, hint: hint, key: path)
  }

  /// The same as an error.
  public func error(_ message: String, hint: String? = nil) -> ProblemFileError {
    ProblemFileError(diagnostics: [diagnostic(message, hint: hint)])
  }

  private func child(_ entry: SourceNode.Entry) -> RecipeNode {
    RecipeNode(path: "\(path).\(entry.key)", node: entry.value, place: entry.place, bindings: bindings)
  }
}

extension ProblemFile {
  /// A recipe of the file.
  ///
  /// - Throws: `ProblemFileError` for a name that is not there, with those that are.
  public func recipe(named name: String) throws(ProblemFileError) -> Recipe {
    guard let entry = root["recipes"]?.entries?.first(where: { $0.key == name }) else {
      throw Self.noRecipe(named: name, known: recipeNames, file: file)
    }
    let bindings = Dictionary(problem.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    return Recipe(
      name: name,
      root: RecipeNode(path: "recipes.\(name)", node: entry.value, place: entry.place, bindings: bindings))
  }

  static func noRecipe(named name: String, known: [String], file: String) -> ProblemFileError {
    let hint =
      known.isEmpty
      ? "it has none; they stand under 'recipes'"
      : (suggestion(for: name, in: known).map { $0 + " " } ?? "") + "it has \(known.joined(separator: ", "))"
    return ProblemFileError(diagnostics: [
      Diagnostic(file: file, message: "there is no recipe '\(shortened(name, to: 60))'", hint: hint)
    ])
  }
}
