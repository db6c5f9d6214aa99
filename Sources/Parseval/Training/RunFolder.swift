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
  /// A network at points on a grid, and its picture.
  public var solution: String { path + "/solution.nc" }
  public var picture: String { path + "/solution.png" }

  /// The folder of one of several trainings that differ in their seeds.
  public func seed(_ seed: UInt64) -> RunFolder { RunFolder("\(path)/\(Self.seedPrefix)\(seed)") }
  private static let seedPrefix = "seed-"

  /// What says which seeds belong together.
  public var series: String { path + "/seeds.json" }

  /// Whether there is work in it that another training would replace.
  var isUsed: Bool { has(model) || has(checkpoint) || has(series) }

  /// Keeps other processes out for as long as the result lives.
  ///
  /// - Throws: `ExchangeError` where another one is at work.
  func lock() throws(ExchangeError) -> FileLock {
    let lock = try FileLock(
      path, reason: "another training is at work in this folder", hint: "wait for its end, or give another -o"
    )
    guard let lock else {
      throw ExchangeError(path: path, kind: .notFound, reason: "there is no such folder")
    }
    return lock
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
