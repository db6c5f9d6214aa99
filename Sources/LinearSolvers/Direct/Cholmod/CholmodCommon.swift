import Arrays
import CSuiteSparse

/// CHOLMOD's parameters and workspace: one for each analysis and each factorisation, since it is not thread-safe
/// and everything made with it needs it to be freed.
final class CholmodCommon: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<cholmod_common>

  init() {
    OneBLASThread.ensure()
    pointer = .allocate(capacity: 1)
    cholmod_l_start(pointer)
    pointer.pointee.print = 0
    pointer.pointee.error_handler = nil
    pointer.pointee.quick_return_if_not_posdef = 1
    pointer.pointee.SPQR_nthreads = 1
  }

  deinit {
    cholmod_l_finish(pointer)
    pointer.deallocate()
  }

  var status: Int32 { pointer.pointee.status }

  /// The most bytes that CHOLMOD has held at a time.
  var peakBytes: Int { pointer.pointee.memory_usage }
  var bytesInUse: Int { pointer.pointee.memory_inuse }

  /// What a negative status says.
  ///
  /// - Parameter task: what was being done, for the message.
  func failure(_ task: String, library: String = "cholmod") -> LinearSolverError {
    switch status {
    case CHOLMOD_OUT_OF_MEMORY, CHOLMOD_TOO_LARGE:
      .unsupported("\(library): there is not enough memory for \(task)")
    default: .unsupported("\(library): \(task) failed with status \(status)")
    }
  }
}
