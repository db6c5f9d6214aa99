import Foundation
import Arrays
import ProblemFiles
import Simulation
import Spectral
import TestSupport
import Testing

/// A stepper and a problem; printed by name in the list of tests.
struct StepperCase: Sendable, CustomTestStringConvertible {
  var stepper: StepperDescription
  var problem: String
  var text: String
  var testDescription: String { "\(stepper.name), \(problem)" }

  static func all(_ problems: [(String, String)]) -> [StepperCase] {
    problems.flatMap { name, text in
      StepperRegistry.all.map { StepperCase(stepper: $0, problem: name, text: text) }
    }
  }

  func simulation(step: Double = 0.01) throws -> Simulation {
    try TestSupport.simulation(text, set: ["solver.method=\(stepper.name)", "solver.step=\(step)"])
  }

  /// The state at a time by many steps of a method whose order conditions are tested by themselves.
  func reference(at time: Double, steps: Int) throws -> StateVector {
    let simulation = try TestSupport.simulation(text, set: ["solver.method=dopri5", "solver.step=0.01"])
    return try StepperLaws(simulation).state(after: steps, steps: time / Double(steps))
  }
}

@Suite("Steppers")
struct StepperTests {
  private static let problems = [
    ("forced Burgers", ProblemTexts.forcedBurgers), ("damped wave", ProblemTexts.dampedWave),
    ("Schrödinger", ProblemTexts.schrodinger),
  ]

  @Test("Every stepper converges with its order", arguments: StepperCase.all(problems))
  func order(_ item: StepperCase) throws {
    let laws = try StepperLaws(try item.simulation())
    let order = item.stepper.order
    let counts = order >= 4 ? [40, 60, 90, 135] : order == 3 ? [50, 80, 128, 200] : [100, 160, 256, 400]
    let reference = try item.reference(at: 1, steps: 1000)
    let errors = try laws.errors(duration: 1, counts: counts, reference: reference)
    let fitted = fittedOrder(errors)
    #expect(errors.allSatisfy { $0.error < 0.1 })
    #expect(abs(fitted - Double(order)) < (order >= 4 ? 0.3 : 0.15), "order \(fitted) from \(errors)")
  }

