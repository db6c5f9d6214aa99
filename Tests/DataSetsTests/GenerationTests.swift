import Arrays
import DataSets
import Exchange
import Synchronization
import Testing

/// What is in a file depends on problem, plan and seed alone.
@Suite struct GenerationTests {
  @Test(arguments: [SampleData.decay, SampleData.medium, SampleData.growth.replacing("MEAN", with: "0")])
  func bitsAreTheSameForAnyThreads(_ text: String) throws {
    let data = try SampleData()
    defer { data.clean() }
    let plan = DataSetPlan(samples: 13)
    for threads in 1...3 {
      try data.generate(text, plan, to: "\(threads).nc", options: GenerationOptions(threads: threads))
    }
    let digest = try data.digest("1.nc")
    #expect(try data.digest("2.nc") == digest)
    #expect(try data.digest("3.nc") == digest)
  }

  @Test func anotherSeedGivesOtherData() throws {
    let data = try SampleData()
    defer { data.clean() }
    var plan = DataSetPlan(samples: 3)
    try data.generate(SampleData.decay, plan, to: "a.nc")
    plan.seed = 1
    try data.generate(SampleData.decay, plan, to: "b.nc")
    #expect(try data.digest("a.nc") != data.digest("b.nc"))
  }

  @Test func stoppedGenerationsContinueBitForBit() throws {
    let data = try SampleData()
    defer { data.clean() }
    let text = SampleData.growth.replacing("MEAN", with: "0.3")
    let plan = DataSetPlan(samples: 20)
    let whole = try data.generate(text, plan, to: "whole.nc")
    let count = Mutex(0)
    var options = GenerationOptions(threads: 2)
    options.progress = { progress in count.withLock { $0 = progress.samples } }
    options.shouldStop = { count.withLock { $0 >= 7 } }
    let part = try data.generate(text, plan, to: "part.nc", options: options)
    #expect(part.isInterrupted)
    #expect(part.samples >= 7 && part.samples < 20)
    #expect(try NetCDFReader(path: data.path("part.nc")).schema.dimension("sample")?.length == part.samples)
    let rest = try DataSetGeneration(resuming: data.path("part.nc"), SampleData.source(text)).run()
    #expect(rest.samples == 20)
    #expect(rest.failed == whole.failed)
    #expect(rest.largestResidual == whole.largestResidual)
    #expect(try data.digest("part.nc") == data.digest("whole.nc"))
    #expect(throws: DataSetError.complete(path: data.path("part.nc"))) {
      try DataSetGeneration(resuming: data.path("part.nc"), SampleData.source(text))
    }
  }

  @Test func failedSamplesAreReplaced() throws {
    let data = try SampleData()
    defer { data.clean() }
    let text = SampleData.growth.replacing("MEAN", with: "0")
    let report = try data.generate(text, DataSetPlan(samples: 30), to: "data.nc")
    #expect(report.samples == 30)
    #expect(report.failed > 0)
    #expect(report.failures.count == report.failed)
    #expect(report.failures.allSatisfy { !$0.reason.isEmpty })
    let reader = try NetCDFReader(path: data.path("data.nc"))
    let numbers = try reader.read("sample").elements.map { Int($0) }
    #expect(Set(numbers).union(report.failures.map(\.number)) == Set(0..<30 + report.failed))
    // u(1) = 1/(1 − rate), which is there for rates below one.
    let (rates, values) = (try reader.read("rate"), try reader.read("u"))
    for sample in 0..<30 {
      let rate = rates[sample]
      #expect(rate < 1)
      #expect(abs(values[sample, 1, 3] * (1 - rate) - 1) < 1e-3)
    }
  }

  /// Numbers below the first one of a plan are no failures.
  @Test func aPlanMayBeginAnywhere() throws {
    let data = try SampleData()
    defer { data.clean() }
    var plan = DataSetPlan(samples: 3)
    plan.first = 40
    let report = try data.generate(SampleData.decay, plan, to: "data.nc")
    #expect(report.samples == 3 && report.failed == 0)
    #expect(try NetCDFReader(path: data.path("data.nc")).read("sample").elements == [40, 41, 42])
  }

  @Test func mostlyFailingSamplesEndIt() throws {
    let data = try SampleData()
    defer { data.clean() }
    let text = SampleData.growth.replacing("MEAN", with: "3")
    #expect {
      try data.generate(text, DataSetPlan(samples: 40), to: "data.nc")
    } throws: { error in
      guard case .tooManyFailures(let failed, let tried, let reason) = error as? DataSetError else {
        return false
      }
      return tried >= 20 && 2 * failed > tried && !reason.isEmpty
    }
  }

  @Test func parametersFollowTheirDistributions() throws {
    let source = try SampleData.source(SampleData.growth.replacing("MEAN", with: "0.5"))
    let drawn = (0..<4000).map { source.parameters(ofSample: $0, seed: 3).map(\.value) }
    let (rates, offsets) = (drawn.map { $0[0] }, drawn.map { $0[1] })
    #expect(offsets.allSatisfy { $0 > 2 && $0 < 3 })
    let mean = rates.reduce(0, +) / 4000
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    // Five standard deviations of the estimates.
    #expect(abs(mean - 0.5) < 5 / 4000.0.squareRoot())
    #expect(abs(variance - 1) < 5 * (2 / 4000.0).squareRoot())
    let middle = offsets.reduce(0, +) / 4000
    #expect(abs(middle - 2.5) < 5 * (1 / 12.0 / 4000).squareRoot())
  }

  @Test func splitsAreDisjointAndCoverAll() throws {
    let data = try SampleData()
    defer { data.clean() }
    var plan = DataSetPlan(samples: 11)
    (plan.validation, plan.test) = (0.2, 0.3)
    try data.generate(SampleData.medium, plan, to: "data.nc")
    let file = try DataSetFile(path: data.path("data.nc"))
    let parts = try DataSplit.allCases.map { try file.samples(in: $0) }
    #expect(parts.map(\.count) == [plan.splits.training, plan.splits.validation, plan.splits.test])
    #expect(parts.flatMap(\.self).sorted() == Array(0..<11))
  }

  @Test func onlyWantedRecordsAreStored() throws {
    let data = try SampleData()
    defer { data.clean() }
    var plan = DataSetPlan(samples: 2)
    plan.times = [0...0, 0.5...1]
    try data.generate(SampleData.decay, plan, to: "data.nc")
    #expect(try DataSetFile(path: data.path("data.nc")).times == [0, 0.5, 0.75, 1])
    plan.times = [0.3...0.4]
    #expect(throws: DataSetError.noRecord(times: 0.3...0.4, interval: 0.25, end: 1)) {
      try data.generate(SampleData.decay, plan, to: "other.nc")
    }
  }

  @Test func aProblemWithoutChanceHasNoSamples() throws {
    let data = try SampleData()
    defer { data.clean() }
    let text = SampleData.growth.replacing("{normal: [MEAN, 1], input: true}", with: "0.1")
      .replacing("{uniform: [2, 3]}", with: "1")
    #expect(throws: DataSetError.nothingRandom(problem: "growth")) {
      try data.generate(text, DataSetPlan(samples: 2), to: "data.nc")
    }
  }
}
