import Arrays
import LinearSolvers
import Spectral

/// Whole solves, set-up included.
extension BenchmarkSuite {
  enum PoissonMethod { case plain, algebraic, geometric }

  /// A factorisation and a solve through Swift beside the same calls in C: times, and bytes as CHOLMOD counts them.
  ///
  /// The bare calls leave CHOLMOD's OpenMP loops as they are.
  func cholmod(points n: Int, dimension: Int, name: String) throws -> [BenchmarkRow] {
    let axis = PoissonAxis(
      ends: .bounded(lower: .dirichlet, upper: .dirichlet), grid: .nodes, count: n, length: Double(n + 1))
    let matrix = SparseMatrix<Int>.laplacian(Array(repeating: axis, count: dimension))
    let compared = try DirectBenchmarks.cholmod(matrix, repetitions: rounds)
    let (own, bare) = (compared.swift, compared.bare)
    let steps = [
      ("analysis", own.analyze / bare.analyze), ("factorisation", own.factorize / bare.factorize),
      ("again", own.refactorize / bare.refactorize), ("solve", own.solve / bare.solve),
    ].map { "\($0) \(twoDigits($1))" }.joined(separator: ", ")
    return [
      BenchmarkRow(
        name: "sparse/cholmod/\(name)", seconds: own.total, limit: bare.total, ratio: own.total / bare.total,
        remark: "processor time beside the bare C calls: \(steps); "
          + (compared.isEqual ? "the same bits" : "other bits")),
      BenchmarkRow(
        name: "sparse/cholmod/\(name)/memory", seconds: 0, limit: nil,
        ratio: Double(compared.swiftBytes) / Double(compared.bareBytes),
        remark:
          "\(megabytes(compared.swiftBytes)) MB beside \(megabytes(compared.bareBytes)) MB of the bare calls; "
          + "resident \(megabytes(compared.swiftResidentBytes)) and \(megabytes(compared.bareResidentBytes)) MB"
      ),
    ]
  }

  /// The five-point system to a relative residual of 1e-8 by conjugate gradients.
  func poisson(points n: Int, _ method: PoissonMethod) -> [BenchmarkRow] {
    bothThreadCounts.map { threads in
      let benchmark = MultigridBenchmark(points: n, workers: Workers(count: threads))
      let title =
        switch method {
        case .plain: "cg"
        case .algebraic: "amg"
        case .geometric: "multigrid"
        }
      var setups: [Double] = []
      let measured = Measurement(
        rounds: rounds,
        [
          {
            switch method {
            case .plain: benchmark.run(preconditioner: nil)
            case .algebraic: benchmark.run(preconditioner: "amg")
            case .geometric: benchmark.runGeometric()
            }
            setups.append(benchmark.report?.setupSeconds ?? .nan)
          }
        ])
      let setup = (Measurement.median(setups) * 1e4).rounded() / 10
      return BenchmarkRow(
        name: "sparse/\(title)/\(n)/threads\(threads)", seconds: measured.median(0), limit: nil, ratio: nil,
        remark: (method == .plain ? "" : "of this \(setup) ms set-up; ")
          + "\(benchmark.report?.iterations ?? 0) iterations, true residual \(scientific(benchmark.trueResidual))"
      )
    }
  }

  /// The cube with a ball left out, by conjugate gradients with transforms, beside those transforms alone.
  func transformConjugateGradients(points n: Int) throws -> [BenchmarkRow] {
    try bothThreadCounts.map { threads in
      let benchmark = try TransformBenchmark(points: n, workers: Workers(count: threads))
      benchmark.run()
      let applications = benchmark.report?.preconditionerApplications ?? 1
      let measured = Measurement(
        rounds: rounds,
        [{ benchmark.run() }, { for _ in 0..<applications { benchmark.transform() } }])
      return BenchmarkRow(
        name: "sparse/transform-cg/\(n)/threads\(threads)", seconds: measured.median(0),
        limit: measured.median(1), ratio: measured.ratio(0, to: 1),
        remark:
          "beside its \(applications) pairs of transforms; \(benchmark.report?.iterations ?? 0) iterations, "
          + "true residual \(scientific(benchmark.report?.trueResidual ?? .nan))")
    }
  }

  private func megabytes(_ bytes: Int) -> Int { (bytes + 500_000) / 1_000_000 }

  private func scientific(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    var (digits, exponent) = (value, 0)
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    return "\((digits * 10).rounded() / 10)e\(exponent)"
  }
}
