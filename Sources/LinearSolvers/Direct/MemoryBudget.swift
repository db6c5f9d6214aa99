#if canImport(Glibc)
  import Glibc
#endif

/// Bytes that factors may take.
enum MemoryBudget {
  private static let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  static func limit(_ options: DirectOptions) -> Double { Double(options.memoryLimit ?? machine) }

  /// Refuses a forecast above the limit, before the memory is taken.
  static func check(_ forecast: FactorForecast, _ options: DirectOptions) throws(LinearSolverError) {
    let allowed = options.memoryLimit ?? machine
    guard forecast.bytes <= Double(allowed) else {
      throw .tooLarge(neededBytes: Int(min(forecast.bytes, 0x1p62)), allowedBytes: allowed)
    }
  }
}
