import Arrays
import DataSets
import Exchange
import Foundation
import Learning
import Testing

/// Data sets of this program, read as an operator learns from them.
@Suite struct ReadingTests {
  private func decay(_ data: SampleData, precision: DataSetPlan.Precision = .float) throws -> DataSetFile {
    var plan = DataSetPlan(samples: 6)
    (plan.validation, plan.test, plan.precision) = (0.2, 0, precision)
    try data.generate(SampleData.decay, plan, to: "decay.nc")
    return try DataSetFile(path: data.path("decay.nc"))
  }

  private func quantities(_ texts: String...) throws -> [DataQuantity] {
    try texts.map { try DataQuantity(parsing: $0) }
  }

  /// A sample's input and target.
  private func read<Scalar: BinaryFloatingPoint & BitwiseCopyable & Sendable>(
    _ samples: some TrainingData, _ number: Int, as: Scalar.Type
  ) throws -> (input: NDArray<Scalar>, target: NDArray<Scalar>) {
    var input = NDArray<Scalar>(shape: samples.inputShape)
    var target = NDArray<Scalar>(shape: samples.targetShape)
    try input.withUnsafeMutableBuffer { input in
      try target.withUnsafeMutableBuffer { target in
        try samples.read(number, input: input.baseAddress!, target: target.baseAddress!)
      }
    }
    return (input, target)
  }

  @Test(arguments: DataSetPlan.Precision.allCases)
  func channelsAreTheRecords(_ precision: DataSetPlan.Precision) throws {
    let data = try SampleData()
    defer { data.clean() }
    let file = try decay(data, precision: precision)
    let samples = try OperatorSamples(
      file, split: .training, inputs: quantities("initial.u"), outputs: quantities("u(t=0.5:1)"))
    #expect(samples.count == 5)
    #expect(samples.inputShape == [64, 1])
    #expect(samples.targetShape == [64, 3])
    #expect(samples.targetChannels == ["u(t=0.5)", "u(t=0.75)", "u(t=1)"])
    let whole = try NetCDFReader(path: file.path).read("u")
    let (input, target) = try read(samples, 3, as: Double.self)
    let single = try read(samples, 3, as: Float.self)
    for point in 0..<64 {
      #expect(input[point, 0] == whole[3, 0, point])
      for record in 0..<3 {
        #expect(target[point, record] == whole[3, record + 2, point])
        #expect(single.target[point, record] == Float(whole[3, record + 2, point]))
      }
    }
  }

