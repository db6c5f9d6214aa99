import Glibc

/// Finds the problem files that come with the program, or that a user keeps, by bare name.
public struct ProblemLibrary: Sendable {
  /// One file of the library.
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var title: String
    public var path: String
  }

  /// The folders that are searched, first to last; those that do not exist are passed over.
  public let folders: [String]

  /// A library over the given folders.
  public init(folders: [String]) { self.folders = folders }

  /// The library of this process.
  ///
  /// In this order: the folders of the environment variable `PARSEVAL_PROBLEMS` (separated by `:`),
  /// `./Problems`, `../share/parseval/Problems` beside the executable, and the source checkout.
  public static var standard: ProblemLibrary {
    var folders =
      getenv("PARSEVAL_PROBLEMS").map {
        String(cString: $0).split(separator: ":").map(String.init)
      } ?? []
    folders.append("Problems")
    if let executable = executablePath {
      folders.append(parent(parent(executable)) + "/share/parseval/Problems")
    }
    let checkout = (0..<3).reduce(#filePath) { path, _ in parent(path) }
    return ProblemLibrary(folders: folders + [checkout + "/Problems"])
  }

  /// The file of the problem called `name`; `nil` where no folder has one.
  ///
  /// Names hold no path: `../x` is never looked for.
  public func path(of name: String) -> String? {
    guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), !name.hasPrefix("."), !name.utf8.contains(0)
    else { return nil }
    return folders.map { "\($0)/\(name).yaml" }.first { access($0, R_OK) == 0 }
  }

  /// The file that an argument of the command line means: a path that exists or ends in `.yaml`, else a
  /// name of the library.
  ///
  /// Throws an error with the nearest name where there is neither.
  public func resolve(_ argument: String) throws(ProblemFileError) -> String {
    if argument.hasSuffix(".yaml") || argument.hasSuffix(".yml") { return argument }
    if let path = path(of: argument) { return path }
    if !argument.isEmpty, access(argument, F_OK) == 0 { return argument }
    let names = entries().map(\.name)
    throw ProblemFileError(diagnostics: [
      Diagnostic(
        file: shortened(argument, to: 80), message: "there is no such file, and no problem of that name",
        hint: suggestion(for: argument, in: names) ?? "'parseval list problems' shows the names")
    ])
  }

  /// All problems with their titles, by name; of two files of one name the first folder's counts.
  public func entries() -> [Entry] {
    var found: [String: Entry] = [:]
    for folder in folders {
      for file in Self.files(in: folder) where file.hasSuffix(".yaml") && !file.hasPrefix(".") {
        let name = String(file.dropLast(5))
        guard found[name] == nil else { continue }
        let path = "\(folder)/\(file)"
        found[name] = Entry(name: name, title: Self.title(of: path) ?? name, path: path)
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// The title alone; the rest of the file may be wrong.
  private static func title(of path: String) -> String? {
    guard let bytes = try? FileBytes.read(path) else { return nil }
    var reader = YAMLReader(source: SourceText(name: path, bytes: bytes))
    return reader.read()?["title"]?.text
  }

  private static func files(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static var executablePath: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
