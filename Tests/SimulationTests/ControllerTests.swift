import Arrays
import Foundation
import Simulation
import TestSupport
import Testing

@Suite("Step-size control")
struct ControllerTests {
  /// Steps through intervals of length 0.3 with errors that a rule gives for a step at a time.
  private func trace(
    _ start: StepController, intervals: Int, handing handOver: Int? = nil,
    error: (_ time: Double, _ step: Double) -> Double
  ) throws -> (steps: [Double], times: [Double], ends: [Double]) {
    var controller = start
    var result: (steps: [Double], times: [Double], ends: [Double]) = ([], [], [])
    var decisions = 0
    for interval in 0..<intervals {
      controller.startInterval()
      let begin = 0.3 * Double(interval)
      while !controller.isAtRecord {
        let step = controller.step(interval: 0.3)
        let before = controller.time(start: begin, interval: 0.3)
        decisions += 1
        if decisions == handOver {
          // As a checkpoint does.
          let data = try JSONEncoder().encode(controller)
          controller = try JSONDecoder().decode(StepController.self, from: data)
        }
        switch controller.decide(error: error(before, step)) {
        case .accept:
          let after = controller.time(start: begin, interval: 0.3)
          #expect(abs(after - before - step) < 1e-15, "time moves by the step that was taken")
          result.steps.append(step)
          result.times.append(after)
        case .retry:
          #expect(controller.time(start: begin, interval: 0.3) == before, "a refusal stays where it is")
          #expect(controller.step(interval: 0.3) < step)
        case .giveUp: return result
        }
      }
      result.ends.append(controller.time(start: begin, interval: 0.3))
    }
    return result
  }

  /// Rough for a while around t = 1, of order `order + 1` in the step.
  private func roughness(order: Int) -> (Double, Double) -> Double {
    { time, step in (1 + 1e6 * exp(-200 * (time - 1) * (time - 1))) * 1e-3 * pow(step, Double(order + 1)) }
  }

  @Test("Steps land on the records exactly and follow the error down and up", arguments: [1, 2, 3, 4])
  func landsOnRecords(order: Int) throws {
    let controller = StepController(mode: .adaptive(tolerance: 1e-9, order: order), level: 3)
    let error = roughness(order: order)
    let run = try trace(controller, intervals: 10, error: error)
    #expect(run.ends == (0..<10).map { 0.3 * Double($0) + 0.3 })
    #expect(zip(run.times, run.times.dropFirst()).allSatisfy { $0 < $1 })
    for (time, step) in zip(run.times, run.steps) { #expect(error(time - step, step) <= 1e-9) }
    // Small in the middle, large again behind it, and not wastefully small.
    let smallest = run.steps.min() ?? 0
    #expect(try #require(run.steps.last) >= 8 * smallest)
    #expect(try #require(run.steps.first) >= 8 * smallest)
    let late = zip(run.times, run.steps).filter { $0.0 > 2.5 }.map(\.1)
    let allowed = pow(1e-6, 1 / Double(order + 1))
    #expect(late.allSatisfy { $0 > min(0.3, allowed) / 5 })
    // Only steps of interval / 2ⁿ, so that tables are made for few sizes.
    for step in run.steps { #expect(log2(0.3 / step) == log2(0.3 / step).rounded()) }
  }

  @Test("A controller that went through JSON continues with the same steps", arguments: [1, 7, 20, 50])
  func codable(handOver: Int) throws {
    let controller = StepController(mode: .adaptive(tolerance: 1.1e-9, order: 3), level: 2)
    let whole = try trace(controller, intervals: 8, error: roughness(order: 3))
    let handed = try trace(controller, intervals: 8, handing: handOver, error: roughness(order: 3))
    #expect(whole.times == handed.times)
  }

  @Test("A fixed number of steps reaches the record", arguments: [1, 3, 10, 997])
  func fixed(count: Int) throws {
    let run = try trace(StepController(mode: .fixed(count)), intervals: 3) { _, _ in 0 }
    #expect(run.steps == Array(repeating: 0.3 / Double(count), count: 3 * count))
    #expect(run.ends == [0.3, 0.6, 0.3 * 2 + 0.3])
  }

  @Test(
    "Errors that stay too large, or are no numbers, end in giving up", arguments: [1, Double.nan, .infinity])
  func givesUp(error: Double) {
    var controller = StepController(mode: .adaptive(tolerance: 1e-9, order: 4), level: 0)
    var decisions: [StepController.Decision] = []
    while decisions.last != .giveUp && decisions.count < 100 {
      decisions.append(controller.decide(error: error))
    }
    #expect(decisions.last == .giveUp)
    #expect(decisions.dropLast().allSatisfy { $0 == .retry })
    #expect(controller.step(interval: 1) < 1e-10)
  }

  @Test("No error at all lets the step grow to the whole interval")
  func noError() throws {
    let controller = StepController(mode: .adaptive(tolerance: 1e-9, order: 3), level: 6)
    let run = try trace(controller, intervals: 12) { _, _ in 0 }
    #expect(run.steps.last == 0.3)
  }

  @Test("A fixed step that is no number is given up")
  func fixedNotFinite() {
    var controller = StepController(mode: .fixed(4))
    #expect(controller.decide(error: .nan) == .giveUp)
  }

  @Test("Records that nobody can count are refused", arguments: ["1e-300", "1e-12"])
  func tooManyRecords(every: String) throws {
    #expect(throws: SimulationError.self) {
      try simulation(ProblemTexts.forcedBurgers, set: ["output.every=\(every)"])
    }
  }
}
