package import ProblemFiles
package import Simulation

/// A problem file given as text.
package func problemFile(_ text: String, _ overrides: String...) throws -> ProblemFile {
  try ProblemFileReader().read(text: text, file: "test.yaml", overrides: overrides)
}

/// A simulation of a problem given as text, without a second run for the error.
package func simulation(
  _ text: String, set overrides: [String] = [], threads: Int = 1,
  configuring configure: (inout SimulationOptions) -> Void = { _ in }
) throws -> Simulation {
  let file = try ProblemFileReader().read(text: text, file: "test.yaml", overrides: overrides)
  var options = SimulationOptions(threads: threads)
  options.estimatesErrorByCoarserRun = false
  configure(&options)
  return try Simulation(file.problem, file.normalForm, options: options)
}

/// Small problems that exercise different parts of a discretisation.
package enum ProblemTexts {
  /// Nonlinear, a little stiff, with a force that depends on time.
  package static let forcedBurgers = """
    problem: forced-burgers
    domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
    unknowns: [u]
    equations:
      - dt(u) + u*dx(u) = 0.05*lap(u) + 0.3*sin(x + 2*t)
    initial: {u: sin(x) + 0.5*cos(2*x)}
    discretization: {x: 32}
    output: {every: 0.5}
    """

  /// Two real unknowns that the linear part couples, waves with damping, and a cubic term.
  package static let dampedWave = """
    problem: damped-wave
    domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
    unknowns: [u]
    equations:
      - dt(u, 2) + 0.4*dt(u) = 2*lap(u) - u - u^3
    initial: {u: 0.8*cos(x), dt(u): 0.3*sin(2*x)}
    discretization: {x: 32}
    output: {every: 0.5}
    """

  /// A complex unknown: imaginary eigenvalues and dispersion.
  package static let schrodinger = """
    problem: schrodinger
    domain: {x: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
    unknowns: [{h: complex}]
    equations:
      - i*dt(h) + 0.5*lap(h) + abs(h)^2*h = 0
    initial: {h: 0.8 + 0.3*cos(x) + 0.2*i*sin(x)}
    discretization: {x: 32}
    output: {every: 0.5}
    """

  /// An elliptic constraint: vorticity in the plane.
  package static let vorticity = """
    problem: vorticity
    domain:
      x: {interval: [0, 2*pi], periodic: true}
      y: {interval: [0, 2*pi], periodic: true}
      t: [0, 1]
    unknowns: [w, psi]
    define: {u: dy(psi), v: -dx(psi)}
    equations:
      - dt(w) + u*dx(w) + v*dy(w) = 0.02*lap(w) + 0.1*cos(4*y)
      - lap(psi) + w = 0
    gauge: [mean(psi) = 0]
    initial: {w: "sin(x)*cos(2*y) + 0.5*cos(3*x + y)"}
    discretization: {x: 32, y: 32}
    output: {every: 0.5}
    """

  /// Bounded axes, with a quarter-wave.
  package static let boundedReaction = """
    problem: bounded-reaction
    domain: {x: {interval: [0, 3]}, y: {interval: [0, 2]}, t: [0, 1]}
    unknowns: [u]
    equations:
      - dt(u) = 0.05*lap(u) + u - u^3
    boundary:
      - {on: left, dirichlet: {u: 0}}
      - {on: right, neumann: {u: 0}}
      - {on: y, neumann: {u: 0}}
    initial: {u: sin(pi*x/6)*cos(pi*y/2)}
    discretization: {x: 24, y: 20}
    output: {every: 0.5}
    """
}
