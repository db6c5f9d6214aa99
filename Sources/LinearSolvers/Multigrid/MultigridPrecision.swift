import Arrays

/// The numbers that a multigrid cycle computes with.
///
/// The iteration around it works in double precision, so that single precision costs no accuracy of the solution; it
/// halves the memory that a cycle moves. Symmetry and linearity then hold to about 1e-6 instead of 1e-15.
public enum MultigridPrecision: String, Sendable, Hashable, CaseIterable {
  case single, double

  var stride: Int { self == .single ? MemoryLayout<Float>.stride : MemoryLayout<Double>.stride }
}

/// Floats or doubles, as the precision of a cycle says.
final class CycleVector: @unchecked Sendable {
  let count: Int
  let precision: MultigridPrecision
  private let storage: AlignedStorage<UInt8>

  init(count: Int, precision: MultigridPrecision) {
    self.count = count
    self.precision = precision
    storage = AlignedStorage(count: max(count, 1) * precision.stride)
  }

  /// For vectors that are written before they are read.
  init(uninitialized count: Int, precision: MultigridPrecision) {
    self.count = count
    self.precision = precision
    storage = AlignedStorage(uninitialized: max(count, 1) * precision.stride)
  }

  var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(storage.baseAddress) }
  var singles: UnsafeMutablePointer<Float> { raw.assumingMemoryBound(to: Float.self) }
  var doubles: UnsafeMutablePointer<Double> { raw.assumingMemoryBound(to: Double.self) }
  var byteCount: Int { storage.count }
}
