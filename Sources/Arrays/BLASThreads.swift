import COpenBLAS

/// Limits OpenBLAS to one thread; our own workers are the only parallelism.
public func limitBLASToOneThread() { openblas_set_num_threads(1) }
