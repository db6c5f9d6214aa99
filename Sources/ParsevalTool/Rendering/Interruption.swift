import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Ctrl-C and SIGTERM as a flag that a run looks at; the second one ends the process.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Catches the signals from now on.
  static func watch() {
    // Makes the flag exist before a handler can need it.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { received in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(received, SIG_DFL)
      }
    }
  }

  static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
