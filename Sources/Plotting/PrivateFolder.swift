import Foundation

/// A folder of our own among the temporary files.
struct PrivateFolder {
  let path: String

  /// Makes a folder that only this user can enter.
  init() throws(PlotError) {
    let base = FileManager.default.temporaryDirectory.path
    var template = Array((base + "/parseval-plot-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .unwritable(path: base, reason: String(cString: strerror(errno)))
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ contents: Data, name: String) throws(PlotError) {
    try writeFile(contents, to: path + "/" + name)
  }

  func read(_ name: String) throws(PlotError) -> Data {
    guard let contents = FileManager.default.contents(atPath: path + "/" + name) else {
      throw .gnuplotFailed(message: "it wrote no picture")
    }
    return contents
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Writes a whole file and flushes it to the disk.
func writeFile(_ contents: Data, to path: String) throws(PlotError) {
  func failure() -> PlotError { .unwritable(path: path, reason: String(cString: strerror(errno))) }
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
  guard descriptor >= 0 else { throw failure() }
  var error: PlotError?
  contents.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
      let count = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        error = failure()
        return
      }
      done += count
    }
  }
  if error == nil, fsync(descriptor) != 0, errno != EINVAL { error = failure() }
  if close(descriptor) != 0, error == nil { error = failure() }
  if let error { throw error }
}

extension Figure {
  /// Puts a file in place of an older one in one step.
  static func replace(_ path: String, with contents: Data) throws(PlotError) {
    let url = URL(fileURLWithPath: path)
    let temporary =
      url.deletingLastPathComponent().path + "/.parseval-\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
    do {
      try writeFile(contents, to: temporary)
    } catch {
      unlink(temporary)
      guard case .unwritable(_, let reason) = error else { throw error }
      throw .unwritable(path: path, reason: reason)
    }
    guard rename(temporary, url.path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw .unwritable(path: path, reason: reason)
    }
  }
}
