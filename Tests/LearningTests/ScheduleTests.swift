import Arrays
import Foundation
import Learning
import Testing

@Suite("Learning-rate schedules") struct ScheduleTests {
  private func rates(
    _ name: String, _ settings: [String: Double], steps: Int = 10, stepsPerEpoch: Int = 1
  ) throws -> [Double] {
    let schedule = try RateScheduleRegistry.schedule(
      named: name, rate: 1, steps: steps, stepsPerEpoch: stepsPerEpoch, settings: settings)
    return (0..<steps).map(schedule.rate)
  }

  private func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-14 }
  }

  @Test func constant() throws { #expect(try rates("constant", [:], steps: 3) == [1, 1, 1]) }

  @Test func step() throws {
    let found = try rates("step", ["every": 2, "factor": 0.5], steps: 12, stepsPerEpoch: 2)
    #expect(found == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25])
  }

  @Test func exponential() throws {
    let found = try rates("exponential", ["factor": 0.25], steps: 5, stepsPerEpoch: 2)
    #expect(agree(found, [1, 0.5, 0.25, 0.125, 0.0625]))
  }

  @Test func cosine() throws {
    let half = 0.5.squareRoot()
    let found = try rates("cosine", ["final": 0.1], steps: 4)
    #expect(agree(found, [1, 0.55 + 0.45 * half, 0.55, 0.55 - 0.45 * half]))
  }

  /// The formula of `torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10, pct_start=0.3)`.
  @Test func oneCycle() throws {
    let found = try rates("oneCycle", [:])
    func between(_ start: Double, _ end: Double, _ share: Double) -> Double {
      end + (start - end) / 2 * (cos(.pi * share) + 1)
    }
    let rise = [0.04, between(0.04, 1, 0.5), 1]
    let fall = (1...7).map { between(1, 4e-6, Double($0) / 7) }
    #expect(agree(found, rise + fall))
    #expect(found.firstIndex(of: found.max() ?? 0) == 2)
    #expect(abs((found.last ?? 0) - 4e-6) < 1e-18)
  }

  @Test(arguments: RateScheduleRegistry.all.map(\.name)) func warmUp(_ name: String) throws {
    let plain = try rates(name, [:], steps: 6)
    let warm = try rates(name, ["warmup": 4], steps: 10)
    #expect(agree(Array(warm[4...]), plain))
    #expect(agree(Array(warm[..<4]), [0.25, 0.5, 0.75, 1].map { $0 * plain[0] }))
  }

  @Test(arguments: RateScheduleRegistry.all.map(\.name)) func isSound(_ name: String) throws {
    let kind = try RateScheduleRegistry.kind(named: name)
    for steps in [1, 2, 3, 1000] {
      let schedule = try kind.make(rate: 0.5, steps: steps, stepsPerEpoch: 3, settings: [:])
      let isSound = (0..<steps + 5).allSatisfy { schedule.rate(at: $0) >= 0 && schedule.rate(at: $0) <= 0.5 }
      #expect(isSound && schedule.name == name, "\(steps)")
    }
    #expect(throws: LearningError.self) {
      _ = try kind.make(rate: 1, steps: 1, stepsPerEpoch: 1, settings: ["nonsense": 1])
    }
    for parameter in kind.parameters {
      #expect(throws: LearningError.self) {
        _ = try kind.make(rate: 1, steps: 1, stepsPerEpoch: 1, settings: [parameter.name: -1])
      }
    }
    #expect(throws: LearningError.self) {
      _ = try RateScheduleRegistry.schedule(named: name, rate: 1, steps: 1, settings: ["warmup": 0.5])
    }
  }
}

@Suite("Early stopping") struct EarlyStoppingTests {
  @Test func stopsBehindItsPatience() {
    var stopping = EarlyStopping(patience: 2, minimalDecrease: 0.1)
    let notes = [1, 0.95, 0.8, .nan].map { stopping.check($0) }
    #expect(notes == [true, false, true, false])
    #expect(!stopping.shouldStop && stopping.best == 0.8 && stopping.bestCheck == 2)
    stopping.check(0.75)
    #expect(stopping.shouldStop)
  }

  @Test func nothingButNonsenseStopsToo() {
    var stopping = EarlyStopping(patience: 3)
    for _ in 0..<3 {
      #expect(!stopping.shouldStop)
      stopping.check(.nan)
    }
    #expect(stopping.shouldStop && stopping.best == nil)
  }

  @Test func continuesFromItsCodedForm() throws {
    var stopping = EarlyStopping(patience: 5)
    for error in [3.0, 0.1, 0.2] { stopping.check(error) }
    let data = try JSONEncoder().encode(stopping)
    #expect(try JSONDecoder().decode(EarlyStopping.self, from: data) == stopping)
  }
}
