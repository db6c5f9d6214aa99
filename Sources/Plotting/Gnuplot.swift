import Foundation

/// The gnuplot program, run as a child process without a shell.
struct Gnuplot {
  /// The program's file.
  let path: String

  /// The program at `path`, or the first gnuplot in the folders of `PATH`.
  ///
  /// - Throws: `gnuplotMissing`.
  init(path: String?) throws(PlotError) {
    let environment = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let candidates =
      path.map { [$0] }
      // An empty entry would mean the current folder, where anyone may have left a program.
      ?? environment.split(separator: ":").filter { $0.hasPrefix("/") }.map { $0 + "/gnuplot" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw .gnuplotMissing(searched: path ?? "gnuplot in PATH")
    }
    self.path = found
  }

  /// Runs a script in its folder and waits until it has ended.
  ///
  /// - Throws: `gnuplotFailed` with what gnuplot said, `terminalMissing`, `timedOut`.
  func run(script: String, in folder: String, timeLimit: Double, format: String) throws(PlotError) {
    let log = folder + "/messages.txt"
    let child = try start(script: script, folder: folder, log: log)
    var status: Int32 = 0
    var waited = 0.0
    while true {
      let result = waitpid(child, &status, WNOHANG)
      if result == child { break }
      if result < 0, errno != EINTR {
        // Somebody else has collected the child; the picture itself tells whether it succeeded.
        status = 0
        break
      }
      guard waited < timeLimit else {
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        throw .timedOut(seconds: timeLimit)
      }
      let pause = min(0.001 + waited / 20, 0.05)
      usleep(UInt32(pause * 1e6))
      waited += pause
    }
    guard status != 0 else { return }
    let message = Self.message(log)
    if message.contains("unknown or ambiguous terminal") { throw .terminalMissing(format: format) }
    let ending =
      status & 0x7F == 0
      ? "it ended with code \((status >> 8) & 0xFF)" : "it was ended by signal \(status & 0x7F)"
    throw .gnuplotFailed(message: message.isEmpty ? ending : message)
  }

  private func start(script: String, folder: String, log: String) throws(PlotError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    // A file, not a pipe: gnuplot never waits for us to read its messages.
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

    // Nobody's start-up file, locale or library folder decides how our script is read.
    var variables = ProcessInfo.processInfo.environment
    for name in ["GNUTERM", "GNUPLOT_LIB", "GNUPLOT_DEFAULT_GDFONT", "GDFONTPATH"] { variables[name] = nil }
    variables["LC_ALL"] = "C.UTF-8"
    let settings = variables.map { "\($0.key)=\($0.value)" }
    // The spawn call that changes the folder is not portable; gnuplot can do it itself.
    let enter = "cd '" + folder.replacing("'", with: #"'."'".'"#) + "'"
    let words: [String] = [path, "-d", "-e", enter, script]
    let environment: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for text in environment + arguments { free(text) } }

    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, nil, arguments, environment)
    guard code == 0 else { throw .gnuplotFailed(message: String(cString: strerror(code))) }
    return child
  }

  /// The first few lines that gnuplot wrote to its standard error.
  private static func message(_ log: String) -> String {
    guard let file = FileHandle(forReadingAtPath: log) else { return "" }
    defer { try? file.close() }
    let bytes = (try? file.read(upToCount: 4000)) ?? nil
    let lines = String(decoding: bytes ?? Data(), as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      // gnuplot repeats the command with a caret under it.
      .filter { !$0.isEmpty && $0 != "^" }
    return lines.prefix(8).joined(separator: "; ")
  }
}
