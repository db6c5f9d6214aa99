public import Arrays
public import Learning

extension Baseline {
  /// Learns from a task and is judged by a test.
  ///
  /// - Throws: what reading throws; `LearningError.noSamples` for an empty split, `LearningError.notFinite`.
  public func report(on test: any TrainingData, learning task: BaselineTask, workers: Workers) throws
    -> BaselineReport
  {
    guard task.training.count > 0 else { throw LearningError.noSamples(split: "training") }
    guard test.count > 0 else { throw LearningError.noSamples(split: "test") }
    precondition(
      test.inputShape == task.training.inputShape && test.targetShape == task.training.targetShape,
      "Baseline: a test of \(test.inputShape) to \(test.targetShape) for a training of "
        + "\(task.training.inputShape) to \(task.training.targetShape)")
    if let obstacle = obstacle(task) {
      return BaselineReport(
        name: name, relativeL2: nil, fitSeconds: 0, secondsPerSample: nil, remark: obstacle)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let fitted = try fit(task, workers: workers)
    let fitSeconds = (clock.now - start) / .seconds(1)
    var (sum, seconds) = (0.0, 0.0)
    // Blocks are part of what is measured: a prediction of many samples costs less than many of one.
    let block = max(1, min(64, (64 << 20) / (8 * test.sampleSize), test.count))
    let predictions = AlignedStorage<Double>(count: block * test.targetShape.reduce(1, *))
    for first in stride(from: 0, to: test.count, by: block) {
      let rows = try SampleRows(test, Array(first..<min(first + block, test.count)))
      seconds +=
        clock.measure {
          fitted.predict(rows.inputs.baseAddress, count: rows.count, into: predictions.baseAddress)
        } / .seconds(1)
      let shape = [rows.count] + test.targetShape
      sum +=
        Double(rows.count)
        * Metric.relativeL2(
          predicted: NDArray(shape: shape) { predictions.baseAddress[$0] },
          target: NDArray(shape: shape) { rows.targets.baseAddress[$0] })
    }
    return BaselineReport(
      name: name, relativeL2: sum / Double(test.count), fitSeconds: fitSeconds,
      secondsPerSample: seconds / Double(test.count), remark: fitted.remark)
  }
}

extension TrainingData {
  /// Numbers of a pair.
  var sampleSize: Int { inputShape.reduce(1, *) + targetShape.reduce(1, *) }
}
