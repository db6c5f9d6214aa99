import Arrays

/// Limits BLAS to one thread, the first time that a factorisation starts.
///
/// Two BLAS threads on two shared cores made a solve sixty times slower.
enum OneBLASThread {
  private static let limited: Void = limitBLASToOneThread()
  static func ensure() { _ = limited }
}
