import Glibc

/// A number without exponent: Gmsh's formulas read the e of 1e-05 as a name.
func decimal(_ value: Double) -> String {
  var buffer = [CChar](repeating: 0, count: 400)
  let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.30f", $0) }
  return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
