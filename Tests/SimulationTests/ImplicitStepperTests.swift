import Arrays
import Equations
import Foundation
import Simulation
import Synchronization
import TestSupport
import Testing

@Suite("Implicit steppers")
struct ImplicitStepperTests {
  /// Growth to a limit in every cell, each from another start: no space, one time.
  private static let logistic = """
    problem: logistic
    domain: {x: [0, 1], t: [0, 2]}
    unknowns: [u]
    define: {s: 1/(1 + (1 + x)*exp(-t))}
    equations: [dt(u) = u - u^2]
    initial: {u: 1/(2 + x)}
    exact: {u: s}
    discretization: {x: 4, method: finite-volume}
    output: {every: 2}
    """

  /// The solution is in the space, so that only time is discretised, and every kind of boundary data moves.
  private static let moving = """
    problem: moving
    domain: {x: [0, 1], y: [0, 1], t: [0, 1]}
    parameters: {k: 0.02}
    unknowns: [u]
    define: {s: "(1 + x^2 + x*y)*exp(sin(3*t))"}
    equations: [(2 + x)*dt(u) - k*lap(u) + u^2 = (2 + x)*dt(s) - k*lap(s) + s^2]
    boundary:
      - {on: left, dirichlet: {u: s}}
      - {on: right, robin: "dn(u) + u = dx(s) + s"}
      - {on: y, neumann: {u: "if(y > 0.5, dy(s), -dy(s))"}}
    initial: {u: 1 + x^2 + x*y}
    exact: {u: s}
    discretization: {x: 2, y: 2, method: finite-element}
    output: {every: 1}
    """

  /// Masses and coefficients that depend on time, linear.
  private static let ageing = """
    problem: ageing
    domain: {x: [0, 1], t: [0, 1]}
    unknowns: [u]
    define: {s: "(1 + x^2)*cos(2*t)"}
    equations: [(1 + t)*dt(u) - 0.05*(1 + t^2)*lap(u) = (1 + t)*dt(s) - 0.05*(1 + t^2)*lap(s)]
    boundary: [{on: x, dirichlet: {u: s}}]
    initial: {u: 1 + x^2}
    exact: {u: s}
    discretization: {x: 2, method: finite-element}
    output: {every: 1}
    """

