#if canImport(Glibc)
  import Glibc
#endif

/// What arrays have room in.
package enum PhysicalMemory {
  /// Bytes of memory in the machine, or what the process may have of it; a gibibyte where the system does not say.
  package static let bytes: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let page = sysconf(Int32(_SC_PAGESIZE))
    let physical = pages > 0 && page > 0 ? pages * page : 1 << 30
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt(physical)
    else {
      return physical
    }
    return Int(limit.rlim_cur)
  }()
}
