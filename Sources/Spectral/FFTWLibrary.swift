import CFFTW
import Synchronization

/// The library behind the transforms: its version, and what it has learned about this machine.
public enum FFTWLibrary {
  /// The version, such as `3.3.10-sse2-avx`.
  public static var version: String {
    let full = String(cString: parseval_fftw_version())
    return full.hasPrefix("fftw-") ? String(full.dropFirst(5)) : full
  }

  /// The plans that measuring has found so far; with them, other processes make the same plans.
  package static var wisdom: String {
    planner.withLock { _ in
      guard let text = fftw_export_wisdom_to_string() else { return "" }
      defer { fftw_free(text) }
      return String(cString: text)
    }
  }

  /// Takes over the plans of another process; `false` if the text is no wisdom.
  package static func adopt(wisdom: String) -> Bool {
    planner.withLock { _ in fftw_import_wisdom_from_string(wisdom) == 1 }
  }
}
