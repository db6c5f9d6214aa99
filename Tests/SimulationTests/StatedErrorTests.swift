import Arrays
import Equations
import ProblemFiles
import Simulation
import TestSupport
import Testing

/// Runs that once said they were right and were not.
@Suite("What a run says of its own error")
struct StatedErrorTests {
  private static func spectral(
    _ text: String, configuring configure: (inout SimulationOptions) -> Void = { _ in }
  )
    throws -> Simulation
  {
    let file = try ProblemFileReader().read(text: text, file: "test.yaml")
    guard case .normal(let form) = file.formulation else {
      throw SimulationError.unsupported("the problem is on cells or elements")
    }
    var options = SimulationOptions()
    configure(&options)
    return try Simulation(file.problem, form, options: options)
  }

  /// dx(u) turns sines into cosines: it is evaluated on the grid, and no exponential is exact.
  @Test("Convection between two given values is not stepped as if it were diagonal")
  func convectionIsNotConstant() throws {
    let simulation = try Self.spectral(
      """
      problem: convected
      domain: {x: [0, 1], t: [0, 1]}
      unknowns: [u]
      equations: ["dt(u) = 0.1*lap(u) - dx(u)"]
      boundary: [{on: x, dirichlet: {u: 0}}]
      initial: {u: exp(x/0.2)*sin(pi*x)}
      exact: {u: exp(x/0.2 - (0.1*pi^2 + 2.5)*t)*sin(pi*x)}
      output: {every: 0.5}
      """)
    #expect(simulation.method?.stepper.name == "etdrk4")
    #expect(try #require(try simulation.run().error).relativeL2 < 1e-3)
    let diagonal = try Self.spectral(
      """
      problem: diagonal
      domain: {x: [0, 1], t: [0, 1]}
      unknowns: [u, v]
      equations: ["dt(u) = 0.1*lap(u) + v", "dt(v) = 0.2*lap(v)"]
      boundary: [{on: x, dirichlet: {u: 0, v: 0}}]
      initial: {u: 0, v: sin(pi*x)}
      """)
    #expect(diagonal.method?.stepper.name == "etd1")
  }

  private static func disc(_ discretization: String) -> String {
    """
    problem: disc
    domain: {geometry: {disc: {center: [0, 0], radius: 1}}}
    unknowns: [u]
    equations: [-lap(u) = 1]
    boundary: [{on: all, dirichlet: {u: 0}}]
    discretization: \(discretization)
    """
  }

