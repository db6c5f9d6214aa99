/// `Σ D^α [ p_α ]`: outer space derivatives of functions evaluated point by point.
///
/// Monomials that are one derivative of an unknown carry all their derivatives themselves and stand under
/// the zero index; so does everything that can be differentiated on paper.
struct DifferentialSum: Equatable {
  var parts: [MultiIndex: Polynomial] = [:]

  init() {}

  init(_ polynomial: Polynomial, dimension: Int) {
    if !polynomial.isZero { parts[.zero(dimension)] = polynomial }
  }

  var isZero: Bool { parts.isEmpty }

  /// The number that the sum is, if it is one.
  var number: Double? {
    if parts.isEmpty { return 0 }
    guard parts.count == 1, let part = parts.first, part.key.total == 0 else { return nil }
    return part.value.number
  }

  /// The function under no derivative, if there is nothing else.
  var pointwisePart: Polynomial? {
    if parts.isEmpty { return Polynomial() }
    guard parts.count == 1, let part = parts.first, part.key.total == 0 else { return nil }
    return part.value
  }

  mutating func add(_ polynomial: Polynomial, under index: MultiIndex, scale: Double = 1) {
    var sum = parts[index] ?? Polynomial()
    sum.add(polynomial, scale: scale)
    parts[index] = sum.isZero ? nil : sum
  }

  mutating func add(_ other: DifferentialSum, scale: Double = 1) {
    for (index, polynomial) in other.parts { add(polynomial, under: index, scale: scale) }
  }

  func scaled(by scale: Double) -> DifferentialSum {
    var result = DifferentialSum()
    if scale != 0 { result.parts = parts.mapValues { $0.scaled(by: scale) } }
    return result
  }
}
