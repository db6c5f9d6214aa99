/// Right-hand sides of a size whose squares neither vanish nor overflow.
///
/// The equations are linear: with b, the first guess and absolute tolerances multiplied by a power of two, no digit of
/// the answer changes but its exponent.
struct OrdinarySize {
  /// The power of two; 1 where b is of ordinary size already, zero, or not finite.
  let scale: Double

  /// From b and its norm, as far as that could be formed.
  init(_ b: UnsafePointer<Double>, count: Int, norm: Double) {
    guard !(1e-100...1e100).contains(norm), !norm.isNaN else {
      scale = 1
      return
    }
    let largest = UnsafeBufferPointer(start: b, count: count).reduce(0) { max($0, abs($1)) }
    // Within what has a reciprocal.
    scale =
      largest > 0 && largest.isFinite
      ? Double(sign: .plus, exponent: -max(-1000, min(1000, Int(largest.exponent))), significand: 1) : 1
  }

  var isNeeded: Bool { scale != 1 }

  /// Multiplies a first guess; one that would be too large then is dropped for zero.
  func enlarge(_ guess: UnsafeMutablePointer<Double>, count: Int) {
    guard isNeeded else { return }
    let numbers = UnsafeMutableBufferPointer(start: guess, count: count)
    let isTooLarge = numbers.contains { abs($0 * scale) > 1e150 && $0.isFinite }
    for index in numbers.indices { numbers[index] = isTooLarge ? 0 : numbers[index] * scale }
  }

  /// Divides an answer.
  func restore(_ answer: UnsafeMutablePointer<Double>, count: Int) {
    guard isNeeded else { return }
    for index in 0..<count { answer[index] /= scale }
  }

  /// The options of the multiplied system.
  func options(_ options: IterationOptions) -> IterationOptions {
    var scaled = options
    scaled.tolerance.absolute *= scale
    return scaled
  }
}
