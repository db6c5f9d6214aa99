import Arrays
import Exchange
import Glibc
import Spectral

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the program runs on: processors, memory, and the libraries under it.
public enum Machine {
  /// The version of this library.
  public static let version = "0.1.0"
  /// The commit that it was built from; empty if it was not built from a repository.
  public static var commit: String { builtCommit }

  /// Processors that this process may use.
  public static var processorCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Bytes of memory in the machine.
  public static var memory: Int { PhysicalMemory.bytes }

  /// The widest instruction set that the kernels are compiled for and the processor has:
  /// `x86-64-v4` (AVX-512), `x86-64-v3` (AVX2) or `baseline`.
  public static var instructionSet: String {
    let flags = processorFlags
    if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) {
      return "x86-64-v4"
    }
    if flags.isSuperset(of: ["avx2", "bmi1", "bmi2", "fma", "movbe"]) { return "x86-64-v3" }
    return "baseline"
  }

  /// The versions of this library and of those under it, by name.
  public static var versions: [String: String] {
    ["parseval": version, "fftw": FFTWLibrary.version, "openblas": openBLASVersion, "netcdf": netCDFVersion]
  }

  private static var openBLASVersion: String {
    // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …"
    let words = blasConfiguration.split(separator: " ")
    return words.count > 1 ? String(words[1]) : "unknown"
  }

  private static var netCDFVersion: String {
    // "4.9.0 of Aug 12 2022 …"
    NetCDF.libraryVersion.split(separator: " ").first.map(String.init) ?? "unknown"
  }

  private static var processorFlags: Set<String> {
    guard let file = fopen("/proc/cpuinfo", "r") else { return [] }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0, let line {
      let text = String(cString: line)
      if text.hasPrefix("flags") { return Set(text.split(whereSeparator: \.isWhitespace).map(String.init)) }
    }
    return []
  }
}
