import Glibc

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Starts a reading child for each request and takes its answer, within a time and a size.
struct ReaderProcess {
  let executable: String
  let timeout: Double
  let path: String

  /// The complete frame the child sent.
  func answer(to request: ReaderRequest, payloadLimit: Int) throws(ExchangeError) -> [UInt8] {
    try checkPath(path)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(errno, path: path, doing: "read") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (input, output) = (ends[0], ends[1])
    defer { close(input) }
    let child: pid_t
    do throws(ExchangeError) {
      child = try start(request.arguments(path: path), output: output)
    } catch {
      close(output)
      throw error
    }
    close(output)
    var status: Int32 = 0
    let received: Result<[UInt8], ExchangeError>
    do throws(ExchangeError) {
      received = .success(try receive(from: input, payloadLimit: payloadLimit))
    } catch {
      received = .failure(error)
      // A child that talks too much or too slowly is of no more use.
      if error.kind != .readerCrashed { kill(child, SIGKILL) }
    }
    waitUntilDone(child, &status)
    let signal = status & 0x7F
    if signal != 0 && signal != SIGKILL {
      throw ExchangeError(
        path: path, kind: .readerCrashed,
        reason: "the process that reads it crashed (signal \(signal)): the file is damaged or hostile")
    }
    return try received.get()
  }

  private func start(_ arguments: [String], output: Int32) throws(ExchangeError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    let words = ([executable] + arguments).map { strdup($0) } + [nil]
    let environment =
      ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + environment).forEach { free($0) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Ctrl-C is for this program, which says what becomes of it.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var child: pid_t = 0
    let code = posix_spawn(&child, executable, &actions, &attributes, words, environment)
    guard code == 0 else {
      throw ExchangeError(
        path: path, kind: .system,
        reason:
          "the program '\(executable)' that reads it cannot be started: \(String(cString: strerror(code)))")
    }
    return child
  }

  private func receive(from input: Int32, payloadLimit: Int) throws(ExchangeError) -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(timeout)
    var frame: [UInt8] = []
    var expected = IsolatedFrame.headSize
    var knowsLength = false
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw timedOut }
      var event = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let milliseconds = Int32(
        clamping: left.components.seconds * 1000 + 1 + left.components.attoseconds / 1_000_000_000_000_000)
      let ready = poll(&event, 1, milliseconds)
      if ready < 0 && errno != EINTR { throw .system(errno, path: path, doing: "read") }
      guard ready > 0 else { continue }
      let got = read(input, &chunk, chunk.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .system(errno, path: path, doing: "read") }
      guard got > 0 else { throw IsolatedFrame.nonsense(path) }
      frame.append(contentsOf: chunk[..<got])
      if !knowsLength, frame.count >= IsolatedFrame.headSize {
        // A refusal may be longer than the data that were asked for.
        let largest = UInt64(max(payloadLimit, 1 << 16))
        guard let length = IsolatedFrame.payloadLength(head: frame.prefix(IsolatedFrame.headSize)),
          length <= largest
        else { throw tooMuch }
        expected = IsolatedFrame.headSize + Int(length) + IsolatedFrame.tailSize
        knowsLength = true
      }
      // The end of the pipe is not waited for: another child of this program may hold it open.
      if knowsLength && frame.count >= expected {
        guard frame.count == expected else { throw tooMuch }
        return frame
      }
    }
  }

  /// The pipe is closed or the child is killed by now, so the wait is short unless the child hangs.
  private func waitUntilDone(_ child: pid_t, _ status: inout Int32) {
    let deadline = ContinuousClock.now + .seconds(min(timeout, 5))
    while true {
      let result = waitpid(child, &status, WNOHANG)
      if result == child || (result < 0 && errno != EINTR) { return }
      if ContinuousClock.now > deadline { kill(child, SIGKILL) }
      usleep(200)
    }
  }

  private var timedOut: ExchangeError {
    ExchangeError(
      path: path, kind: .readerTimedOut,
      reason: "the process that reads it did not finish in \(timeout) seconds")
  }

  private var tooMuch: ExchangeError {
    ExchangeError(
      path: path, kind: .corrupted, reason: "the process that reads it sent something other than the data")
  }
}
