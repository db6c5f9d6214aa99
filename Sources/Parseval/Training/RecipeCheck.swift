public import ProblemFiles

/// Looks for the mistakes in recipes that training would find, without data.
public enum RecipeCheck {
  /// Reads all recipes of a problem file.
  ///
  /// - Parameters:
  ///   - path: the problem file.
  ///   - overrides: changes of the problem.
  /// - Returns: their names.
  /// - Throws: `ProblemFileError` with the mistakes of all of them, at their places.
  @discardableResult
  public static func run(
    _ path: String, overrides: [String] = [], reader: ProblemFileReader = .standard
  ) throws(ProblemFileError) -> [String] {
    let names = try reader.read(file: path, overrides: overrides).recipeNames
    var mistakes: [Diagnostic] = []
    for name in names {
      do {
        let file = try reader.read(file: path, overrides: overrides, recipe: name)
        let recipe = try file.recipe(named: name)
        if CollocationRecipe.describes(recipe) {
          try CollocationSetup.check(file, recipe)
          continue
        }
        _ = try DataRecipe(recipe, of: file)
        // Some say what is generated only.
        if recipe["model"] != nil || recipe["training"] != nil { _ = try RecipeSettings(recipe) }
      } catch {
        mistakes += error.diagnostics.filter { !mistakes.contains($0) }
      }
    }
    guard mistakes.isEmpty else { throw ProblemFileError(diagnostics: mistakes) }
    return names
  }
}
