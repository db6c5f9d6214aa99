import Arrays
import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

/// The bits of everything that a run leaves behind.
private func bits(_ solution: Solution, _ simulation: Simulation) -> [UInt64] {
  let fields = solution.records.flatMap { record in record.fields.flatMap(\.elements) + record.quantities }
  return (fields + (simulation.finalState?.elements ?? [])).map(\.bitPattern)
}

@Suite("Same bits")
struct DeterminismTests {
  @Test(
    "The number of workers changes no bit",
    arguments: [
      (ProblemTexts.vorticity, ["domain.t=[0,0.2]", "output.every=0.1"]),
      (ProblemTexts.boundedReaction, []),
      (ProblemTexts.dampedWave, ["discretization.x=4096", "solver.method=ark4", "solver.step=0.05"]),
      (ProblemTexts.vorticity, ["solver.method=sbdf3", "solver.step=0.05", "discretization.x=128"]),
    ])
  func workers(text: String, overrides: [String]) throws {
    let runs = try [1, 2, 3].map { threads in
      let simulation = try simulation(text, set: overrides, threads: threads)
      let solution = try simulation.run()
      #expect(solution.outcome == .completed)
      return bits(solution, simulation)
    }
    #expect(runs[0].count > 100)
    #expect(runs[0] == runs[1])
    #expect(runs[0] == runs[2])
  }

  @Test("Two runs of one simulation give the same bits")
  func repetition() throws {
    let simulation = try simulation(ProblemTexts.forcedBurgers)
    let first = bits(try simulation.run(), simulation)
    #expect(bits(try simulation.run(), simulation) == first)
  }
}

@Suite("Resumed runs")
struct ResumeTests {
  /// How a run is set up besides its method.
  struct Case: Sendable, CustomTestStringConvertible {
    var stepper: StepperDescription
    var problem: String
    var text: String
    var solver: [String]
    /// Steps until the run is stopped.
    var stop: Int
    var testDescription: String { "\(stepper.name), \(problem), \(solver), stopped after \(stop)" }
  }

  /// With a last interval that is shorter, and stops within the start of multistep methods, between records,
  /// on a record and in the last interval.
  static let cases: [Case] = StepperRegistry.all.flatMap { stepper -> [Case] in
    var cases = [2, 13, 25, 50, 53].map {
      Case(
        stepper: stepper, problem: "forced Burgers", text: ProblemTexts.forcedBurgers,
        solver: ["solver.step=0.02", "output.every=0.5", "domain.t=[0.1,1.3]"], stop: $0)
    }
    if stepper.estimateOrder != nil {
      // Late times: what the force makes of their last place is seen.
      cases += [1, 9, 20, 31, 32, 33, 34, 35, 36, 37, 38].map {
        Case(
          stepper: stepper, problem: "forced Burgers", text: ProblemTexts.forcedBurgers,
          solver: ["solver.tolerance=1e-5", "output.every=0.7", "domain.t=[0.1,7.3]"], stop: $0)
      }
    }
    return cases + [
      Case(
        stepper: stepper, problem: "vorticity", text: ProblemTexts.vorticity,
        solver: ["solver.step=0.05"], stop: 7)
    ]
  }

  @Test("A run that was stopped and resumed gives the bits of an unbroken one", arguments: cases)
  func resume(_ item: Case) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let overrides = ["solver.method=\(item.stepper.name)"] + item.solver
    let whole = try simulation(item.text, set: overrides)
    let unbroken = try whole.run()
    #expect(unbroken.outcome == .completed)

    let calls = Atomic(0)
    let stopped = try simulation(item.text, set: overrides) { options in
      options.checkpointPath = path
      options.shouldStop = { calls.add(1, ordering: .relaxed).newValue > item.stop }
    }
    let first = try stopped.run()
    guard case .interrupted = first.outcome else {
      Issue.record("the run ended before it was stopped: \(first.outcome), \(first.steps) steps")
      return
    }
    let resumed = try simulation(item.text, set: overrides)
    let second = try resumed.run(resuming: try RunCheckpoint(path: path))
    #expect(second.outcome == .completed)
    #expect(second.steps == unbroken.steps)
    #expect(second.refusedSteps == unbroken.refusedSteps)
    #expect(
      bits(second, resumed).suffix(whole.system.stateLength)
        == bits(unbroken, whole).suffix(whole.system.stateLength))
    let last = try #require(second.records.last)
    #expect(last.fields == unbroken.records.last?.fields)
  }

  @Test("A checkpoint of another problem or method is refused")
  func otherProblem() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let stopped = try simulation(ProblemTexts.forcedBurgers) { options in
      options.checkpointPath = path
      options.shouldStop = { true }
    }
    _ = try stopped.run()
    let checkpoint = try RunCheckpoint(path: path)
    for overrides in [["discretization.x=64"], ["solver.tolerance=1e-3"], ["solver.step=0.1"]] {
      let other = try simulation(ProblemTexts.forcedBurgers, set: overrides)
      #expect(throws: SimulationError.self) { try other.run(resuming: checkpoint) }
    }
    let hashed = try simulation(ProblemTexts.forcedBurgers) { $0.problemHash = "another" }
    #expect(throws: SimulationError.self) { try hashed.run(resuming: checkpoint) }
  }
}
