import Exchange
import Glibc
import Learning

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A line of JSON for every epoch.
final class TrainingLog {
  private let path: String
  private let encoder = JSONEncoder()

  init(_ path: String) {
    self.path = path
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }

  private func line(_ record: EpochRecord) -> String {
    // Numbers always have a JSON form.
    ((try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? "") + "\n"
  }

  /// Replaces the file: lines behind the checkpoint that a training continues from would be there twice.
  func write(_ history: [EpochRecord]) throws(ExchangeError) {
    try AtomicFile.write(history.map(line).joined(), to: path)
  }

  func append(_ record: EpochRecord) throws(ExchangeError) {
    guard let file = fopen(path, "ab") else { throw .system(errno, path: path, doing: "write") }
    let isWritten = fputs(line(record), file) >= 0 && fflush(file) == 0
    let code = errno
    fclose(file)
    guard isWritten else { throw .system(code, path: path, doing: "write") }
  }
}
