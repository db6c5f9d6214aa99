#if canImport(Glibc)
  import Glibc
#endif

/// Cosines and sines of `(first + k) angle` for k below `count`.
///
/// A table of 16 by products: two roundings per value, and a sixteenth of the calls to libm.
func harmonics(_ angle: Double, first: Double, count: Int) -> (cosines: [Double], sines: [Double]) {
  let block = 16
  let low = (0..<min(block, count)).map { k in
    (cosine: cos((first + Double(k)) * angle), sine: sin((first + Double(k)) * angle))
  }
  var cosines = [Double](repeating: 0, count: count)
  var sines = cosines
  for start in stride(from: 0, to: count, by: block) {
    let (cosine, sine) = (cos(Double(start) * angle), sin(Double(start) * angle))
    for k in start..<min(start + block, count) {
      let base = low[k - start]
      cosines[k] = cosine * base.cosine - sine * base.sine
      sines[k] = sine * base.cosine + cosine * base.sine
    }
  }
  return (cosines, sines)
}

/// Integer powers, exact for the small exponents of derivatives.
func power(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  for _ in 0..<exponent { result *= base }
  return result
}

/// Real powers of positive numbers.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
