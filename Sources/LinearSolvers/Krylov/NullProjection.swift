import Arrays

/// The projection of vectors away from a null space, in passes that workers share.
///
/// Constants, the null space of every pure Neumann problem, are not read from memory.
struct NullProjection {
  private let basis: [AlignedStorage<Double>]
  private let isConstant: Bool

  /// Nil for an empty null space.
  init?(_ nullSpace: NullSpace) {
    guard let first = nullSpace.basis.first else { return nil }
    isConstant = nullSpace.basis.count == 1 && first.allSatisfy { $0 == first[0] }
    basis = (isConstant ? [] : nullSpace.basis).map { direction in
      let copy = AlignedStorage<Double>(count: direction.count)
      _ = copy.buffer.update(fromContentsOf: direction)
      return copy
    }
  }

  /// Removes the part of v, whose last step waits in the pass, and returns the norm of the part.
  func project(_ v: UnsafeMutablePointer<Double>, _ pass: VectorPass) -> Double {
    if isConstant {
      pass.sum(v)
      pass.run()
      let count = Double(pass.count)
      let sum = pass[0]
      pass.combine(v, 1, v, adding: -sum / count)
      return abs(sum) / count.squareRoot()
    }
    var square = 0.0
    for direction in basis {
      pass.dot(v, direction.baseAddress)
      pass.run()
      let product = pass[0]
      square += product * product
      pass.combine(v, 1, v, -product, direction.baseAddress)
    }
    return square.squareRoot()
  }
}
