import Arrays

extension IterationRun {
  /// y = A v.
  func apply(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    operatorApplications += 1
    A.apply(v, into: y)
  }

  /// y = A v, and v · y; in one pass over memory where the operator can.
  func applyDot(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) -> Double {
    operatorApplications += 1
    if let dot = fusedDot(v, into: y) { return dot }
    A.apply(v, into: y)
    pass.dot(v, y)
    pass.run()
    return pass[0]
  }

  /// y = Aᵀ v.
  func applyTranspose(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    operatorApplications += 1
    transposable?.applyTranspose(v, into: y)
  }

  /// z = M v without its part in the null space; without a preconditioner a copy of v.
  func precondition(_ v: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    if let preconditioner {
      preconditionerApplications += 1
      preconditioner.apply(v, into: z)
    } else if UnsafePointer(z) != v {
      pass.combine(z, 1, v)
      pass.run()
    }
    project(z)
  }

  /// Whether a correction is anything but the residual.
  var changesCorrections: Bool { hasPreconditioner || !nullBasis.isEmpty }

  /// Removes the part of a vector in the null space.
  func project(_ v: UnsafeMutablePointer<Double>) {
    if !nullBasis.isEmpty { _ = Self.project(v, nullBasis, pass) }
  }

  /// Removes the part of a vector in the span of an orthonormal basis and returns its norm.
  static func project(
    _ v: UnsafeMutablePointer<Double>, _ basis: [AlignedStorage<Double>], _ pass: VectorPass
  ) -> Double {
    var square = 0.0
    for direction in basis {
      pass.dot(v, direction.baseAddress)
      pass.run()
      let product = pass[0]
      square += product * product
      pass.combine(v, 1, v, -product, direction.baseAddress)
      pass.run()
    }
    return square.squareRoot()
  }

  /// r = b − A x without its part in the null space, computed from x, and its norm.
  func trueResidual(into r: UnsafeMutablePointer<Double>) -> Double {
    operatorApplications += 1
    if let square = fusedResidual(into: r) {
      if nullBasis.isEmpty { return square.squareRoot() }
    } else {
      A.apply(x, into: r)
      rowPass.combine(r, 1, b, -1, r)
      rowPass.dot(r, r)
      rowPass.run()
      if nullBasis.isEmpty || rowCount != columnCount { return rowPass[0].squareRoot() }
    }
    project(r)
    return pass.norm(r)
  }
}
