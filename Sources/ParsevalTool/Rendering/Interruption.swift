import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Ctrl-C, SIGTERM and the end of a terminal as a flag that a run looks at; the second one ends the process.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Catches the signals from now on.
  static func watch() {
    // Makes the flag exist before a handler can need it.
    flag.store(false, ordering: .relaxed)
    var blocked = sigset_t()
    sigemptyset(&blocked)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number) { received in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(received, SIG_DFL)
      }
      // As nohup has it.
      if number == SIGHUP, unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      } else {
        sigaddset(&blocked, number)
      }
    }
    // Whoever started this process may have passed on a mask that keeps the signals away.
    pthread_sigmask(SIG_UNBLOCK, &blocked, nil)
  }

  static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
