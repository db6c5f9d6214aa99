import Arrays
import DataSets
import Foundation
import Learning
import Testing

/// A classical solver in an operator's place.
@Suite struct SampleSolvesTests {
  private func samples(
    _ data: SampleData, _ text: String, inputs: String, outputs: String
  ) throws -> OperatorSamples {
    var plan = DataSetPlan(samples: 4)
    (plan.validation, plan.test, plan.precision, plan.seed) = (0, 0.5, .double, 5)
    try data.generate(text, plan, to: "data.nc")
    return try OperatorSamples(
      DataSetFile(path: data.path("data.nc")), split: .test, inputs: [DataQuantity(parsing: inputs)],
      outputs: [DataQuantity(parsing: outputs)])
  }

  private func pair(_ samples: OperatorSamples, _ number: Int) throws -> (input: [Double], target: [Double]) {
    let input = AlignedStorage<Double>(count: samples.inputShape.reduce(1, *))
    let target = AlignedStorage<Double>(count: samples.targetShape.reduce(1, *))
    try samples.read(number, input: input.baseAddress, target: target.baseAddress)
    return (Array(input.buffer), Array(target.buffer))
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (difference / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  /// At the resolution of the data the answers are the data, for every sample and in any order.
  @Test(arguments: [(SampleData.decay, "initial.u", "u(t=0.5:1)"), (SampleData.medium, "fields.a", "p")])
  func answersAreTheData(_ text: String, _ inputs: String, _ outputs: String) throws {
    let data = try SampleData()
    defer { data.clean() }
    let samples = try samples(data, text, inputs: inputs, outputs: outputs)
    let solves = SampleSolves(
      try SampleData.source(text), seed: 5, frames: samples.targetFrames, on: samples.axes)
    let numbers = try samples.file.sampleNumbers(samples.positions)
    #expect(numbers == [2, 3])
    for number in [1, 0] {
      let answer = try solves.solve(numbers[number])
      #expect(try distance(answer.values, pair(samples, number).target) < 1e-12)
      #expect(answer.seconds > 0)
    }
  }

  /// A coarser solver comes close, and the closer the finer it is.
  @Test func coarserAnswersComeClose() throws {
    let data = try SampleData()
    defer { data.clean() }
    let samples = try samples(data, SampleData.medium, inputs: "fields.a", outputs: "p")
    let numbers = try samples.file.sampleNumbers(samples.positions)
    let errors = try [3, 6].map { points in
      let solves = SampleSolves(
        try SampleData.source(
          SampleData.medium, overrides: ["discretization.x=\(points)", "discretization.y=\(2 * points)"]),
        seed: 5, frames: samples.targetFrames, on: samples.axes)
      return try distance(solves.solve(numbers[0]).values, pair(samples, 0).target)
    }
    #expect(errors[1] < errors[0] && errors[1] < 0.3 && errors[1] > 1e-3, "\(errors)")
  }

  /// From a frame of the data on the solver comes to the later ones, whatever the problem begins with.
  @Test func givenValuesTakeThePlaceOfTheProblems() throws {
    let data = try SampleData()
    defer { data.clean() }
    let samples = try samples(data, SampleData.decay, inputs: "u(t=0.5)", outputs: "u(t=0.75:1)")
    let solves = SampleSolves(
      try SampleData.source(SampleData.decay, overrides: ["domain.t=[0.5, 1]"]), seed: 9,
      frames: samples.targetFrames, on: samples.axes)
    for number in 0..<2 {
      let (input, target) = try pair(samples, number)
      let answer = try solves.solve(0, from: ["u": NDArray(shape: [64], input)])
      #expect(distance(answer.values, target) < 1e-5)
    }
    // And without them it begins as the problem says.
    #expect(try distance(solves.solve(0).values, pair(samples, 0).target) > 0.1)
  }

  /// A run that ends before its time has an answer that is not a number.
  @Test func failuresAreNotNumbers() throws {
    let data = try SampleData()
    defer { data.clean() }
    let samples = try samples(data, SampleData.decay, inputs: "initial.u", outputs: "u(t=1)")
    let growth = SampleData.growth.replacingOccurrences(of: "MEAN", with: "5")
    let solves = SampleSolves(
      try SampleData.source(growth), seed: 5, frames: samples.targetFrames, on: samples.axes)
    let answer = try solves.solve(0)
    #expect(answer.values.count == 64 && answer.values.allSatisfy(\.isNaN))
  }
}
