import Exchange
import Glibc

/// The folder of a training: what it is made of, and what came of it.
public struct RunFolder: Sendable {
  public let path: String

  public init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The weights with the least validation error, and all that belongs to them.
  public var model: String { path + "/model.safetensors" }
  /// Where the training stands, while it is not at its end.
  public var checkpoint: String { path + "/checkpoint.safetensors" }
  /// The problem with its recipes, resolved.
  public var problem: String { path + "/problem.yaml" }
  /// How the training was asked for.
  public var request: String { path + "/request.json" }
  /// A line of JSON for every epoch.
  public var log: String { path + "/log.jsonl" }
  /// The data set, unless another one was given.
  public var data: String { path + "/data.nc" }
  public var curves: String { path + "/curves.png" }

  /// The folder of one of several trainings that differ in their seeds.
  public func seed(_ seed: UInt64) -> RunFolder { RunFolder("\(path)/\(Self.seedPrefix)\(seed)") }
  private static let seedPrefix = "seed-"

  /// The folders of the seeds that have a model, in the order of the seeds.
  var seeds: [RunFolder] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var found: [UInt64] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(Self.seedPrefix), let seed = UInt64(name.dropFirst(Self.seedPrefix.count)) {
        found.append(seed)
      }
    }
    return found.sorted().map { self.seed($0) }.filter { $0.has($0.model) }
  }

  public func has(_ file: String) -> Bool { access(file, F_OK) == 0 }

  /// Makes the folder and those above it.
  ///
  /// - Throws: `ExchangeError`.
  func make() throws(ExchangeError) {
    var current = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      current += "/" + part
      guard mkdir(current, 0o777) != 0, errno != EEXIST else { continue }
      throw ExchangeError(
        path: path, kind: .notPermitted,
        reason: "the folder cannot be made: \(String(cString: strerror(errno)))")
    }
  }
}
