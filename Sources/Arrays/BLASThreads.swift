import COpenBLAS

/// Limits OpenBLAS to one thread; our own workers are the only parallelism.
///
/// Programs call it at their start. Whatever of ours calls BLAS or LAPACK does so too before its first call, because the limit
/// must not change while another thread is inside of one. Two BLAS threads on two shared cores made a solve sixty times slower.
public func limitBLASToOneThread() { OneBLASThread.ensure() }

/// See `limitBLASToOneThread`.
package enum OneBLASThread {
  private static let limited: Void = parseval_single_blas_thread()
  package static func ensure() { _ = limited }
}

/// What OpenBLAS says of itself: its version, build options, and the processor it runs its kernels for.
public var blasConfiguration: String {
  guard let text = openblas_get_config() else { return "" }
  return String(cString: text)
}
