/// Small problems that exercise different parts of finite volumes and elements.
package enum BalanceTexts {
  /// A text with its name, for parametrised tests.
  package struct Named: Sendable, CustomStringConvertible {
    package var name: String
    package var text: String
    package var overrides: [String] = []
    package var description: String { name }
  }

  /// Nonlinear diffusion and convection, a source with a gradient, two unknowns, all kinds of conditions.
  package static let coupled = """
    problem: coupled
    domain: {x: [0, 1], y: [0, 1.5]}
    unknowns: [u, v]
    fields: {a: "1 + x*y"}
    equations:
      - -div((1 + u^2 + 0.5*v)*grad(u)) + dx(u^2*v) + dy(x*u) + u*v = x
      - -div(a*grad(v)) + 0.3*dx(u)*v + exp(v)*u - 0.2*u*dy(v) + 0.1*dx(v)^2 = 1
    boundary:
      - {on: left, dirichlet: {u: sin(y)}}
      - {on: right, robin: "(1 + y)*dn(u) + u^2 = 2*v"}
      - {on: bottom, neumann: {u: 0.3}, dirichlet: {v: x}}
      - {on: top, dirichlet: {u: 0.4}, robin: "a*dn(v) + v^3 = u"}
      - {on: [left, right], neumann: {v: 0.2}}
    discretization: {x: 5, y: 4}
    """

  /// Convection on a ring of cells.
  package static let periodic = """
    problem: ring
    domain: {x: {interval: [0, 1], periodic: true}, y: [0, 1]}
    unknowns: [u]
    equations: [-0.1*lap(u) + dx(u^2/2) + dy(sin(2*pi*x)*u) + u^3 = 1]
    boundary:
      - {on: bottom, dirichlet: {u: 1}}
      - {on: top, neumann: {u: 0.5}}
    discretization: {x: 5, y: 4, method: finite-volume}
    """

  /// Steady flow, with pressure on its side.
  package static let flow = """
    problem: flow
    domain: {geometry: {difference: [{box: [[0, 0], [2, 1]]}, {disc: {center: [0.6, 0.5], radius: 0.2}}]}, parts: {inlet: x = 0, outlet: x = 2}}
    unknowns: [p, u, v]
    equations:
      - dx(u) + dy(v) = 0
      - u*dx(u) + v*dy(u) + dx(p) = 0.1*lap(u)
      - u*dx(v) + v*dy(v) + dy(p) = 0.1*lap(v)
    boundary:
      - {on: inlet, dirichlet: {u: 4*y*(1 - y), v: 0}}
      - {on: outlet, robin: ["0.1*dn(u) = p", "dn(v) = 0"]}
      - {on: rest, dirichlet: {u: 0, v: 0}}
    discretization: {elements: {u: P2, v: P2, p: P1}, size: 0.4}
    """

  /// A damped wave with a radiation condition.
  package static let wave = """
    problem: wave
    domain: {geometry: {disc: {center: [0, 0], radius: 1}, name: edge}}
    unknowns: [{h: complex}]
    equations: [lap(h) + (9 + 0.1*i)*h = exp(-10*(x^2 + y^2))]
    boundary: [{on: edge, robin: "dn(h) = 3*i*h"}]
    discretization: {size: 0.5}
    """

  /// A plate under its own weight.
  package static let plate = """
    problem: plate
    domain: {x: [0, 2], y: [0, 1]}
    unknowns: [{u: vector}]
    equations:
      - >
        div(grad(u) + outer([1, 0], grad(u_x)) + outer([0, 1], grad(u_y))
        + 2*div(u)*(outer([1, 0], [1, 0]) + outer([0, 1], [0, 1]))) = [0, 1]
    boundary:
      - {on: left, dirichlet: {u: 0}}
      - {on: rest, neumann: {u: 0}}
    discretization: {x: 4, y: 3, method: finite-element}
    """

  /// Diffusion with data that move.
  package static let evolution = """
    problem: evolution
    domain: {x: [0, 1], y: [0, 1], t: [0, 1]}
    unknowns: [u]
    define: {s: "sin(x + 2*y + t)"}
    equations: [dt(u) + u^2*dx(u) = lap(u) + dt(s) + s^2*dx(s) - lap(s)]
    boundary:
      - {on: x, dirichlet: {u: s}}
      - {on: bottom, neumann: {u: -dy(s)}}
      - {on: top, robin: "dn(u) + u = dy(s) + s"}
    initial: {u: sin(x + 2*y)}
    exact: {u: s}
    discretization: {x: 4, y: 4, method: finite-element}
    """

  /// All of them, with variations.
  package static let all: [Named] = [
    .init(name: "coupled cells", text: coupled, overrides: ["discretization.method=finite-volume"]),
    .init(
      name: "coupled cells, upwind and arithmetic means", text: coupled,
      overrides: [
        "discretization.method=finite-volume", "discretization.convection=upwind",
        "discretization.average=arithmetic",
      ]),
    .init(name: "coupled P2", text: coupled, overrides: ["discretization.method=finite-element"]),
    .init(
      name: "coupled P1 and P2", text: coupled,
      overrides: ["discretization.method=finite-element", "discretization.elements={u: P1, v: P2}"]),
    .init(name: "periodic cells", text: periodic),
    .init(name: "periodic cells, upwind", text: periodic, overrides: ["discretization.convection=upwind"]),
    .init(name: "two cells around", text: periodic, overrides: ["discretization.x=2"]),
    .init(name: "flow", text: flow), .init(name: "wave", text: wave), .init(name: "plate", text: plate),
    .init(name: "evolution P2", text: evolution),
    .init(name: "evolution cells", text: evolution, overrides: ["discretization.method=finite-volume"]),
  ]
}
