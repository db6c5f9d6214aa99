/// The Golub–Kahan bidiagonalisation of an operator: `beta u = A v − alpha u`, `alpha v = Aᵀu − beta v`.
struct Bidiagonalization {
  private let run: IterationRun
  private let u: UnsafeMutablePointer<Double>
  private let product: UnsafeMutablePointer<Double>
  private let transposeProduct: UnsafeMutablePointer<Double>
  let v: UnsafeMutablePointer<Double>
  private(set) var alpha = 0.0
  private(set) var beta = 0.0

  init(_ run: IterationRun) {
    self.run = run
    (u, product) = (run.makeVector(count: run.rowCount), run.makeVector(count: run.rowCount))
    (v, transposeProduct) = (run.makeVector(), run.makeVector())
  }

  /// Starts from a residual.
  mutating func start(from r: UnsafePointer<Double>) {
    beta = run.startNorm
    run.rowPass.combine(u, 1 / beta, r)
    run.rowPass.run()
    run.applyTranspose(u, into: v)
    run.project(v)
    alpha = normalize(v, run.pass)
  }

  /// One step; zeros stay zeros.
  mutating func advance() {
    run.apply(v, into: product)
    run.rowPass.combine(u, 1, product, -alpha, u)
    beta = normalize(u, run.rowPass)
    run.applyTranspose(u, into: transposeProduct)
    run.pass.combine(v, 1, transposeProduct, -beta, v)
    run.project(v)
    alpha = normalize(v, run.pass)
  }

  /// Runs what was collected, scales a vector to one, and returns its norm.
  private func normalize(_ vector: UnsafeMutablePointer<Double>, _ pass: VectorPass) -> Double {
    let norm = pass.norm(vector)
    guard norm > 0 else { return norm }
    pass.combine(vector, 1 / norm, vector)
    pass.run()
    return norm
  }
}
