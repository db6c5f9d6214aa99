import Arrays
import Glibc

extension IsolatedReader {
  /// Whether a program was started as a reading child: its first argument is the hidden option.
  public static func isRequest(_ arguments: [String]) -> Bool { arguments.first == ReaderRequest.option }

  /// Answers one request on standard output: the whole life of a reading child.
  ///
  /// - Parameter arguments: The program's arguments without its own name, from the hidden option on.
  /// - Returns: The exit code: 0 if an answer was sent, even one that says why the file is refused.
  public static func serve(_ arguments: [String]) -> Int32 {
    guard let (path, request) = ReaderRequest.parse(arguments) else { return 64 }
    // What libraries print must not get into the answer.
    let channel = dup(STDOUT_FILENO)
    guard channel >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { return 70 }
    limitResources(request)
    let frame: [UInt8]
    do throws(ExchangeError) { frame = try answer(path, request) } catch {
      frame = IsolatedFrame.encode(error)
    }
    var done = 0
    while done < frame.count {
      let written = frame.withUnsafeBytes { write(channel, $0.baseAddress! + done, $0.count - done) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return 70 }
      done += written
    }
    return 0
  }

  private static func answer(_ path: String, _ request: ReaderRequest) throws(ExchangeError) -> [UInt8] {
    switch request {
    case .schema(let limit):
      let reader = try NetCDFReader(path: path, memoryLimit: limit, acceptsForeignFormats: true)
      do { return try IsolatedFrame.encode(reader.schema) } catch { throw IsolatedFrame.nonsense(path) }
    case .block(let name, let start, let count, let integers, let limit):
      let reader = try NetCDFReader(path: path, memoryLimit: limit, acceptsForeignFormats: true)
      return integers
        ? IsolatedFrame.encode(.integers, try reader.readIntegers(name, start: start, count: count))
        : IsolatedFrame.encode(.doubles, try reader.read(name, start: start, count: count))
    }
  }

  /// Bounds what a hostile file can make the library take; failing to do so is no error.
  private static func limitResources(_ request: ReaderRequest) {
    let memory: Int
    switch request {
    case .schema(let limit), .block(_, _, _, _, let limit): memory = limit
    }
    // The answer exists up to four times: as array, payload, frame, and in the library's buffers.
    let (product, overflow) = memory.multipliedReportingOverflow(by: 4)
    let bytes = overflow ? Int.max / 2 : min(product, Int.max / 2) + 4 << 30
    for (resource, value) in [(RLIMIT_AS, rlim_t(bytes)), (RLIMIT_CORE, rlim_t(0))] {
      var limit = rlimit(rlim_cur: value, rlim_max: value)
      _ = setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
  }
}
