public import Equations
import Glibc

/// A problem as its file states it, with what surrounds it.
public struct ProblemFile: Sendable {
  /// The path, or what the text was called.
  public var file: String
  public var problem: Problem
  /// The problem in components, in the form that its discretisation needs.
  public var formulation: Formulation
  /// A canonical text of the problem after overrides, for provenance: reading it gives an equal problem.
  public var resolvedText: String
  /// The part of that text which data depend on: what is asked, without how it is solved, shown or learned.
  public var statementText: String
  /// The units of axes, `t`, unknowns and parameters, where the file gives them.
  public var units: [String: String]
  /// The names of the recipes for learned models.
  public var recipeNames: [String]
  /// What is allowed but should be looked at.
  public var warnings: [Diagnostic]
  /// All nodes after overrides, for later stages.
  package var root: SourceNode
  package var places: ProblemPlaces

  /// The normal form of a problem that spectral methods solve.
  public var normalForm: NormalForm {
    guard case .normal(let form) = formulation else {
      preconditionFailure("ProblemFile.normalForm: '\(problem.name)' is not solved by spectral methods")
    }
    return form
  }
}

/// Reads problem files.
public struct ProblemFileReader: Sendable {
  /// The keys of a problem file and those that registries contribute.
  public let tables: [KeyTable]
  /// Recipes that every problem has unless its file has one of the same name, as YAML in one line, by name.
  public let builtInRecipes: [String: String]
  let tree: KeyTree

  /// The sections that say what is asked.
  private static let statementSections: Set<String> = [
    "problem", "domain", "parameters", "unknowns", "define", "fields", "equations", "gauge", "boundary",
    "initial",
  ]

  /// A reader that also knows the keys and names of further tables.
  public init(tables: [KeyTable] = [], builtInRecipes: [String: String] = [:]) {
    self.tables = [.problem] + tables
    self.builtInRecipes = builtInRecipes
    tree = KeyTree(self.tables)
  }

  /// Reads a file from disk.
  ///
  /// Throws every mistake of the file and of the overrides, which are `dotted.key=value`, in one error.
  ///
  /// - Parameter recipe: the name of a recipe whose `data.set` changes the problem, before the overrides do.
  public func read(
    file path: String, overrides: [String] = [], recipe: String? = nil
  ) throws(ProblemFileError) -> ProblemFile {
    try read(bytes: try FileBytes.read(path), file: path, overrides: overrides, recipe: recipe)
  }

  /// Reads a text; `file` is what messages call it.
  public func read(
    text: String, file: String, overrides: [String] = [], recipe: String? = nil
  ) throws(ProblemFileError) -> ProblemFile {
    try read(bytes: Array(text.utf8), file: file, overrides: overrides, recipe: recipe)
  }

  /// Reads the bytes of a text; `file` is what messages call it.
  public func read(
    bytes: [UInt8], file: String, overrides: [String] = [], recipe: String? = nil
  ) throws(ProblemFileError) -> ProblemFile {
    let source = SourceText(name: file, bytes: bytes)
    var reader = YAMLReader(source: source)
    guard let written = reader.read(), !written.isNull else {
      guard reader.diagnostics.isEmpty else { throw ProblemFileError(diagnostics: reader.diagnostics) }
      throw ProblemFileError(diagnostics: [
        Diagnostic(
          file: file, message: "the file is empty", hint: "'parseval new' writes a file to start from")
      ])
    }
    let findings = Findings()
    findings.adopt(reader.diagnostics, of: source)
    let changes = Overrides(tree: tree, findings: findings)
    var changed = written
    if let recipe {
      changed = adding(recipe, to: changed, findings)
      let known = (changed["recipes"]?.entries ?? []).map(\.key)
      guard known.contains(recipe) else {
        throw ProblemFile.noRecipe(named: recipe, known: known, file: file)
      }
      // What is said of the recipe may change what the recipe says of the problem.
      changed = changes.apply(overrides.filter { $0.hasPrefix("recipes.\(recipe).") }, to: changed)
      changed = changes.apply(settingsOf: recipe, to: changed)
    }
    let others = overrides.filter { override in recipe.map { !override.hasPrefix("recipes.\($0).") } ?? true }
    let root = changes.apply(others, to: changed)
    let reading = ProblemReading(root: root, findings: findings)
    let (problem, formulation) = reading.run(tree)
    guard let formulation, !findings.hasErrors else { throw ProblemFileError(diagnostics: findings.sorted) }
    return ProblemFile(
      file: file, problem: problem, formulation: formulation,
      resolvedText: CanonicalText(tree: tree).text(root),
      statementText: CanonicalText(tree: tree).text(root, sections: Self.statementSections),
      units: reading.units, recipeNames: (root["recipes"]?.entries ?? []).map(\.key),
      warnings: findings.sorted, root: root, places: reading.places)
  }
}

extension ProblemFileReader {
  /// The nodes with a built-in recipe, where the file has none of its name.
  private func adding(_ recipe: String, to root: SourceNode, _ findings: Findings) -> SourceNode {
    guard root["recipes"]?[recipe] == nil, let text = builtInRecipes[recipe], var entries = root.entries,
      root["recipes"] == nil || root["recipes"]?.entries != nil
    else { return root }
    let source = SourceText(name: "recipe \(recipe)", bytes: Array(text.utf8))
    var reader = YAMLReader(source: source)
    guard let value = reader.read() else {
      findings.adopt(reader.diagnostics, of: source)
      return root
    }
    let entry = SourceNode.Entry(key: recipe, place: value.place, value: value)
    if let index = entries.firstIndex(where: { $0.key == "recipes" }) {
      let own = entries[index].value
      entries[index].value = SourceNode(content: .mapping((own.entries ?? []) + [entry]), place: own.place)
    } else {
      entries.append(
        .init(
          key: "recipes", place: value.place,
          value: SourceNode(content: .mapping([entry]), place: value.place)))
    }
    return SourceNode(content: .mapping(entries), place: root.place)
  }
}

/// Reads files whole, up to the size that a problem file may have.
enum FileBytes {
  static func read(_ path: String) throws(ProblemFileError) -> [UInt8] {
    func failure(_ message: String, hint: String? = nil) -> ProblemFileError {
      ProblemFileError(diagnostics: [Diagnostic(file: path, message: message, hint: hint)])
    }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw failure("this is not the name of a file") }
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(reason()) }
    if status.st_mode & S_IFMT == S_IFDIR { throw failure("this is a directory, not a problem file") }
    guard let file = fopen(path, "rb") else { throw failure(reason()) }
    defer { fclose(file) }
    // One byte more than allowed, so that larger files are seen to be larger.
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= YAMLReader.sizeLimit {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    if ferror(file) != 0 { throw failure(reason()) }
    return bytes
  }

  private static func reason() -> String {
    switch errno {
    case ENOENT, ENOTDIR: "there is no such file"
    case EACCES: "the file may not be read"
    default: "the file cannot be read: \(String(cString: strerror(errno)))"
    }
  }
}
