import Glibc

extension ExchangeError {
  /// The error for a value of `errno`, in plain words.
  package static func system(_ code: Int32, path: String, doing: String) -> ExchangeError {
    switch code {
    case ENOENT, ENOTDIR:
      let parent = parentFolder(of: path)
      if doing == "open" || doing == "read" {
        return ExchangeError(path: path, kind: .notFound, reason: "there is no such file")
      }
      if isFolder(parent) {
        return ExchangeError(
          path: path, kind: .notPermitted, reason: "the folder '\(parent)' does not accept new files")
      }
      return ExchangeError(path: path, kind: .notFound, reason: "the folder '\(parent)' does not exist")
    case EACCES, EPERM:
      return ExchangeError(path: path, kind: .notPermitted, reason: "permission to \(doing) it is denied")
    case EROFS:
      return ExchangeError(path: path, kind: .notPermitted, reason: "the file system is read-only")
    case EISDIR:
      return ExchangeError(path: path, kind: .notARegularFile, reason: "it is a folder, not a file")
    case ENOSPC:
      return ExchangeError(path: path, kind: .diskFull, reason: "the disk is full")
    case EDQUOT:
      return ExchangeError(path: path, kind: .diskFull, reason: "the disk quota is used up")
    case EFBIG:
      return ExchangeError(path: path, kind: .diskFull, reason: "the file-size limit is reached")
    case ENAMETOOLONG:
      return ExchangeError(path: path, kind: .notFound, reason: "the file name is too long")
    case ENOMEM:
      return ExchangeError(path: path, kind: .tooLarge, reason: "there is not enough memory to \(doing) it")
    default:
      return ExchangeError(
        path: path, kind: .system, reason: "the system cannot \(doing) it: \(String(cString: strerror(code)))"
      )
    }
  }
}

/// The folder a path stands in, `.` for a bare name.
func parentFolder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Throws for paths that C functions would misread.
func checkPath(_ path: String) throws(ExchangeError) {
  guard !path.isEmpty else {
    throw ExchangeError(path: path, kind: .notFound, reason: "the file name is empty")
  }
  guard !path.utf8.contains(0) else {
    throw ExchangeError(path: path, kind: .notFound, reason: "the file name contains a zero byte")
  }
}

/// Makes a write beyond the file-size limit fail with `EFBIG`; by default the signal ends the process.
package func ignoreFileSizeSignal() { _ = fileSizeSignalIsIgnored }

private let fileSizeSignalIsIgnored: Bool = {
  var action = sigaction()
  // A handler of the host program is left alone.
  guard sigaction(SIGXFSZ, nil, &action) == 0,
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0
  else {
    return false
  }
  signal(SIGXFSZ, SIG_IGN)
  return true
}()
