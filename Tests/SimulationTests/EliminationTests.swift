import Arrays
import Foundation
import ProblemFiles
import Simulation
import Spectral
import TestSupport
import Testing

@Suite("Constraints")
struct EliminationTests {
  /// The error a problem's set-up ends with.
  private func failure(_ text: String) throws -> SimulationError? {
    do {
      _ = try simulation(text)
      return nil
    } catch let error as SimulationError {
      return error
    }
  }

  @Test("The stream function of a vorticity is its inverse Laplacian")
  func streamFunction() throws {
    let simulation = try simulation(
      ProblemTexts.vorticity, set: ["solver.method=rk4", "solver.step=0.01", "domain.t=[0,0.1]"])
    let system = simulation.system
    let sources = system.determinedSources
    #expect(sources.count == 1 && sources[0].count == 1)
    for mode in 0..<system.layout.modes {
      let value = try #require(sources[0].first).multiplier.value(at: mode)
      let (row, column) = (mode / system.layout.counts[1], mode % system.layout.counts[1])
      let k = Double(system.layout.index(ofRow: row, axis: 0))
      let square = k * k + Double(column * column)
      #expect(abs(value.re - (square == 0 ? 0 : 1 / square)) < 1e-16)
      #expect(value.im == 0)
    }
  }

  @Test("A constraint that leaves a mean open needs a gauge")
  func gauge() throws {
    let open = ProblemTexts.vorticity.replacing("gauge: [mean(psi) = 0]\n", with: "")
    #expect(try failure(open) == .undetermined(unknown: "psi"))
    #expect(try failure(ProblemTexts.vorticity) == nil)
  }

  private static let flow = """
    problem: flow
    domain:
      x: {interval: [0, 2*pi], periodic: true}
      y: {interval: [0, 2*pi], periodic: true}
      z: {interval: [0, 2*pi], periodic: true}
      t: [0, 0.2]
    unknowns: [{u: vector}, p]
    equations:
      - dt(u) + dot(u, grad(u)) + grad(p) = 0.05*lap(u)
      - div(u) = 0
    gauge: [mean(p) = 0]
    initial: {u: ["sin(x)*cos(y)*cos(z) + 0.3*cos(2*z)", "-cos(x)*sin(y)*cos(z)", "0.2*sin(x + y)"]}
    discretization: {x: 16, y: 16, z: 16}
    solver: {method: etdrk4, step: 0.02}
    output: {every: 0.1}
    """

  /// ‖k · û‖ relative to ‖|k| û‖.
  private func divergence(_ state: StateVector, _ layout: PencilLayout) -> Double {
    var (found, size) = (0.0, 0.0)
    let counts = layout.counts
    for mode in 0..<layout.modes {
      let rows = [mode / (counts[1] * counts[2]), mode / counts[2] % counts[1], mode % counts[2]]
      var sum = Complex.zero
      for axis in 0..<3 {
        let k = Double(layout.index(ofRow: rows[axis], axis: axis))
        let place = layout.axes[axis].userIndex * layout.length + 2 * mode
        let value = Complex(state.baseAddress[place], state.baseAddress[place + 1])
        sum += k * value
        size += k * k * value.magnitude * value.magnitude
      }
      found += sum.magnitude * sum.magnitude
    }
    return (found / size).squareRoot()
  }

  @Test("Projection keeps the flow free of divergence and the operator diagonal")
  func projection() throws {
    let simulation = try simulation(Self.flow)
    #expect(simulation.system.linearOperator.entries.allSatisfy { $0.row == $0.column })
    #expect(simulation.system.linearOperator.entries.count == 3)
    let solution = try simulation.run()
    #expect(solution.outcome == .completed && solution.warnings.isEmpty)
    let state = try #require(simulation.finalState)
    #expect(divergence(state, simulation.system.layout) < 1e-14)
    // It moved: the flow is not the decaying initial one.
    let initial = try simulation.makeStepper().state
    #expect(relativeDistance(state.elements, initial.elements) > 0.01)
  }

  @Test("An initial flow with divergence is projected to one without")
  func initialProjection() throws {
    let text = Self.flow.replacing("\"0.2*sin(x + y)\"", with: "\"0.2*sin(x + z)\"")
    let simulation = try simulation(text)
    let initial = try simulation.makeStepper().state
    #expect(divergence(initial, simulation.system.layout) < 1e-14)
    let solution = try simulation.run()
    #expect(divergence(try #require(simulation.finalState), simulation.system.layout) < 1e-14)
    // Half of the square of the third component is along k: it is said how much was taken away.
    let share = (0.02 / 2 / (0.25 + 0.09 / 2 + 0.04 / 2)).squareRoot() * 100
    let warning = try #require(solution.warnings.first)
    #expect(warning.contains("violate div(u) = 0") && warning.contains("\((share * 10).rounded() / 10) %"))
  }