  @Test(
    "Error estimates shrink with one order more than the embedded solution",
    arguments: StepperCase.all(problems).filter { $0.stepper.estimateOrder != nil })
  func estimateOrder(_ item: StepperCase) throws {
    let laws = try StepperLaws(try item.simulation())
    let expected = Double(try #require(item.stepper.estimateOrder) + 1)
    let estimates = try laws.estimates(steps: [0.02, 0.014, 0.01, 0.007])
    let fitted = fittedOrder(estimates)
    #expect(abs(fitted - expected) < 0.3, "order \(fitted) from \(estimates)")
    // The estimate is one of the embedded solution: it does not lie below the error of the result.
    let errors = try laws.localErrors(steps: [0.02]) { try item.reference(at: $0, steps: 20) }
    #expect(estimates[0].error > 0.3 * errors[0].error)
  }

  @Test(
    "Multistep methods keep their order where the last interval is shorter",
    arguments: ["sbdf2", "sbdf3", "sbdf4", "cnab2"])
  func shorterInterval(method: String) throws {
    func final(_ method: String, step: Double) throws -> StateVector {
      let simulation = try simulation(
        ProblemTexts.forcedBurgers,
        set: ["solver.method=\(method)", "solver.step=\(step)", "domain.t=[0,1.2]", "output.every=0.5"])
      #expect(try simulation.run().outcome == .completed)
      return try #require(simulation.finalState)
    }
    let reference = try final("dopri5", step: 0.001).elements
    let errors = try [100.0, 160, 250, 400].map { count in
      let step = 0.5 / count
      return (size: step, error: relativeDistance(try final(method, step: step).elements, reference))
    }
    let order = try StepperRegistry.description(named: method).order
    #expect(abs(fittedOrder(errors) - Double(order)) < 0.2, "order \(fittedOrder(errors)) from \(errors)")
  }

  /// An estimate from solutions that integrate N(t) by the same quadrature would let the step grow without end.
  @Test(
    "A force that depends on time alone is followed to the tolerance",
    arguments: StepperRegistry.all.filter { $0.estimateOrder ?? 0 > 1 }.map(\.name))
  func forcesOfTime(method: String) throws {
    let solution = try simulation(
      """
      problem: forced
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 4]}
      unknowns: [u]
      equations: [dt(u) = 0.1*dxx(u) + cos(13*t)*(1 + cos(x))]
      initial: {u: 0}
      exact: {u: "sin(13*t)/13 + cos(x)*(0.1*cos(13*t) + 13*sin(13*t) - 0.1*exp(-0.1*t))/169.01"}
      discretization: 16
      solver: {method: \(method), tolerance: 1e-8}
      output: {every: 0.4}
      """
    ).run()
    #expect(solution.outcome == .completed)
    #expect(try #require(solution.error).relativeL2 <= 2e-6)
  }

  @Test(
    "A force that begins late, or slowly, is followed from a state that is zero", arguments: [true, false])
  func forcesFromNothing(isSudden: Bool) throws {
    let force = isSudden ? "if(t > 0.377, 5, 0)" : "t^2"
    let exact = isSudden ? "if(t > 0.377, 5*(t - 0.377), 0)" : "t^3/3"
    let solution = try simulation(
      """
      problem: forced
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
      unknowns: [u]
      equations: ["dt(u) = dxx(u) + \(force)"]
      initial: {u: 0}
      exact: {u: "\(exact)"}
      discretization: 16
      solver: {method: etdrk4, tolerance: 1e-9}
      """
    ).run()
    #expect(solution.outcome == .completed)
    #expect(try #require(solution.error).relativeL2 <= 1e-6)
  }

  @Test("A step of size zero changes nothing", arguments: StepperCase.all([problems[1]]))
  func smallSteps(_ item: StepperCase) throws {
    let simulation = try item.simulation()
    let stepper = try simulation.makeStepper()
    let before = stepper.state.elements
    for _ in 0..<6 {
      _ = stepper.attempt(from: 0, step: 1e-13, errorOver: nil)
      stepper.accept()
    }
    #expect(relativeDistance(stepper.state.elements, before) < 1e-11)
  }

  @Test(
    "Exponential methods are exact where the nonlinear part is constant",
    arguments: ["etd1", "etdrk2", "etdrk4"])
  func exactness(method: String) throws {
    // Advection, diffusion, dispersion and a constant force: û = e^{λt} û₀ + (e^{λt} − 1)/λ f̂.
    let text = """
      problem: linear
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 3]}
      unknowns: [u]
      equations:
        - dt(u) = 0.5*dx(u) + 0.1*lap(u) + 0.2*dx(u, 3) + cos(2*x)
      initial: {u: exp(sin(x))}
      discretization: {x: 32}
      """
    let whole = try simulation(text, set: ["solver.method=\(method)", "solver.step=3"])
    let parts = try simulation(text, set: ["solver.method=\(method)", "solver.step=0.03"])
    let one = try StepperLaws(whole).state(after: 1, steps: 3)
    let many = try StepperLaws(parts).state(after: 100, steps: 0.03)
    #expect(relativeDistance(one.elements, many.elements) < 1e-13)
    let initial = try whole.makeStepper().state
    for k in 0..<whole.system.layout.counts[0] {
      let wave = Double(k)
      let λ = Complex(-0.1 * wave * wave, 0.5 * wave - 0.2 * wave * wave * wave)
      let force = Complex(k == 2 ? 0.5 : 0)
      let growth = Complex.exponential(3 * λ)
      let u = Complex(initial.baseAddress[2 * k], initial.baseAddress[2 * k + 1])
      let exact = growth * u + (k == 0 ? 3 * force : (growth - .one) / λ * force)
      let found = Complex(one.baseAddress[2 * k], one.baseAddress[2 * k + 1])
      #expect((found - exact).magnitude < 1e-14, "mode \(k)")
    }
  }

  @Test("Coupled exponentials are exact: a wave with damping")
  func exactCoupling() throws {
    let text = """
      problem: wave
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 10]}
      unknowns: [u]
      equations:
        - dt(u, 2) + 0.2*dt(u) = lap(u)
      initial: {u: cos(7*x), dt(u): 0}
      discretization: {x: 32}
      """
    let simulation = try simulation(text, set: ["solver.method=etdrk4", "solver.step=10"])
    let state = try StepperLaws(simulation).state(after: 1, steps: 10)
    // u'' + 0.2 u' + 49 u = 0, u(0) = ½, u'(0) = 0 in the coefficient of e^{7ix}.
    let frequency = (49 - 0.01).squareRoot()
    let exact = 0.5 * exp(-1.0) * (cos(frequency * 10) + 0.1 / frequency * sin(frequency * 10))
    #expect(abs(state.baseAddress[14] - exact) < 1e-14)
  }
}
