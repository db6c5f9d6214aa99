import Arrays
public import Learning

/// A classical solver at the resolution where it costs what an operator costs.
///
/// What an operator has to beat: not the solver that made its data, but the same solver made as cheap as itself.
public struct CoarsenedSolver: Sendable {
  /// What a solve gives: the answer as a target of the data, on their points, and its cost.
  public struct Solution: Sendable {
    /// Row-major with the channels last, in physical units.
    public var prediction: [Double]
    /// Seconds of the solve itself, without reading or interpolating to the points of the data.
    public var seconds: Double

    public init(prediction: [Double], seconds: Double) {
      self.prediction = prediction
      self.seconds = seconds
    }
  }

  public var name: String
  /// Resolutions that can be had, the cheapest first.
  public var resolutions: [Int]
  /// Solves a sample of the test at a resolution.
  public var solve: @Sendable (_ sample: Int, _ resolution: Int) throws -> Solution
  /// Solves of the first sample that a cost is the least of.
  public var trials = 7
  /// What a solve may cost over the operator, or over the cheapest solve where that is dearer: finer grids are more accurate, and where
  /// all cost about the same, chance must not choose.
  public var allowance = 2.0

  public init(
    name: String = "coarsenedSolver", resolutions: [Int],
    solve: @escaping @Sendable (_ sample: Int, _ resolution: Int) throws -> Solution
  ) {
    precondition(!resolutions.isEmpty, "CoarsenedSolver: no resolutions to choose from")
    self.name = name
    self.resolutions = resolutions
    self.solve = solve
  }

  /// The finest resolution that costs at most `allowance` times a number of seconds, or times the cheapest solve where even that
  /// costs more.
  ///
  /// Costs are taken to rise with the resolution: bisection tries about log₂ of them.
  public func resolution(costing seconds: Double) throws -> Int {
    func cost(_ index: Int) throws -> Double {
      var least = Double.infinity
      for _ in 0..<max(trials, 1) { least = min(least, try solve(0, resolutions[index]).seconds) }
      return least
    }
    let limit = allowance * max(seconds, try cost(0))
    var (low, high) = (0, resolutions.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try cost(middle) <= limit { low = middle } else { high = middle }
    }
    return resolutions[low]
  }

  /// The error, against the targets of a test, at the cost of an operator.
  ///
  /// A solve that goes wrong makes the error infinite or undefined, as it is.
  ///
  /// - Throws: what reading and `solve` throw; `LearningError.noSamples` for a test without samples.
  public func report(on test: any TrainingData, costing secondsPerSample: Double) throws -> BaselineReport {
    guard test.count > 0 else { throw LearningError.noSamples(split: "test") }
    let resolution = try resolution(costing: secondsPerSample)
    var (sum, seconds) = (0.0, 0.0)
    for sample in 0..<test.count {
      let rows = try SampleRows(test, [sample])
      let solution = try solve(sample, resolution)
      precondition(
        solution.prediction.count == rows.targetWidth,
        "CoarsenedSolver: \(solution.prediction.count) numbers for a target of \(test.targetShape)")
      seconds += solution.seconds
      sum += Metric.relativeL2(
        predicted: NDArray(shape: [1] + test.targetShape, solution.prediction),
        target: NDArray(shape: [1] + test.targetShape) { rows.targets.baseAddress[$0] })
    }
    return BaselineReport(
      name: name, relativeL2: sum / Double(test.count), fitSeconds: 0,
      secondsPerSample: seconds / Double(test.count),
      remark:
        "resolution \(resolution), \(Self.times(seconds / Double(test.count) / secondsPerSample)) the operator's cost on one thread"
    )
  }

  private static func times(_ ratio: Double) -> String {
    ratio < 10 ? "\((10 * ratio).rounded() / 10) ×" : "\(Int(min(ratio, 1e12).rounded())) ×"
  }
}
