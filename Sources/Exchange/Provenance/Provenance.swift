#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a file comes from: everything needed to make it again.
public struct Provenance: Codable, Hashable, Sendable {
  /// The resolved problem file.
  public var problem: String
  /// Where the problem file stood; empty if there was none.
  public var problemFile: String
  /// SHA-256 of the problem's text, in hexadecimal digits.
  public var problemHash: String
  /// Overrides of the command line, each as `key=value`.
  public var overrides: [String]
  public var seed: UInt64
  /// The version of every program and library, by name.
  public var versions: [String: String]
  /// The commit the program was built from.
  public var commit: String
  /// `double` or `float`.
  public var precision: String
  public var threads: Int
  /// Seconds from start to end; 0 while the run lasts.
  public var wallSeconds: Double
  public var commandLine: [String]
  /// In the form of ISO 8601.
  public var date: String

  /// Computes the hash of `problem` itself.
  public init(
    problem: String, problemFile: String = "", overrides: [String] = [], seed: UInt64 = 0,
    versions: [String: String] = [:],
    commit: String = "", precision: String = "double", threads: Int = 1, wallSeconds: Double = 0,
    commandLine: [String] = [], date: String = ""
  ) {
    self.problem = problem
    self.problemFile = problemFile
    problemHash = SHA256.digest(of: problem).description
    self.overrides = overrides
    self.seed = seed
    self.versions = versions
    self.commit = commit
    self.precision = precision
    self.threads = threads
    self.wallSeconds = wallSeconds
    self.commandLine = commandLine
    self.date = date
  }

  /// The name of the attribute that holds the wall time, the one that is written again at the end.
  public static let wallSecondsAttribute = "wall_seconds"

  /// The wall time as an attribute, for `NetCDFWriter.update`.
  public var wallSecondsAttribute: NetCDFAttribute {
    NetCDFAttribute(Self.wallSecondsAttribute, .doubles([wallSeconds]))
  }

  /// Global attributes for a NetCDF file.
  ///
  /// Lists are JSON; the seed is text, since it may exceed 63 bits.
  public var attributes: [NetCDFAttribute] {
    [
      NetCDFAttribute("problem", .text(problem)),
      NetCDFAttribute("problem_sha256", .text(problemHash)),
      NetCDFAttribute("problem_file", .text(problemFile)),
      NetCDFAttribute("overrides", .text(Self.json(overrides))),
      NetCDFAttribute("seed", .text(String(seed))),
      NetCDFAttribute("versions", .text(Self.json(versions))),
      NetCDFAttribute("commit", .text(commit)),
      NetCDFAttribute("precision", .text(precision)),
      NetCDFAttribute("threads", .integers([Int64(threads)])),
      wallSecondsAttribute,
      NetCDFAttribute("command_line", .text(Self.json(commandLine))),
      NetCDFAttribute("date", .text(date)),
    ]
  }

  /// Reads the attributes of a file back.
  ///
  /// Throws if one is missing or malformed, or if the problem's text does not have its hash.
  public init(schema: NetCDFSchema, path: String) throws(ExchangeError) {
    func missing(_ name: String) -> ExchangeError {
      ExchangeError(
        path: path, kind: .noSuchName,
        reason: "it does not say where it comes from: '\(name)' is missing or malformed")
    }
    func text(_ name: String) throws(ExchangeError) -> String {
      guard let text = schema.attribute(name)?.text else { throw missing(name) }
      return text
    }
    func number(_ name: String) throws(ExchangeError) -> Double {
      guard let number = schema.attribute(name)?.number else { throw missing(name) }
      return number
    }
    func decoded<Value: Decodable>(_ name: String, _ type: Value.Type) throws(ExchangeError) -> Value {
      guard let value = try? JSONDecoder().decode(type, from: Data(try text(name).utf8)) else {
        throw missing(name)
      }
      return value
    }
    guard let seed = UInt64(try text("seed")) else { throw missing("seed") }
    guard let threads = Int(exactly: try number("threads")) else { throw missing("threads") }
    self.init(
      problem: try text("problem"), problemFile: try text("problem_file"),
      overrides: try decoded("overrides", [String].self), seed: seed,
      versions: try decoded("versions", [String: String].self), commit: try text("commit"),
      precision: try text("precision"), threads: threads, wallSeconds: try number(Self.wallSecondsAttribute),
      commandLine: try decoded("command_line", [String].self), date: try text("date"))
    guard problemHash == (try text("problem_sha256")) else {
      throw .corrupted(path, "the problem text in it does not have the hash it claims")
    }
  }

  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, and lists and dictionaries of them, always have a JSON form.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
