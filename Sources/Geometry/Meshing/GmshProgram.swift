import Exchange
import Glibc

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The Gmsh program, run as a child process without a shell.
struct GmshProgram {
  let path: String

  /// The program at `path`, or the first gmsh in the folders of `PATH`.
  ///
  /// - Throws: `gmshMissing`.
  init(path: String?) throws(GeometryError) {
    let environment = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let candidates =
      path.map { [$0] }
      // An empty entry would mean the current folder, where anyone may have left a program.
      ?? environment.split(separator: ":").filter { $0.hasPrefix("/") }.map { $0 + "/gmsh" }
    guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw .gmshMissing(searched: path ?? "gmsh in PATH")
    }
    self.path = found
  }

  /// Meshes the script `mesh.geo` of a folder into `mesh.msh`.
  ///
  /// - Throws: `gmshFailed`, `timedOut`, `cancelled`.
  func run(in folder: PrivateFolder, dimension: Int, options: MeshingOptions) throws(GeometryError) {
    let child = try start(
      folder, [folder.path + "/mesh.geo", "-\(dimension)", "-nt", "1", "-format", "msh41"])
    var status: Int32 = 0
    let began = ContinuousClock.now
    var pause = 0.001
    while true {
      let result = waitpid(child, &status, WNOHANG)
      if result == child { break }
      if result < 0, errno != EINTR {
        // Somebody else has collected the child; the mesh itself tells whether it succeeded.
        status = 0
        break
      }
      let isCancelled = options.shouldStop()
      if isCancelled || ContinuousClock.now - began > .seconds(options.timeLimit) {
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        throw isCancelled ? .cancelled : .timedOut(seconds: options.timeLimit)
      }
      usleep(UInt32(pause * 1e6))
      pause = min(pause * 1.2, 0.05)
    }
    // Gmsh reports many failures on its output only and ends with code 0.
    if let message = lastError(folder.path + "/messages.txt") { throw .gmshFailed(message: message) }
    if status & 0x7F != 0 { throw .gmshFailed(message: "it was ended by signal \(status & 0x7F)") }
    if status != 0 { throw .gmshFailed(message: "it ended with code \((status >> 8) & 0xFF)") }
  }

  private func start(_ folder: PrivateFolder, _ arguments: [String]) throws(GeometryError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    // A file, not a pipe: Gmsh never waits for us to read its messages.
    posix_spawn_file_actions_addopen(
      &actions, 1, folder.path + "/messages.txt", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)

    // Nobody's start-up file or locale decides how our script is read.
    var variables = ProcessInfo.processInfo.environment
    for name in ["HOME", "GMSH_HOME", "TMPDIR"] { variables[name] = folder.path }
    variables["LC_ALL"] = "C"
    variables["OMP_NUM_THREADS"] = "1"
    let words = [path] + arguments + ["-o", folder.path + "/mesh.msh", "-v", "3"]
    let settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    let list: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for text in settings + list { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, nil, list, settings)
    guard code == 0 else { throw .gmshFailed(message: String(cString: strerror(code))) }
    return child
  }

  /// The last line that reports an error, without its label and apart from the summary's frame.
  private func lastError(_ log: String) -> String? {
    guard let file = fopen(log, "r") else { return nil }
    defer { fclose(file) }
    var found: String?
    var buffer = [CChar](repeating: 0, count: 2000)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("Error"), let colon = text.firstIndex(of: ":") else { continue }
      let words = text[text.index(after: colon)...].split(whereSeparator: \.isWhitespace)
      let message = words.joined(separator: " ")
      let isFrame =
        message.allSatisfy { $0 == "-" } || message.hasPrefix("Mesh generation error summary")
        || message.contains("heck the full log")
        || (words.count == 2 && ["error", "errors", "warning", "warnings"].contains(words[1]))
      if found == nil || !isFrame { found = message }
    }
    return found
  }
}

/// A folder of our own among the temporary files, removed with this object.
final class PrivateFolder {
  let path: String

  /// Makes a folder that only this user can enter.
  init() throws(GeometryError) {
    let wish = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    // The path stands in Gmsh's script: nothing but plain characters may get there.
    let isPlain = wish.utf8.allSatisfy { byte in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || "/._-".contains(character))
    }
    let base = isPlain && wish.hasPrefix("/") ? wish : "/tmp"
    var template = Array((base + "/parseval-mesh-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      let reason = "no temporary folder can be made: \(String(cString: strerror(errno)))"
      throw .file(ExchangeError(path: base, kind: .system, reason: reason))
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // With all that is in it: Gmsh makes folders of its own.
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], name: String) throws(GeometryError) {
    do throws(ExchangeError) { try AtomicFile.write(bytes, to: path + "/" + name) } catch {
      throw .file(error)
    }
  }
}