  private func order(_ text: String, _ stepper: StepperDescription, _ counts: [Int]) throws -> Double {
    let found = try counts.map { count in
      let solution = try balanceSimulation(
        text, set: ["solver.method=\(stepper.name)", "solver.step=\(2.0 / Double(count))"]
      ).run()
      #expect(solution.outcome == .completed)
      return (size: 1 / Double(count), error: try #require(solution.error).relativeL2)
    }
    return fittedOrder(found)
  }

  @Test("Every method has its order for ordinary equations", arguments: StepperRegistry.implicit)
  func ordinary(_ stepper: StepperDescription) throws {
    let order = try order(Self.logistic, stepper, [16, 32, 48])
    #expect(abs(order - Double(stepper.order)) < 0.25, "\(order)")
  }

  @Test("Every method has its order with boundary data that move", arguments: StepperRegistry.implicit)
  func boundaryData(_ stepper: StepperDescription) throws {
    let order = try order(Self.moving, stepper, [120, 240, 480])
    #expect(abs(order - Double(stepper.order)) < 0.3, "\(order)")
  }

  @Test("Every method has its order with masses that depend on time", arguments: StepperRegistry.implicit)
  func ageing(_ stepper: StepperDescription) throws {
    let order = try order(Self.ageing, stepper, [20, 40, 80])
    #expect(abs(order - Double(stepper.order)) < 0.3, "\(order)")
  }

  @Test("P2 keeps its order in space when boundary data move")
  func spaceOrder() throws {
    let found = try errors(
      BalanceTexts.evolution, "x,y", [4, 8, 16], set: ["solver.tolerance=1e-8", "domain.t=[0, 0.1]"])
    #expect(abs(fittedOrder(found) - 3) < 0.2, "\(found)")
  }

  @Test("A tolerance is kept", arguments: [1e-4, 1e-6])
  func tolerance(_ tolerance: Double) throws {
    let solution = try balanceSimulation(Self.moving, set: ["solver.tolerance=\(tolerance)"]).run()
    #expect(solution.outcome == .completed)
    let error = try #require(solution.error).relativeL2
    #expect(error < 20 * tolerance && error > tolerance / 1000)
  }

  @Test("Factors are used again as long as they do")
  func reuse() throws {
    func factorizations(_ text: String) throws -> (Int, Int) {
      let simulation = try balanceSimulation(text)
      let stages = ImplicitStages(simulation.discretization)
      let (state, next) = (stages.makeVector(), stages.makeVector())
      for step in 0..<10 {
        #expect(stages.solve(next, from: state, step: 0.01, time: 0.01 * Double(step)))
        state.baseAddress.update(from: next.baseAddress, count: state.count)
      }
      return (stages.factorizations, stages.newtonIterations)
    }
    let linear = try factorizations(
      Self.ageing.replacing("(1 + t)*dt", with: "dt").replacing("(1 + t^2)*", with: ""))
    #expect(linear == (1, 10))
    let nonlinear = try factorizations(Self.moving)
    #expect(nonlinear.0 < 5 && nonlinear.1 > 10)
  }
}

@Suite("Resumed runs on cells and elements")
struct BalanceResumeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var name: String
    var solver: [String]
    var stop: Int
    var testDescription: String { "\(name), \(solver), stopped after \(stop)" }
  }

  static let cases: [Case] =
    StepperRegistry.implicit.flatMap { stepper in
      [1, 3, 5, 8, 11].map {
        Case(
          text: BalanceTexts.evolution, name: "nonlinear",
          solver: [
            "solver.method=\(stepper.name)", "solver.step=0.03", "output.every=0.15", "domain.t=[0.1,0.5]",
          ],
          stop: $0)
      } + [
        Case(
          text: BalanceTexts.evolution.replacing("u^2*dx(u)", with: "u").replacing("s^2*dx(s)", with: "s"),
          name: "linear", solver: ["solver.method=\(stepper.name)", "solver.step=0.1"], stop: 4)
      ]
    }
    + [2, 5, 9, 14].map {
      Case(
        text: BalanceTexts.evolution, name: "adaptive",
        solver: ["solver.tolerance=1e-5", "output.every=0.3", "domain.t=[0.1,1.2]"], stop: $0)
    }
    + [2, 4].map {
      Case(
        text: BalanceTexts.evolution, name: "cells",
        solver: ["discretization.method=finite-volume", "solver.tolerance=1e-3", "output.every=0.3"], stop: $0
      )
    }

  @Test("A run that was stopped and resumed gives the bits of an unbroken one", arguments: cases)
  func resume(_ item: Case) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).checkpoint").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try balanceSimulation(item.text, set: item.solver)
    let unbroken = try whole.run()
    #expect(unbroken.outcome == .completed)
    let calls = Atomic(0)
    let stopped = try balanceSimulation(item.text, set: item.solver) { options in
      options.checkpointPath = path
      options.shouldStop = { calls.add(1, ordering: .relaxed).newValue > item.stop }
    }
    guard case .interrupted = try stopped.run().outcome else {
      Issue.record("the run ended before it was stopped")
      return
    }
    let resumed = try balanceSimulation(item.text, set: item.solver)
    let second = try resumed.run(resuming: try RunCheckpoint(path: path))
    #expect(second.outcome == .completed)
    #expect(second.steps == unbroken.steps && second.refusedSteps == unbroken.refusedSteps)
    #expect(resumed.finalState?.elements.map(\.bitPattern) == whole.finalState?.elements.map(\.bitPattern))
    #expect(second.records.last?.fields == unbroken.records.last?.fields)
    #expect(second.error?.relativeL2 == unbroken.error?.relativeL2)
  }
}