  @Test("A mean that grows until a constraint cannot balance it ends the run")
  func meanThatGrows() throws {
    let text = ProblemTexts.vorticity.replacing("lap(w)", with: "lap(w) + 0.3")
    #expect(text != ProblemTexts.vorticity)
    #expect {
      try simulation(text).run()
    } throws: {
      if case .incompatible(unknown: "psi", _) = $0 as? SimulationError { true } else { false }
    }
  }

  @Test("A mean whose time derivative drops out needs a gauge")
  func meanWithoutTimeDerivative() throws {
    let text = """
      problem: p
      domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
      unknowns: [u]
      equations: [dt(dxx(u)) = -dxx(u)]
      initial: {u: cos(x)}
      exact: {u: cos(x)*exp(-t)}
      discretization: 16
      """
    #expect(try failure(text) == .undetermined(unknown: "u"))
    let solution = try simulation(text + "\ngauge: [mean(u) = 0]").run()
    #expect(try #require(solution.error).relativeL2 <= 1e-13)
  }

  @Test("A source whose mean a constraint cannot balance is refused at the first time")
  func unbalancedInitialValue() throws {
    let text = ProblemTexts.vorticity.replacing("initial: {w: \"", with: "initial: {w: \"1 + ")
    #expect(text != ProblemTexts.vorticity)
    #expect {
      try simulation(text).run()
    } throws: {
      guard case .incompatible(unknown: "psi", let mean) = $0 as? SimulationError else { return false }
      return abs(mean - 1) < 1e-12
    }
  }

  @Test("Two layers: both stream functions from both vorticities")
  func twoLayers() throws {
    let text = """
      problem: layers
      domain:
        x: {interval: [0, 2*pi], periodic: true}
        y: {interval: [0, 2*pi], periodic: true}
        t: [0, 0.1]
      parameters: {F1: 3, F2: 0.5}
      unknowns: [q1, q2, a, b]
      equations:
        - dt(q1) + dy(a)*dx(q1) - dx(a)*dy(q1) = 0.01*lap(q1)
        - dt(q2) + dy(b)*dx(q2) - dx(b)*dy(q2) = 0.01*lap(q2)
        - lap(a) + F1*(b - a) = q1
        - lap(b) + F2*(a - b) = q2
      gauge: [mean(a) = 0, mean(b) = 0]
      initial: {q1: sin(x)*cos(y), q2: cos(2*x)}
      discretization: {x: 16, y: 16}
      solver: {method: rk4, step: 0.01}
      """
    let system = try simulation(text).system
    for mode in 1..<system.layout.modes {
      let (row, column) = (mode / system.layout.counts[1], mode % system.layout.counts[1])
      let k = Double(system.layout.index(ofRow: row, axis: 0))
      let s = -(k * k + Double(column * column))
      // [[s − F₁, F₁], [F₂, s − F₂]]⁻¹
      let determinant = (s - 3) * (s - 0.5) - 1.5
      let inverse = [
        [(s - 0.5) / determinant, -3 / determinant], [-0.5 / determinant, (s - 3) / determinant],
      ]
      for (unknown, sources) in system.determinedSources.enumerated() {
        for source in sources {
          let value = source.multiplier.value(at: mode)
          #expect(abs(value.re - inverse[unknown][source.component]) < 1e-14)
        }
        #expect(sources.count == 2)
      }
    }
  }
}

@Suite("Well-posedness")
struct WellPosednessTests {
  private func check(_ equation: String, unknown: String = "u", second: String = "", axes: [String]) throws
    -> Bool
  {
    let box = axes.map { "\($0): {interval: [0, 2*pi], periodic: true}" }.joined(separator: ", ")
    let velocity = second.isEmpty ? "" : ", dt(u): \(second)"
    let text = """
      problem: probe
      domain: {\(box), t: [0, 1]}
      unknowns: [\(unknown)]
      equations:
        - \(equation)
      initial: {u: cos(x)\(velocity)}
      discretization: {\(axes.map { "\($0): 16" }.joined(separator: ", "))}
      solver: {method: etdrk4, step: 0.1}
      """
    do {
      _ = try simulation(text)
      return true
    } catch SimulationError.illPosed {
      return false
    }
  }

  @Test(
    "Equations whose short waves grow ever faster are refused",
    arguments: [
      "dt(u) = -0.01*lap(u)", "dt(u) = dx(u, 4)", "dt(u) = dx(u) - 1e-3*dx(u, 2)",
      "dt(u) = -dx(u, 6) + dx(u, 8)",
      "dt(u) + u*dx(u) = -0.1*lap(u)",
    ])
  func refused(equation: String) throws {
    #expect(try !check(equation, axes: ["x"]))
    #expect(try !check("dt(u, 2) = -lap(u)", second: "0", axes: ["x"]))
  }

  @Test(
    "Kuramoto–Sivashinsky, Korteweg–de Vries and others with bounded growth are accepted",
    arguments: [
      "dt(u) = lap(u)", "dt(u) = -lap(u) - dx(u, 4) - u*dx(u)", "dt(u) + 6*u*dx(u) + dx(u, 3) = 0",
      "dt(u) = -lap(u) - 1e-3*dx(u, 4)", "dt(u) = 5*u + dx(u)", "dt(u) = -dx(u, 6) - dx(u, 8)",
      "dt(u) = dx(u, 5) + 3*u - u^3",
    ])
  func accepted(equation: String) throws {
    #expect(try check(equation, axes: ["x"]))
  }

  @Test("Waves and Schrödinger's equation are accepted")
  func oscillating() throws {
    #expect(try check("dt(u, 2) = lap(u) - u", second: "0", axes: ["x", "y"]))
    #expect(try check("dt(u, 2) = -dx(u, 4) + 0.1*dt(u)", second: "0", axes: ["x"]))
    #expect(try check("i*dt(u) + lap(u) = 0", unknown: "{u: complex}", axes: ["x", "y"]))
  }

  @Test("Growth in an oblique direction is found, whatever its sign", arguments: ["2.5", "-2.5"])
  func oblique(factor: String) throws {
    #expect(try !check("dt(u) = lap(u) + \(factor)*dx(dy(u))", axes: ["x", "y"]))
    #expect(try check("dt(u) = lap(u) + 0.5*(\(factor))*dx(dy(u))", axes: ["x", "y"]))
  }
}
