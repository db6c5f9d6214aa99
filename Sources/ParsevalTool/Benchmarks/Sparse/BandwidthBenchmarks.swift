import Arrays
import LinearSolvers

/// What memory sets the pace of: products, iterations and sweeps beside a read of as many bytes.
extension BenchmarkSuite {
  func product(points n: Int) -> [BenchmarkRow] {
    bothThreadCounts.map { threads in
      let traffic = TrafficBenchmark(points: n, workers: Workers(count: threads))
      let measured = Measurement(
        rounds: rounds, [{ traffic.product() }, { traffic.read(bytes: traffic.productBytes) }])
      return bandwidthRow(
        "sparse/product/\(n)/threads\(threads)", seconds: measured.median(0), limit: measured.median(1),
        ratio: measured.ratio(0, to: 1), bytes: traffic.productBytes,
        of: "y = A x of the five-point matrix, 32-bit indices")
    }
  }

  /// The difference between runs of 25 and of 5 iterations, so that the start does not count.
  func conjugateGradientIteration(points n: Int) -> [BenchmarkRow] {
    bothThreadCounts.map { threads in
      let traffic = TrafficBenchmark(points: n, workers: Workers(count: threads))
      let measured = Measurement(
        rounds: rounds,
        [
          { traffic.conjugateGradients(iterations: 5) }, { traffic.conjugateGradients(iterations: 25) },
          { traffic.read(bytes: traffic.iterationBytes) },
        ])
      let iterations = zip(measured.samples[0], measured.samples[1]).map { ($1 - $0) / 20 }
      let ratios = zip(iterations, measured.samples[2]).map { $0 / $1 }
      return bandwidthRow(
        "sparse/cg-iteration/\(n)/threads\(threads)", seconds: Measurement.median(iterations),
        limit: measured.median(2), ratio: Measurement.median(ratios), bytes: traffic.iterationBytes,
        of: "one iteration of conjugate gradients")
    }
  }

  /// A sweep of SOR that also gives the residual's norm, as the iteration makes it.
  func relaxation(points n: Int, _ ordering: SweepOrdering, threads: Int) throws -> BenchmarkRow {
    let relaxation = try RelaxationBenchmark(points: n, ordering: ordering, workers: Workers(count: threads))
    let measured = Measurement(rounds: rounds, [{ relaxation.sweep() }, { relaxation.read() }])
    let isColored = ordering == .multicolored
    return bandwidthRow(
      "sparse/sor-\(isColored ? "multicolored" : "lexicographic")/\(n)/threads\(threads)",
      seconds: measured.median(0), limit: measured.median(1), ratio: measured.ratio(0, to: 1),
      bytes: relaxation.bytes,
      of: isColored ? "a sweep on storage permuted by colours" : "a sweep in the order of the unknowns")
  }

  private func bandwidthRow(
    _ name: String, seconds: Double, limit: Double, ratio: Double, bytes: Int, of work: String
  ) -> BenchmarkRow {
    let share = Int((100 / ratio).rounded())
    let (own, bare) = (gigabytes(bytes, limit * ratio), gigabytes(bytes, limit))
    return BenchmarkRow(
      name: name, seconds: seconds, limit: limit, ratio: ratio,
      remark: "\(work): \(share) % of the read bandwidth, \(own) of \(bare) GB/s")
  }

  private func gigabytes(_ bytes: Int, _ seconds: Double) -> Double {
    (Double(bytes) / seconds / 1e8).rounded() / 10
  }
}