  @Test func timeCanStayAnAxis() throws {
    let data = try SampleData()
    defer { data.clean() }
    let file = try decay(data)
    var options = OperatorSampleOptions()
    options.keepsTime = true
    let samples = try OperatorSamples(
      file, split: .validation, inputs: quantities("u(t=0:0.25)"), outputs: quantities("u(t=0.5:1)"),
      options: options)
    #expect(samples.inputShape == [3, 64, 2])
    #expect(samples.targetShape == [3, 64, 1])
    #expect(samples.targetTimes == [0.5, 0.75, 1])
    let whole = try NetCDFReader(path: file.path).read("u")
    let (input, target) = try read(samples, 0, as: Double.self)
    for record in 0..<3 {
      for point in 0..<64 {
        #expect(target[record, point, 0] == whole[5, record + 2, point])
        for frame in 0..<2 { #expect(input[record, point, frame] == whole[5, frame, point]) }
      }
    }
  }

  @Test func parametersAreConstantChannels() throws {
    let data = try SampleData()
    defer { data.clean() }
    var plan = DataSetPlan(samples: 4)
    (plan.validation, plan.test) = (0, 0)
    try data.generate(SampleData.growth.replacing("MEAN", with: "-1"), plan, to: "growth.nc")
    let file = try DataSetFile(path: data.path("growth.nc"))
    let samples = try OperatorSamples(
      file, split: .training, inputs: quantities("initial.u", "parameters.rate"),
      outputs: quantities("u(t=1)"))
    let rates = try NetCDFReader(path: file.path).read("rate")
    let (input, _) = try read(samples, 2, as: Double.self)
    for point in 0..<8 { #expect(input[point, 0] == 1 && input[point, 1] == rates[2]) }
  }

  @Test func cellsCanBeReadCoarser() throws {
    let data = try SampleData()
    defer { data.clean() }
    var plan = DataSetPlan(samples: 2)
    (plan.validation, plan.test) = (0, 0)
    try data.generate(SampleData.medium, plan, to: "medium.nc")
    let file = try DataSetFile(path: data.path("medium.nc"))
    var options = OperatorSampleOptions()
    options.resolution = ["x": 6, "y": 12]
    let samples = try OperatorSamples(
      file, split: .training, inputs: quantities("fields.a"), outputs: quantities("p"), options: options)
    #expect(samples.inputShape == [6, 12, 1])
    let (whole, coarse) = (
      try NetCDFReader(path: file.path).read("a"), try read(samples, 1, as: Double.self).input
    )
    let mean = (whole[1, 2, 4] + whole[1, 2, 5] + whole[1, 3, 4] + whole[1, 3, 5]) / 4
    #expect(abs(coarse[1, 2, 0] - mean) < 1e-12)
    options.resolution = ["x": 5]
    #expect(throws: DataSetError.self) {
      try OperatorSamples(
        file, split: .training, inputs: quantities("fields.a"), outputs: quantities("p"), options: options)
    }
  }

  @Test func whatIsNotThereIsSaid() throws {
    let data = try SampleData()
    defer { data.clean() }
    let file = try decay(data)
    for wrong in ["fields.u", "initial.w", "u(t=0.6:0.7)", "parameters.nu", "residual"] {
      #expect {
        try OperatorSamples(file, split: .training, inputs: quantities(wrong), outputs: quantities("u(t=1)"))
      } throws: { error in
        guard case .noSuchQuantity(_, _, let known) = error as? DataSetError else { return false }
        return known == ["u(t=0:1)"]
      }
    }
    #expect(throws: DataSetError.emptySplit(path: file.path, split: "test", samples: 6)) {
      try OperatorSamples(file, split: .test, inputs: quantities("initial.u"), outputs: quantities("u(t=1)"))
    }
  }

  @Test func dataOfAnotherProblemAreRefused() throws {
    let data = try SampleData()
    defer { data.clean() }
    let file = try decay(data)
    func check(_ text: String) throws -> DataSetError? {
      let header = try SampleData.header(text, DataSetPlan(samples: 1))
      do throws(DataSetError) { try file.check(problem: header.problem, statement: header.statement) } catch {
        return error
      }
      return nil
    }
    #expect(try check(SampleData.decay) == nil)
    // How a problem is solved is not what it says.
    #expect(try check(SampleData.decay.replacing("1e-6", with: "1e-9")) == nil)
    let other = try #require(try check(SampleData.medium))
    #expect(other.description == "its data are of the problem 'decay', not of 'medium'")
    let version = try #require(try check(SampleData.decay.replacing("nu: 0.01", with: "nu: 0.02")))
    #expect(version.description.contains("'nu: 0.01'") && version.description.contains("'nu: 0.02'"))
  }

  @Test func valuesThatAreNotFiniteAreRefused() throws {
    let data = try SampleData()
    defer { data.clean() }
    let path = try decay(data).path
    let writer = try NetCDFWriter(reopening: path, keptRecords: 6)
    try [Double.nan].withUnsafeBufferPointer {
      try writer.write($0, to: "u", start: [2, 4, 5], count: [1, 1, 1])
    }
    try writer.close()
    let samples = try OperatorSamples(
      try DataSetFile(path: path), split: .training, inputs: quantities("initial.u"),
      outputs: quantities("u(t=1)"))
    _ = try read(samples, 1, as: Float.self)
    #expect(throws: DataSetError.notFinite(path: path, variable: "u", sample: 2)) {
      try read(samples, 2, as: Float.self)
    }
  }

  @Test func damagedFilesAreRefused() throws {
    let data = try SampleData()
    defer { data.clean() }
    let path = try decay(data).path
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [bytes.count - 1, bytes.count / 2, 100, 3, 0] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: data.path("cut.nc")))
      #expect(throws: ExchangeError.self) { try DataSetFile(path: data.path("cut.nc")) }
    }
    let schema = NetCDFSchema(dimensions: [.unlimited(name: "sample")])
    try NetCDFWriter(path: data.path("other.nc"), schema: schema).close()
    #expect(throws: DataSetError.self) { try DataSetFile(path: data.path("other.nc")) }
  }

  @Test func expressionsOfQuantities() throws {
    #expect(try DataQuantity(parsing: " initial.u ") == DataQuantity("u", .initial))
    #expect(try DataQuantity(parsing: "fields.a") == DataQuantity("a", .coefficient))
    #expect(try DataQuantity(parsing: "u(t = 1/2)") == DataQuantity("u", .records(0.5...0.5)))
    #expect(try DataQuantity(parsing: "w(t=0:9)") == DataQuantity("w", .records(0...9)))
    #expect(try DataQuantity(parsing: "p").description == "p")
    for wrong in [
      "", "u(", "u(x=1)", "u(t=)", "u(t=9:0)", "u(t=1:2:3)", "inital.u", "a.b.c", "2u", "u(t=.inf)",
    ] {
      #expect(throws: DataSetError.self, "\(wrong)") { try DataQuantity(parsing: wrong) }
    }
    #expect { try DataQuantity(parsing: "inital.u") } throws: { "\($0)".contains("did you mean 'initial'?") }
  }
}
