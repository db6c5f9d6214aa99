public import Exchange

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Several trainings of one recipe that differ in their seeds: what `seeds.json` in their folder says.
public struct SeedSeries: Codable, Sendable {
  /// The problem file.
  public var problem: String
  public var recipe: String
  public var overrides: [String]
  /// The data set, if one was given.
  public var data: String?
  public var first: UInt64
  public var count: Int

  public init(
    problem: String, recipe: String, overrides: [String], data: String?, first: UInt64, count: Int
  ) {
    self.problem = absolutePath(problem)
    self.recipe = recipe
    self.overrides = overrides
    self.data = data.map { absolutePath($0).isEmpty ? $0 : absolutePath($0) }
    self.first = first
    self.count = count
  }

  /// The series that a folder has; `nil` if it has none.
  ///
  /// - Throws: `ExchangeError` for a file that does not say it.
  public init?(in folder: RunFolder) throws(ExchangeError) {
    guard folder.has(folder.series) else { return nil }
    guard let bytes = FileManager.default.contents(atPath: folder.series),
      let series = try? JSONDecoder().decode(Self.self, from: bytes), (1...1000).contains(series.count)
    else {
      throw ExchangeError(
        path: folder.series, kind: .corrupted, reason: "it does not say which seeds belong together")
    }
    self = series
  }

  /// Begins the series in a folder.
  ///
  /// - Parameter overwrites: whether what other trainings have left there is removed; data sets stay.
  /// - Throws: `ExchangeError`, also where there is something and it is to stay.
  public func begin(in folder: RunFolder, overwrites: Bool) throws {
    try folder.make()
    let all = [folder] + folders(in: folder).map(\.folder)
    for used in all { try used.checkUnused(overwrites: overwrites) }
    // What is there later is the series' own.
    for old in all.flatMap({ [$0.model, $0.checkpoint, $0.request] }) {
      try? FileManager.default.removeItem(atPath: old)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    // Texts and numbers always have a JSON form.
    try AtomicFile.write((try? encoder.encode(self)).map { Array($0) } ?? [], to: folder.series)
  }

  /// The folders of the trainings, in the order of the seeds.
  public func folders(in folder: RunFolder) -> [(seed: UInt64, folder: RunFolder)] {
    (0..<UInt64(count)).map { (first + $0, folder.seed(first + $0)) }
  }
}

extension RunFolder {
  /// Refuses a folder with work in it.
  ///
  /// - Throws: `ExchangeError`.
  func checkUnused(overwrites: Bool) throws(ExchangeError) {
    guard isUsed, !overwrites else { return }
    throw ExchangeError(
      path: path, kind: .notPermitted,
      reason: has(checkpoint)
        ? "there is a training in it that has not ended" : "there is a trained model in it",
      hint: has(checkpoint)
        ? "continue it with --resume, or give another -o, or --overwrite" : "give another -o, or --overwrite")
  }
}
