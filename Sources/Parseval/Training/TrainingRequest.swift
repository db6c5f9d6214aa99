import Exchange

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How a training was asked for: all that `--resume` needs beside the problem's text.
struct TrainingRequest: Codable {
  var recipe: String
  /// The data set, by its absolute path; `nil` for the one that the training made itself, or a file of others.
  var data: String?
  var seed: UInt64
  var overrides: [String]
  /// What messages call the problem file.
  var problemFile: String

  /// Whether the data are those that the training makes for itself.
  func needsOwnData(_ recipe: DataRecipe) -> Bool { data == nil && recipe.file == nil }

  /// The data set; `nil` where the recipe names a file of others.
  func path(of recipe: DataRecipe, in folder: RunFolder) -> String? {
    needsOwnData(recipe) ? folder.data : data
  }

  func write(to path: String) throws(ExchangeError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    // Texts and numbers always have a JSON form.
    let bytes = (try? encoder.encode(self)).map { Array($0) } ?? []
    try AtomicFile.write(to: path) { file throws(ExchangeError) in try file.write(bytes) }
  }

  init(recipe: String, data: String?, seed: UInt64, overrides: [String], problemFile: String) {
    self.recipe = recipe
    self.data = data
    self.seed = seed
    self.overrides = overrides
    self.problemFile = problemFile
  }

  init(reading path: String) throws(ExchangeError) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ExchangeError(
        path: path, kind: .notFound, reason: "there is no such file: this is not the folder of a training")
    }
    guard let request = try? JSONDecoder().decode(Self.self, from: bytes) else {
      throw ExchangeError(
        path: path, kind: .corrupted, reason: "it does not say how a training was asked for")
    }
    self = request
  }
}
