import Arrays

/// Bytes that factors may take.
enum MemoryBudget {
  static func limit(_ options: DirectOptions) -> Double {
    Double(options.memoryLimit ?? PhysicalMemory.bytes)
  }

  /// Refuses a forecast above the limit, before the memory is taken.
  static func check(_ forecast: FactorForecast, _ options: DirectOptions) throws(LinearSolverError) {
    let allowed = options.memoryLimit ?? PhysicalMemory.bytes
    guard forecast.bytes <= Double(allowed) else {
      throw .tooLarge(neededBytes: Int(min(forecast.bytes, 0x1p62)), allowedBytes: allowed)
    }
  }
}
