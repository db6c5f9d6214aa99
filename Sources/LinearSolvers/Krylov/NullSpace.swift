import Arrays

/// An orthonormal basis of what a singular matrix maps to zero.
public struct NullSpace: Sendable {
  /// Orthonormal vectors, one after the other.
  public let basis: [[Double]]

  /// The span of some vectors, orthonormalised; those that depend on earlier ones are dropped.
  public init(spannedBy vectors: [[Double]]) {
    var basis: [[Double]] = []
    for vector in vectors {
      precondition(
        vector.count == vectors[0].count,
        "NullSpace: vectors of \(vector.count) and \(vectors[0].count) numbers")
      let size = Self.norm(vector)
      var rest = vector
      // Twice is enough (Kahan, Parlett).
      for _ in 0..<2 { for other in basis { Self.subtract(other, from: &rest) } }
      let left = Self.norm(rest)
      guard left > 1e-10 * size, left > 0 else { continue }
      basis.append(rest.map { $0 / left })
    }
    self.basis = basis
  }

  /// The constant vectors: the null space of a pure Neumann problem.
  public static func constants(count: Int) -> NullSpace {
    NullSpace(spannedBy: [[Double](repeating: 1, count: count)])
  }

  /// Removes the null space's part of a vector of as many numbers as the basis has.
  public func project(_ vector: UnsafeMutablePointer<Double>) {
    for direction in basis {
      var product = 0.0
      for index in direction.indices { product += direction[index] * vector[index] }
      for index in direction.indices { vector[index] -= product * direction[index] }
    }
  }

  /// The share of a vector's norm that lies in the null space.
  public func share(of vector: [Double]) -> Double {
    let size = Self.norm(vector)
    guard size > 0 else { return 0 }
    let parts = basis.map { direction in zip(direction, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    return parts.reduce(0) { $0 + $1 * $1 }.squareRoot() / size
  }

  /// How small ‖A z‖ / ‖A‖ must be for a unit vector z to count as mapped to zero.
  static let tolerance = 1e-8

  typealias Product = (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  /// An estimate of ‖A‖ by one product with a random vector, which no null space and no sign pattern hides: within √n from
  /// below, and mostly much nearer.
  static func size(of A: any LinearOperator) -> Double {
    let stream = RandomStream(seed: 0, purpose: "size of an operator")
    let random = (0..<A.columnCount).map { stream.uniforms(at: UInt64($0 / 2))[$0 % 2] - 0.5 }
    let image = AlignedStorage<Double>(count: A.rowCount)
    return norm(of: random, under: A.apply, image.baseAddress, count: A.rowCount) / norm(random)
  }

  /// ‖P v‖ for a product P, which writes `count` numbers to `image`.
  static func norm(
    of vector: [Double], under product: Product, _ image: UnsafeMutablePointer<Double>, count: Int
  ) -> Double {
    vector.withUnsafeBufferPointer { v in
      if let v = v.baseAddress { product(v, image) }
    }
    return Residual.norm(image, count: count)
  }

  /// The error for a vector that is not; vectors are counted from zero.
  static func refusal(of vector: Int, share: Double, transposed: Bool) -> LinearSolverError {
    .unsupported(
      "the matrix\(transposed ? "'s transpose" : "") does not map vector \(vector + 1) of the null space to zero: "
        + "‖A z‖ / ‖A‖ is \(share.brief)")
  }

  private static func norm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private static func subtract(_ direction: [Double], from vector: inout [Double]) {
    let product = zip(direction, vector).reduce(0) { $0 + $1.0 * $1.1 }
    for index in vector.indices { vector[index] -= product * direction[index] }
  }
}