  @Test("A mesh that does not get coarser gives no error of zero")
  func coarsestMeshes() throws {
    func error(_ text: String) throws -> Double? {
      try balanceSimulation(text) { $0.estimatesErrorByCoarserRun = true }.run().error?.relativeL2
    }
    // Simpler elements on the same triangles, or nothing.
    #expect(try #require(try error(Self.disc("{size: 4}"))) > 0.01)
    #expect(try error(Self.disc("{size: 4, elements: P1}")) == nil)
    #expect(
      try error(
        Self.disc("{method: finite-volume, x: 4, y: 4}").replacing(
          "{geometry: {disc: {center: [0, 0], radius: 1}}}", with: "{x: [0, 1], y: [0, 1]}")) == nil)
  }

  /// Linear elements on a line are exact at nodes; between them they are not.
  @Test("The error of elements is integrated, not read off at nodes")
  func errorBetweenNodes() throws {
    let text = """
      problem: line
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: [-dxx(u) = pi^2*sin(pi*x)]
      boundary: [{on: x, dirichlet: {u: 0}}]
      discretization: {method: finite-element, elements: P1, size: 0.05}
      """
    let stated = try #require(
      try balanceSimulation(text) { $0.estimatesErrorByCoarserRun = true }.run().error)
    let truth = try #require(
      try balanceSimulation(text + "\nexact: {u: sin(pi*x)}").run().error)
    #expect(stated.relativeL2 > truth.relativeL2 && stated.relativeL2 < 10 * truth.relativeL2)
  }

  @Test("One step over all the time tells no error, on a grid or on cells")
  func singleStep() throws {
    let text = """
      problem: single
      domain: {x: [0, 1], t: [0, 0.1]}
      unknowns: [u]
      equations: [dt(u) = dxx(u)]
      boundary: [{on: x, dirichlet: {u: 0}}]
      initial: {u: sin(pi*x)}
      output: {every: 0.1}
      """
    #expect(try Self.spectral(text + "\nsolver: {method: sbdf1, step: 0.1}").run().error == nil)
    #expect(try Self.spectral(text + "\ndiscretization: {x: 8}").run().error == nil)
    let cells = try balanceSimulation(
      text + "\ndiscretization: {method: finite-volume, x: 32}\nsolver: {method: bdf2, step: 0.1}"
    ) { $0.estimatesErrorByCoarserRun = true }
    #expect(try cells.run().error == nil)
  }

  @Test("A steady equation of odd order with a condition at both ends is refused")
  func oddOrder() throws {
    #expect {
      try Self.spectral(
        """
        problem: slope
        domain: {x: [0, 1]}
        unknowns: [u]
        equations: [dx(u) = 1]
        boundary: [{on: x, dirichlet: {u: 0}}]
        """)
    } throws: {
      "\($0)".contains("the highest derivative along x is of odd order")
    }
  }

  @Test("The error in time shows where a step fills the time between two records")
  func errorInTime() throws {
    let text = """
      problem: euler
      domain: {x: [0, 1], t: [0, 0.5]}
      unknowns: [u]
      define: {s: exp(-10*t)*sin(pi*x)}
      equations: ["dt(u) = div((1 + x)*grad(u)) - 10*s - div((1 + x)*grad(s))"]
      initial: {u: sin(pi*x)}
      boundary: [{on: x, dirichlet: {u: 0}}]
      discretization: {x: 64, method: finite-volume}
      solver: {method: backward-euler, step: 0.05}
      """
    let solution = try balanceSimulation(text) { $0.estimatesErrorByCoarserRun = true }.run()
    #expect(try #require(solution.error).relativeL2 > 0.05)
    #expect(solution.warnings.contains { $0.contains("solver.step 0.05 is cut to 0.025") })
  }

  @Test("An unknown that is small beside another is solved as well")
  func twoScales() throws {
    let text = """
      problem: scales
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [u, v]
      define: {w: sin(pi*x)*sin(pi*y)}
      equations: ["-lap(u) = 2*pi^2*1e12*w", "-lap(v) + v^3 = 2*pi^2*w + w^3"]
      boundary: [{on: all, dirichlet: {u: 0, v: 0}}]
      exact: {v: w}
      discretization: {x: 16, y: 16, method: finite-element}
      """
    #expect(try #require(try balanceSimulation(text).run().error).relativeL2 < 2e-4)
  }

  @Test("A linear solver that gives up is no completed run")
  func linearSolverGivesUp() throws {
    let text = """
      problem: indefinite
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [u]
      equations: ["-lap(u) - 500*u = 1"]
      boundary: [{on: all, dirichlet: {u: 0}}]
      discretization: {x: 16, y: 16, method: finite-volume}
      solver: {linear: jacobi}
      """
    let solution = try balanceSimulation(text).run()
    #expect(solution.outcome.name == "notConverged")
    #expect(solution.outcome.description.contains("the linear equations are not solved (jacobi"))
  }

  @Test(
    "A derivative given at an end means the same to every method",
    arguments: ["spectral", "finite-volume", "finite-element"])
  func anisotropicEnds(_ method: String) throws {
    let text = """
      problem: fibres
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [u]
      equations: ["-div([2*dx(u), 3*dy(u)]) = -4"]
      boundary:
        - {on: left, dirichlet: {u: 0}}
        - {on: right, ENDS}
        - {on: [bottom, top], neumann: {u: 0}}
      exact: {u: x^2}
      discretization: {x: 32, y: 32, method: \(method)}
      """
    let neumann = text.replacing("ENDS", with: "neumann: {u: 2}")
    guard method != "spectral" else {
      #expect(try #require(try Self.spectral(neumann).run().error).relativeL2 < 1e-3)
      return
    }
    #expect(try #require(try balanceSimulation(neumann).run().error).relativeL2 < 1e-3)
    let robin = text.replacing("ENDS", with: "robin: \"dn(u) + u = 3\"")
    #expect(try #require(try balanceSimulation(robin).run().error).relativeL2 < 1e-3)
  }

  @Test(
    "Unknowns that constraints determine are right in the first record",
    arguments: ["finite-volume", "finite-element"])
  func constraintsAtTheStart(_ method: String) throws {
    let text = """
      problem: coupled
      domain: {x: [0, 1], y: [0, 1], t: [0, 0.1]}
      unknowns: [u, c]
      define: {s: exp(-t)*sin(pi*x)*sin(pi*y)}
      equations: ["dt(u) = lap(u) + c + 2*pi^2*s - s - s/(2*pi^2)", "-lap(c) = u"]
      initial: {u: sin(pi*x)*sin(pi*y)}
      boundary: [{on: all, dirichlet: {u: 0, c: 0}}]
      exact: {u: s, c: s/(2*pi^2)}
      discretization: {x: 16, y: 16, method: \(method)}
      output: {every: 0.1}
      """
    let solution = try balanceSimulation(text).run()
    let first = try #require(solution.records.first)
    let number = try #require(solution.layout.fields.firstIndex { $0.name == "c" })
    #expect(abs((first.fields[number].elements.max() ?? 0) - 1 / (2 * Double.pi * Double.pi)) < 2e-3)
    #expect(try #require(solution.error).relativeL2 < 5e-3)
  }

  @Test("Convection that sines cannot solve goes to cells")
  func steadyConvection() throws {
    let text = """
      problem: layer
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: ["-0.1*lap(u) + dx(u) = 1"]
      boundary: [{on: x, dirichlet: {u: 0}}]
      exact: {u: x - (exp((x - 1)/0.1) - exp(-10))/(1 - exp(-10))}
      """
    #expect(try #require(try balanceSimulation(text).run().error).relativeL2 < 1e-3)
  }

  /// A rotating force in a closed vessel: nothing flows in or out, and pressure has lower order by itself.
  @Test("Stokes flow without a word about elements")
  func closedVessel() throws {
    let text = """
      problem: vessel
      domain: {x: [0, 1], y: [0, 1]}
      unknowns: [u, v, p]
      define:
        a: sin(pi*x)^2*sin(2*pi*y)
        b: -sin(2*pi*x)*sin(pi*y)^2
        q: cos(pi*x)*sin(pi*y)
      equations:
        - -lap(u) + dx(p) = -lap(a) + dx(q)
        - -lap(v) + dy(p) = -lap(b) + dy(q)
        - dx(u) + dy(v) = 0
      gauge: [mean(p) = 0]
      boundary: [{on: all, dirichlet: {u: 0, v: 0}}]
      exact: {u: a, v: b, p: q}
      discretization: {x: 12, y: 12, method: finite-element}
      """
    let stable = try balanceSimulation(text).run()
    #expect(stable.warnings.isEmpty)
    #expect(try #require(stable.error).relativeL2 < 0.01)
    let equal = try balanceSimulation(text, set: ["discretization.elements={u: P2, v: P2, p: P2}"])
    #expect {
      try equal.run()
    } throws: {
      "\($0)".contains("elements of 'p' should be of lower order")
    }
  }

  @Test("Newton's method stops when it is told to, and writes nothing")
  func interruption() throws {
    let text = """
      problem: stopped
      domain: {x: [0, 1]}
      unknowns: [u]
      equations: [-dxx(u) + u^3 = 1]
      boundary: [{on: x, dirichlet: {u: 0}}]
      discretization: {x: 16, method: finite-volume}
      """
    let solution = try balanceSimulation(text) { $0.shouldStop = { true } }.run()
    #expect(solution.outcome.name == "interrupted" && solution.records.isEmpty)
  }
}
