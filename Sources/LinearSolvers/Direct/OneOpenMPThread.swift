#if canImport(Glibc)
  import Glibc
#endif

/// Keeps the loops that a library shares by OpenMP on the calling thread, for the length of a call.
///
/// CHOLMOD asks for four threads per front to copy its entries, however many processors there are; where these are fewer,
/// the waiting took a sixth of a factorisation. The setting is that of the calling thread, and is put back.
enum OneOpenMPThread {
  private typealias Getter = @convention(c) () -> Int32
  private typealias Setter = @convention(c) (Int32) -> Void

  /// OpenMP comes with the library or not at all, so that it is looked up where it is.
  private static let levels: (get: Getter, set: Setter)? = {
    guard let get = dlsym(nil, "omp_get_max_active_levels"), let set = dlsym(nil, "omp_set_max_active_levels")
    else { return nil }
    return (unsafeBitCast(get, to: Getter.self), unsafeBitCast(set, to: Setter.self))
  }()

  static func during<Result>(_ body: () -> Result) -> Result {
    guard let levels else { return body() }
    let before = levels.get()
    levels.set(0)
    defer { levels.set(before) }
    return body()
  }
}
