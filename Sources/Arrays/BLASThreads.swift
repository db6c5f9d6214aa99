import COpenBLAS

/// Limits OpenBLAS to one thread; our own workers are the only parallelism.
public func limitBLASToOneThread() { parseval_single_blas_thread() }

/// What OpenBLAS says of itself: its version, build options, and the processor it runs its kernels for.
public var blasConfiguration: String {
  guard let text = openblas_get_config() else { return "" }
  return String(cString: text)
}
