#if canImport(Glibc)
  import Glibc
#endif

/// A stream of random numbers that is a pure function of its key.
///
/// Philox-4x32 with ten rounds (Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as
/// 1, 2, 3*, SC 2011). The key is made of the seed and the purpose, the counter of sample, step and
/// position: the same number comes out whatever the thread count or the order of the calls.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let sample: UInt32
  private let step: UInt32

  /// A stream for one purpose of one sample at one step.
  public init(seed: UInt64, purpose: String, sample: Int = 0, step: Int = 0) {
    var hash = StableHash()
    hash.combine(purpose)
    let mixed = hash.value ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    key = SIMD2(UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    self.sample = UInt32(truncatingIfNeeded: sample)
    self.step = UInt32(truncatingIfNeeded: step)
  }

  /// Four random words at a position of the stream.
  public func words(at position: UInt64) -> SIMD4<UInt32> {
    Self.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32), sample, step),
      key: key)
  }

  /// Two independent numbers, uniform on the open interval (0, 1), with 53 random bits each.
  public func uniforms(at position: UInt64) -> SIMD2<Double> {
    let bits = words(at: position)
    func unit(_ high: UInt32, _ low: UInt32) -> Double {
      (Double((UInt64(high) << 32 | UInt64(low)) >> 11) + 0.5) * 0x1p-53
    }
    return SIMD2(unit(bits.x, bits.y), unit(bits.z, bits.w))
  }

  /// Two independent standard normal numbers (Box–Muller).
  public func normals(at position: UInt64) -> SIMD2<Double> {
    let uniform = uniforms(at: position)
    let radius = (-2 * log(uniform.x)).squareRoot()
    return SIMD2(radius * cos(2 * .pi * uniform.y), radius * sin(2 * .pi * uniform.y))
  }

  /// The Philox-4x32-10 block function, public so that its published test vectors can be checked.
  public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var state = counter
    var roundKey = key
    for _ in 0..<10 {
      let first = UInt64(state.x) * 0xD251_1F53
      let second = UInt64(state.z) * 0xCD9E_8D57
      state = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ state.y ^ roundKey.x,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ state.w ^ roundKey.y,
        UInt32(truncatingIfNeeded: first))
      roundKey &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return state
  }
}
