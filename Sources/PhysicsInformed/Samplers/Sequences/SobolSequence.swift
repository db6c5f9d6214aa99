package import Arrays

/// Sobol's sequence of 32 bits: every 2^m points in a row from a multiple on are evenly spread over boxes of many forms.
///
/// I. M. Sobol, USSR Comput. Math. Math. Phys. 7 (1967); direction numbers of S. Joe, F. Y. Kuo, *Constructing Sobol sequences with
/// better two-dimensional projections*, SISC 30 (2008). Points are in the order of their numbers' bits, not in that of a Gray code.
package struct SobolSequence: Sendable {
  private static let bits = 32
  /// For every dimension what each bit of a point's number adds, modulo 2.
  private let directions: [[UInt32]]
  /// One for every dimension; empty for the sequence itself.
  private let hashes: [KeyedHash]

  /// Coordinates that there are direction numbers for.
  package static var largestDimension: Int { table.count + 1 }

  /// - Parameter stream: scrambles the points; without it they are those of the sequence.
  package init(dimension: Int, scrambledBy stream: RandomStream? = nil) {
    precondition(
      (1...Self.largestDimension).contains(dimension), "SobolSequence: \(dimension) dimensions")
    directions = (0..<dimension).map { Self.directions(dimension: $0) }
    hashes = stream.map { stream in (0..<dimension).map { KeyedHash(stream, $0) } } ?? []
  }

  private static func directions(dimension: Int) -> [UInt32] {
    guard dimension > 0 else { return (0..<bits).map { 1 << UInt32(bits - 1 - $0) } }
    let (degree, inner, initial) = table[dimension - 1]
    var numbers = initial
    for k in degree..<bits {
      var next = numbers[k - degree] ^ (numbers[k - degree] << UInt32(degree))
      for j in 1..<degree where inner >> UInt32(degree - 1 - j) & 1 == 1 {
        next ^= numbers[k - j] << UInt32(j)
      }
      numbers.append(next)
    }
    return numbers.enumerated().map { $1 << UInt32(bits - 1 - $0) }
  }

  /// A coordinate of a point, below 1.
  package func coordinate(_ dimension: Int, of index: Int) -> Double {
    var rest = UInt32(truncatingIfNeeded: index)
    var value: UInt32 = 0
    while rest != 0 {
      value ^= directions[dimension][rest.trailingZeroBitCount]
      rest &= rest - 1
    }
    return hashes.isEmpty ? Double(value) * 0x1p-32 : Self.scrambled(value, hashes[dimension])
  }

  /// Turns every bit or not, as the bits above it decide, and fills up with random ones.
  ///
  /// A. B. Owen, *Randomly permuted (t,m,s)-nets and (t,s)-sequences*, 1995: every point becomes uniform, and together they stay as
  /// evenly spread.
  private static func scrambled(_ value: UInt32, _ hash: KeyedHash) -> Double {
    var result: UInt32 = 0
    for level in 0..<UInt32(bits) {
      // The bits above, behind a one that tells how many there are.
      let prefix = UInt64(1) << UInt64(level) | (UInt64(value) >> UInt64(UInt32(bits) - level))
      let flip = UInt32(truncatingIfNeeded: hash(prefix) >> 63)
      result = result << 1 | ((value >> (UInt32(bits) - 1 - level)) & 1 ^ flip)
    }
    return (Double(result) + hash.uniform(UInt64(value) | 1 << 32)) * 0x1p-32
  }

  /// From the second dimension on: the degree of a primitive polynomial, its inner coefficients, and the first numbers.
  private static let table: [(degree: Int, inner: UInt32, initial: [UInt32])] = [
    (1, 0, [1]),
    (2, 1, [1, 3]),
    (3, 1, [1, 3, 1]),
    (3, 2, [1, 1, 1]),
    (4, 1, [1, 1, 3, 3]),
    (4, 4, [1, 3, 5, 13]),
    (5, 2, [1, 1, 5, 5, 17]),
    (5, 4, [1, 1, 5, 5, 5]),
    (5, 7, [1, 1, 7, 11, 19]),
    (5, 11, [1, 1, 5, 1, 1]),
    (5, 13, [1, 1, 1, 3, 11]),
    (5, 14, [1, 3, 5, 5, 31]),
    (6, 1, [1, 3, 3, 9, 7, 49]),
    (6, 13, [1, 1, 1, 15, 21, 21]),
    (6, 16, [1, 3, 1, 13, 27, 49]),
    (6, 19, [1, 1, 1, 15, 7, 5]),
    (6, 22, [1, 3, 1, 15, 13, 25]),
    (6, 25, [1, 1, 5, 5, 19, 61]),
    (7, 1, [1, 3, 7, 11, 23, 15, 103]),
    (7, 4, [1, 3, 7, 13, 13, 15, 69]),
    (7, 7, [1, 1, 3, 13, 7, 35, 63]),
    (7, 8, [1, 3, 5, 9, 1, 25, 53]),
    (7, 14, [1, 3, 1, 13, 9, 35, 107]),
  ]
}

extension SobolSequence: PointSequence {
  func write(_ index: Int, into point: UnsafeMutablePointer<Double>) {
    for dimension in directions.indices { point[dimension] = coordinate(dimension, of: index) }
  }
}
