import Arrays

extension IterationRun {
  /// y = A v.
  func apply(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    operatorApplications += 1
    pass.finish()
    A.apply(v, into: y)
  }

  /// y = A v, and v · y; in one pass over memory where the operator can.
  func applyDot(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) -> Double {
    operatorApplications += 1
    pass.finish()
    if let dot = fusedDot(v, into: y) { return dot }
    A.apply(v, into: y)
    pass.dot(v, y)
    pass.run()
    return pass[0]
  }

  /// y = Aᵀ v.
  func applyTranspose(_ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    operatorApplications += 1
    pass.finish()
    transposable?.applyTranspose(v, into: y)
  }

  /// z = M v without its part in the null space; without a preconditioner a copy of v.
  ///
  /// The last step waits in `pass`, to be done with what the caller adds to it.
  func precondition(_ v: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    if let preconditioner {
      pass.finish()
      preconditionerApplications += 1
      preconditioner.apply(v, into: z)
    } else if UnsafePointer(z) != v {
      pass.combine(z, 1, v)
    }
    project(z)
  }

  /// Whether a correction is anything but the residual.
  var changesCorrections: Bool { hasPreconditioner || nullSpace != nil }

  /// Removes the part of a vector in the null space; the last step waits in `pass`.
  func project(_ v: UnsafeMutablePointer<Double>) {
    if let nullSpace { nullSpace.project(v, pass) }
  }

  /// r = b − A x, computed from x: returns its norm, and leaves r without the part that no x removes.
  ///
  /// The norm of what is left in r is `startNorm`.
  func trueResidual(into r: UnsafeMutablePointer<Double>) -> Double {
    operatorApplications += 1
    pass.finish()
    let square: Double
    if let fused = fusedResidual(into: r) {
      square = fused
    } else {
      A.apply(x, into: r)
      rowPass.combine(r, 1, b, -1, r)
      rowPass.dot(r, r)
      rowPass.run()
      square = rowPass[0]
    }
    startNorm = square.squareRoot()
    guard let nullSpace, nullSpace.isOfTranspose else { return startNorm }
    nullSpace.project(r, pass)
    startNorm = pass.norm(r)
    return square.squareRoot()
  }
}
