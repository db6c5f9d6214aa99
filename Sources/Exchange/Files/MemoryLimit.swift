import Arrays

/// How much memory the content of one file may take.
public enum MemoryLimit {
  /// Half of the machine's memory, in bytes.
  public static let standard = PhysicalMemory.bytes / 2

  /// The bytes of an array, or `nil` when that overflows or a length is negative.
  static func bytes(shape: [Int], elementSize: Int) -> Int? {
    var total = elementSize
    var isEmpty = false
    for length in shape {
      guard length >= 0 else { return nil }
      if length == 0 {
        isEmpty = true
        continue
      }
      let (product, overflow) = total.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      total = product
    }
    return isEmpty ? 0 : total
  }

  static func text(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
  }
}
