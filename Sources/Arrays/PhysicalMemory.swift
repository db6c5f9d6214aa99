#if canImport(Glibc)
  import Glibc
#endif

/// What arrays have room in.
package enum PhysicalMemory {
  /// Bytes of memory in the machine; a gibibyte where the system does not say.
  package static let bytes: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let page = sysconf(Int32(_SC_PAGESIZE))
    return pages > 0 && page > 0 ? pages * page : 1 << 30
  }()
}
