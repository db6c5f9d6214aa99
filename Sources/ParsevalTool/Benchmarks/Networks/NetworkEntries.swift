import Arrays

/// Networks: steps of training and predictions, beside the rate at which the processor multiplies and adds floats.
extension BenchmarkSuite {
  static let networkEntries: [Entry] = NetworkWorkload.all.flatMap { workload in
    [
      Entry(name: "network/\(workload.name)/train") { try $0.training(workload) },
      Entry(name: "network/\(workload.name)/inference") { try $0.inference(workload) },
    ]
  }

  /// Seconds of a piece, as in training: a step that follows another network's would find nothing of its own in the caches.
  private static let severalSteps = 0.2

  /// A step on one thread and on all, and what the others bring.
  private func training(_ workload: NetworkWorkload) throws -> [BenchmarkRow] {
    let counts = Set([1, threads]).sorted()
    // Peaks are those of one run alone, so each is made twice.
    let peaks = try counts.map { try peak(of: workload, threads: $0) }
    var pieces: [() -> Void] = try counts.map { count in
      let run = try NetworkTraining(workload, workers: Workers(count: count))
      // Data in memory are always there to be read.
      return { try? run.step() }
    }
    let own = try NetworkTraining(workload, network: workload.ownNetwork, workers: Workers(count: threads))
    pieces += counts.map { Yardsticks.multiplyAdds(Workers(count: $0)) }
    pieces.append { try? own.step() }
    let measured = Measurement(rounds: rounds, shortest: Self.severalSteps, pieces)
    var rows = counts.indices.map { index in
      row(
        "network/\(workload.name)/train/threads\(counts[index])", workload.trainingOperations, measured,
        index,
        yardstick: counts.count + index, peak: peaks[index])
    }
    let (last, preset) = (pieces.count - 1, counts.count - 1)
    rows.append(
      BenchmarkRow(
        name: "network/\(workload.name)/train/own", seconds: measured.median(last),
        limit: measured.median(preset), ratio: measured.ratio(last, to: preset),
        remark: "the same network put together from layers, beside the architecture of that name"))
    if counts.count == 2 {
      let (gain, best) = (measured.ratio(0, to: 1), measured.ratio(2, to: 3))
      rows.append(
        BenchmarkRow(
          name: "network/\(workload.name)/train/gain", seconds: measured.median(1),
          limit: measured.median(0) / best, ratio: gain / best,
          remark:
            "\(counts[1]) workers gain \(twoDigits(gain)); the machine gains \(twoDigits(best)) in multiply-adds"
        ))
    }
    return rows
  }

  /// Predictions of the batch, and of one sample, which one worker does.
  private func inference(_ workload: NetworkWorkload) throws -> [BenchmarkRow] {
    try [workload.batch, 1].map { samples in
      let workers = Workers(count: samples == 1 ? 1 : threads)
      ResidentMemory.reset()
      let run = InferenceRun(workload, samples: samples, workers: workers)
      try run.run()
      let peak = ResidentMemory.peak
      let measured = Measurement(
        rounds: rounds, shortest: Self.severalSteps, [{ try? run.run() }, Yardsticks.multiplyAdds(workers)])
      let share = Double(samples) / Double(workload.batch)
      return row(
        "network/\(workload.name)/inference/batch\(samples)", share * workload.forwardOperations, measured, 0,
        yardstick: 1, peak: peak)
    }
  }

  private func peak(of workload: NetworkWorkload, threads: Int) throws -> Int {
    ResidentMemory.reset()
    let run = try NetworkTraining(workload, workers: Workers(count: threads))
    for _ in 0..<3 { try run.step() }
    return ResidentMemory.peak
  }

  private func row(
    _ name: String, _ operations: Double, _ measured: Measurement, _ piece: Int, yardstick: Int, peak: Int
  ) -> BenchmarkRow {
    // Registers hold twice as many floats as doubles.
    let rate = 2 * Yardsticks.multiplyAddOperations / measured.median(yardstick)
    let limit = operations / rate
    let seconds = measured.median(piece)
    return BenchmarkRow(
      name: name, seconds: seconds, limit: limit, ratio: seconds / limit,
      remark:
        "\(twoDigits(operations / 1e9)) Gflop at \(Int(operations / seconds / 1e9)) Gflop/s, where the registers do "
        + "\(Int(rate / 1e9)); the process peaked at \(peak / 1_000_000) MB",
      peakBytes: peak)
  }
}
