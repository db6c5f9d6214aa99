/// The Lanczos recurrence of a symmetric operator in the inner product of an SPD preconditioner.
///
/// Vectors are kept without normalisation: `v` in the space of residuals, `z = M v` in the space of corrections, and
/// `beta = √(v · z)`.
struct Lanczos {
  static let indefinite = "The preconditioner is not positive definite."

  private let run: IterationRun
  /// The newest vector of residuals; the one before; the one that the next step writes.
  private(set) var v: UnsafeMutablePointer<Double>
  private var vBefore: UnsafeMutablePointer<Double>
  private var spare: UnsafeMutablePointer<Double>
  private(set) var z: UnsafeMutablePointer<Double>
  private(set) var zBefore: UnsafeMutablePointer<Double>
  private let hasCorrections: Bool
  /// The last diagonal entry of the tridiagonal matrix, and the entry below it.
  private(set) var alpha = 0.0
  private(set) var beta = 0.0
  private var betaBefore = 1.0

  init(_ run: IterationRun) {
    self.run = run
    (v, vBefore, spare) = (run.makeVector(), run.makeVector(), run.makeVector())
    hasCorrections = run.changesCorrections
    (z, zBefore) = hasCorrections ? (run.makeVector(), run.makeVector()) : (v, vBefore)
  }

  /// Starts from a residual; false where the preconditioner is not positive there.
  mutating func start(from r: UnsafePointer<Double>) -> Bool {
    run.pass.combine(v, 1, r)
    run.pass.run()
    vBefore.update(repeating: 0, count: run.columnCount)
    betaBefore = 1
    return measure()
  }

  /// One step: a product, a preconditioner, three passes; false where the preconditioner is not positive.
  mutating func advance() -> Bool {
    let pass = run.pass
    alpha = run.applyDot(z, into: spare) / (beta * beta)
    pass.combine(spare, 1 / beta, spare, -alpha / beta, v, -beta / betaBefore, vBefore)
    pass.run()
    (v, vBefore, spare) = (spare, v, vBefore)
    betaBefore = beta
    return measure()
  }

  private mutating func measure() -> Bool {
    let pass = run.pass
    if hasCorrections {
      swap(&z, &zBefore)
      run.precondition(v, into: z)
    } else {
      (z, zBefore) = (v, vBefore)
    }
    pass.dot(v, z)
    pass.run()
    beta = pass[0].squareRoot()
    return !(pass[0] < 0)
  }
}
