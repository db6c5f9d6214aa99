import CKernels

#if canImport(Glibc)
  import Glibc
#endif

/// The resident memory of this process, as Linux counts it.
package enum ResidentMemory {
  /// Bytes now.
  package static var current: Int { kilobytes("VmRSS:") * 1024 }
  /// The most bytes since the process began, or since `reset`.
  package static var peak: Int { kilobytes("VmHWM:") * 1024 }

  /// Gives freed memory back and starts the peak anew.
  package static func reset() {
    pvk_return_freed_memory()
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func kilobytes(_ key: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix(key) else { continue }
      return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }
    return 0
  }
}
