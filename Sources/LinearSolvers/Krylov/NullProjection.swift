import Arrays

/// The projection of vectors away from a null space, in passes that workers share.
///
/// Constants, the null space of every pure Neumann problem, are not read from memory.
struct NullProjection {
  private let basis: [AlignedStorage<Double>]
  private let isConstant: Bool
  /// Whether the transpose maps the space to zero, too: then nothing in the range of A, and no residual of a system
  /// that has a solution, has a part in it.
  let isOfTranspose: Bool
  /// Products that the check took.
  let operatorApplications: Int

  /// Nil for an empty null space.
  ///
  /// - Parameter isSymmetric: whether a method that asks for symmetry is to be used; counts where A has no transpose.
  /// - Throws: `LinearSolverError`: `.wrongLength`, or `.unsupported` if A does not map a vector to zero.
  init?(_ nullSpace: NullSpace, of A: any LinearOperator, isSymmetric: Bool) throws(LinearSolverError) {
    guard let first = nullSpace.basis.first else { return nil }
    for direction in nullSpace.basis where direction.count != A.columnCount {
      throw .wrongLength(what: "the null space", count: direction.count, expected: A.columnCount)
    }
    isConstant = nullSpace.basis.count == 1 && first.allSatisfy { $0 == first[0] }
    basis = (isConstant ? [] : nullSpace.basis).map { direction in
      let copy = AlignedStorage<Double>(count: direction.count)
      _ = copy.buffer.update(fromContentsOf: direction)
      return copy
    }
    let image = AlignedStorage<Double>(count: max(A.rowCount, A.columnCount))
    func size(_ vector: [Double], _ product: NullSpace.Product) -> Double {
      NullSpace.norm(of: vector, under: product, image.baseAddress, count: A.rowCount)
    }
    let scale = NullSpace.size(of: A)
    for (number, vector) in nullSpace.basis.enumerated() {
      let left = size(vector, A.apply)
      // What is no number ends the iteration with an outcome of its own.
      guard !(left > NullSpace.tolerance * scale) else {
        throw NullSpace.refusal(of: number, share: left / scale, transposed: false)
      }
    }
    var products = 1 + nullSpace.basis.count
    if A.rowCount != A.columnCount {
      isOfTranspose = false
    } else if let transposable = A as? any TransposableOperator {
      products += nullSpace.basis.count
      isOfTranspose = nullSpace.basis.allSatisfy {
        size($0, transposable.applyTranspose) <= NullSpace.tolerance * scale
      }
    } else {
      isOfTranspose = isSymmetric
    }
    operatorApplications = products
  }

  /// Removes the part of v; the last step waits in the pass.
  func project(_ v: UnsafeMutablePointer<Double>, _ pass: VectorPass) {
    if isConstant {
      pass.sum(v)
      pass.run()
      pass.combine(v, 1, v, adding: -pass[0] / Double(pass.count))
    }
    for direction in basis {
      pass.dot(v, direction.baseAddress)
      pass.run()
      pass.combine(v, 1, v, -pass[0], direction.baseAddress)
    }
  }

  /// The share of a right-hand side that is outside the range of A, as far as this null space shows; `norm` is its norm.
  ///
  /// - Throws: `LinearSolverError.inconsistent` for a share that is too large for rounding and would be seen in the
  ///   residual.
  func defect(
    of b: UnsafePointer<Double>, norm: Double, _ tolerance: Tolerance, _ pass: VectorPass
  ) throws(LinearSolverError) -> Double {
    guard isOfTranspose, norm > 0 else { return 0 }
    var square = 0.0
    if isConstant {
      pass.sum(b)
      pass.run()
      square = pass[0] * pass[0] / Double(pass.count)
    }
    for direction in basis {
      pass.dot(b, direction.baseAddress)
      pass.run()
      square += pass[0] * pass[0]
    }
    let defect = square.squareRoot() / norm
    guard !(defect > max(1e-10, 0.01 * tolerance.relative)) else { throw .inconsistent(defect: defect) }
    return defect
  }
}
