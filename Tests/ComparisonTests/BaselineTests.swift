import Arrays
import Comparison
import Learning
import Testing

@Suite struct BaselineTests {
  private let workers = Workers(count: 2)

  private func predict(_ fitted: any FittedBaseline, _ input: [Double], _ count: Int) -> [Double] {
    var result = [Double](repeating: .nan, count: count)
    result.withUnsafeMutableBufferPointer { fitted.predict(input, count: 1, into: $0.baseAddress!) }
    return result
  }

  @Test func meanIsThatOfTheTrainingTargets() throws {
    let data = ArrayData(
      inputs: NDArray(shape: [3, 1, 1], [1, 2, 3] as [Float]),
      targets: NDArray(shape: [3, 2, 1], [1, 10, 2, 20, 6, 30] as [Float]))
    let fitted = try MeanBaseline().fit(BaselineTask(training: data), workers: workers)
    #expect(predict(fitted, [7], 2) == [3, 20])
    let report = try MeanBaseline().report(
      on: try SmallData.part(data, [1]), learning: BaselineTask(training: data), workers: workers)
    // The mean is off by 1 in the first number.
    #expect(abs((report.relativeL2 ?? .nan) - 1 / 404.0.squareRoot()) < 1e-14)
    #expect(report.name == "mean" && (report.secondsPerSample ?? -1) >= 0)
  }

  @Test func persistenceRepeatsTheLastFrameOfEachField() throws {
    // Two points, channels u(0) u(1) v(0); targets v u at three times in front.
    let data = ArrayData(
      inputs: NDArray(shape: [1, 2, 3], [1, 2, 3, 4, 5, 6] as [Float]),
      targets: NDArray(shape: [1, 3, 2, 2], [Float](repeating: 1, count: 12)))
    let task = BaselineTask(
      training: data, inputFields: ["u(t=0)", "u(t=1)", "initial.v"], targetFields: ["v", "u"])
    #expect(PersistenceBaseline().obstacle(task) == nil)
    let fitted = try PersistenceBaseline().fit(task, workers: workers)
    #expect(predict(fitted, [1, 2, 3, 4, 5, 6], 12) == [3, 2, 6, 5, 3, 2, 6, 5, 3, 2, 6, 5])
  }

  @Test func persistenceSaysWhyItDoesNotApply() throws {
    let data = SmallData.pairs(4, width: 3, seed: 1) { $0 }
    func remark(_ inputs: [String], _ targets: [String], _ data: ArrayData) throws -> String {
      let report = try PersistenceBaseline().report(
        on: data, learning: BaselineTask(training: data, inputFields: inputs, targetFields: targets),
        workers: workers)
      #expect(report.relativeL2 == nil && report.secondsPerSample == nil)
      return report.remark
    }
    #expect(try remark([], [], data).contains("nobody says"))
    #expect(try remark(["a"], ["u"], data).contains("'u' is not in the input"))
    let coarser = SmallData.pairs(4, width: 3, seed: 1) { Array($0.prefix(2)) }
    #expect(try remark(["u"], ["u"], coarser).contains("points"))
  }

  @Test func everyBaselineIsExactForTargetsThatNeverChange() throws {
    let data = SmallData.pairs(12, width: 4, seed: 2) { _ in [1, -2, 5] }
    let reports = try BaselineRegistry.reports(
      on: data, learning: BaselineTask(training: data), workers: workers)
    #expect(reports.map(\.name) == BaselineRegistry.all.map(\.name))
    for report in reports where report.name != "persistence" {
      #expect((report.relativeL2 ?? .nan) < 1e-12, "\(report)")
    }
  }

  /// Predictions are those of the training, whatever else is in the test, and in whatever company.
  @Test(arguments: BaselineRegistry.all.map(\.name)) func testDataChangeNoPrediction(_ name: String) throws {
    let baseline = try #require(BaselineRegistry.baseline(named: name))
    let target = { (x: [Float]) in x.map { $0 * $0 - 0.3 * x[0] } }
    let data = SmallData.pairs(30, width: 5, seed: 3, target)
    let task = BaselineTask(
      training: data, validation: SmallData.pairs(8, width: 5, seed: 4, target), inputFields: ["u"],
      targetFields: ["u"])
    let tests = (0..<4).map { SmallData.pairs(3, width: 5, seed: 5 + UInt64($0), target) }
    let all = try tests.map {
      try baseline.report(on: $0, learning: task, workers: workers).relativeL2 ?? .nan
    }
    var inputs: [Float] = []
    var targets: [Float] = []
    for test in tests {
      for sample in 0..<3 {
        let pair = try SmallData.sample(test, sample)
        inputs += pair.input.map { Float($0) }
        targets += pair.target.map { Float($0) }
      }
    }
    let together = ArrayData(
      inputs: NDArray(shape: [12, 5, 1], inputs), targets: NDArray(shape: [12, 5, 1], targets))
    let error = try baseline.report(on: together, learning: task, workers: workers).relativeL2 ?? .nan
    // Sums of another block are rounded in another way, and a small ridge parameter makes much of that.
    #expect(abs(error - all.reduce(0, +) / 4) < 1e-3 * error)
  }

  @Test(arguments: BaselineRegistry.all.map(\.name)) func badDataAreRefused(_ name: String) throws {
    let baseline = try #require(BaselineRegistry.baseline(named: name))
    let good = SmallData.pairs(6, width: 2, seed: 6) { $0 }
    let empty = ArrayData(
      inputs: NDArray(shape: [0, 2, 1]), targets: NDArray(shape: [0, 2, 1]))
    let task = { BaselineTask(training: $0, inputFields: ["u"], targetFields: ["u"]) }
    #expect(throws: LearningError.noSamples(split: "training")) {
      _ = try baseline.report(on: good, learning: task(empty), workers: workers)
    }
    #expect(throws: LearningError.noSamples(split: "test")) {
      _ = try baseline.report(on: empty, learning: task(good), workers: workers)
    }
    let bad = SmallData.pairs(6, width: 2, seed: 6) { _ in [.nan, 1] }
    #expect(throws: LearningError.self) {
      _ = try baseline.report(on: bad, learning: task(bad), workers: workers)
    }
  }
}
