/// A family of vectors g(μ) written by d of its members, chosen greedily, and recovered from d of its entries.
///
/// ```
/// g(μ) ≈ Σ γ_m(μ) q_m,   B γ = (g(μ)[j_1], …, g(μ)[j_d]),   B[k][m] = q_m[j_k]
/// ```
/// Every step takes the member with the largest error in the maximum norm and the entry where that error is; the next
/// q is the error divided by its largest entry, so that B is lower triangular with a diagonal of ones. The vectors q
/// stay well conditioned where the members themselves are nearly dependent. Barrault, Maday, Nguyen, Patera, *An
/// 'empirical interpolation' method*, C. R. Acad. Sci. Paris 339 (2004).
public struct EmpiricalInterpolation<Scalar: InterpolationScalar>: Sendable {
  /// The entries j_k that are looked at, in the order in which they were chosen.
  public let entries: [Int]
  /// The numbers of the members that were chosen.
  public let members: [Int]
  /// The vectors q.
  public let basis: [[Scalar]]
  /// The largest error over the training members before each step and after the last, relative to the largest entry of
  /// all members.
  public let errors: [Double]
  /// The largest entry of all training members, after weighting: what errors are relative to.
  public let scale: Double

  /// What no tolerance may fall below: beyond it errors are rounding.
  public static var smallestTolerance: Double { 1e-12 }

  /// Chooses members and entries until the largest error falls below `tolerance`, and at most `rank` of them.
  ///
  /// `O(members · entries · rank)` and a copy of all members.
  ///
  /// - Parameters:
  ///   - members: Vectors of equal length.
  ///   - tolerance: Relative to the largest entry of all members; 1e-12 at least.
  ///   - weights: A factor for the error of each entry, where entries have different scales.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == ComplexPair)
  public init(
    of members: [[Scalar]], tolerance: Double = 1e-10, rank: Int = .max, weights: [Double]? = nil
  ) {
    let count = members.first?.count ?? 0
    precondition(
      members.allSatisfy { $0.count == count }, "EmpiricalInterpolation: members of different lengths")
    precondition(
      weights.map { $0.count == count } ?? true,
      "EmpiricalInterpolation: \(weights?.count ?? 0) weights for \(count) entries")
    var rest = members
    var chosen: (entries: [Int], members: [Int], basis: [[Scalar]], errors: [Double]) = ([], [], [], [])
    var largest = Self.largest(rest, weights)
    scale = largest.size
    let threshold = max(tolerance, Self.smallestTolerance) * scale
    while scale > 0 {
      chosen.errors.append(largest.size / scale)
      guard largest.size > threshold, chosen.entries.count < min(rank, count, members.count) else { break }
      let pivot = rest[largest.member][largest.entry]
      let vector = rest[largest.member].map { $0.over(pivot) }
      chosen.members.append(largest.member)
      chosen.entries.append(largest.entry)
      for member in rest.indices {
        let factor = rest[member][largest.entry]
        guard factor != .zero else { continue }
        for entry in 0..<count {
          rest[member][entry] = rest[member][entry].minus(factor.times(vector[entry]))
        }
        // Zero but for rounding; later vectors must vanish here.
        rest[member][largest.entry] = .zero
      }
      chosen.basis.append(vector)
      largest = Self.largest(rest, weights)
    }
    (entries, self.members, basis, errors) = chosen
  }

  /// How many members and entries were needed.
  public var rank: Int { basis.count }

  /// The coefficients γ from the chosen entries of a vector, `entries` in their order.
  ///
  /// `O(rank²)`.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == ComplexPair)
  public func coefficients(_ values: [Scalar]) -> [Scalar] {
    precondition(values.count == rank, "EmpiricalInterpolation: \(values.count) values for \(rank) entries")
    var result = values
    for k in 0..<rank {
      for m in 0..<k { result[k] = result[k].minus(basis[m][entries[k]].times(result[m])) }
    }
    return result
  }

  /// The whole vector from its chosen entries.
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == ComplexPair)
  public func vector(_ values: [Scalar]) -> [Scalar] {
    let factors = coefficients(values)
    var result = [Scalar](repeating: .zero, count: basis.first?.count ?? 0)
    for (factor, vector) in zip(factors, basis) {
      for entry in result.indices { result[entry] = result[entry].plus(factor.times(vector[entry])) }
    }
    return result
  }

  /// The error in the maximum norm for one more member, relative to `scale`: what training members do not tell.
  public func error(for member: [Scalar]) -> Double {
    let close = vector(entries.map { member[$0] })
    let size = zip(member, close).map { $0.minus($1).modulus }.max() ?? 0
    return scale > 0 ? size / scale : size
  }

  /// The coefficients β of the chosen members themselves: g(μ) ≈ Σ β_m g(μ_m).
  ///
  /// Members that are nearly dependent make them large and inexact; `coefficients` with `basis` says the same without
  /// that loss.
  public func memberCoefficients(_ values: [Scalar], members chosen: [[Scalar]]) -> [Scalar] {
    precondition(chosen.count == rank, "EmpiricalInterpolation: \(chosen.count) members for rank \(rank)")
    // Column m of the triangle holds the coefficients of member m in the basis.
    let triangle = chosen.map { member in coefficients(entries.map { member[$0] }) }
    var result = coefficients(values)
    for m in stride(from: rank - 1, through: 0, by: -1) {
      result[m] = result[m].over(triangle[m][m])
      for k in 0..<m { result[k] = result[k].minus(triangle[m][k].times(result[m])) }
    }
    return result
  }

  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == ComplexPair)
  private static func largest(
    _ members: [[Scalar]], _ weights: [Double]?
  ) -> (size: Double, member: Int, entry: Int) {
    var found = (size: 0.0, member: 0, entry: 0)
    for member in members.indices {
      for entry in members[member].indices {
        let size = members[member][entry].modulus * (weights?[entry] ?? 1)
        if size > found.size { found = (size, member, entry) }
      }
    }
    return found
  }
}
