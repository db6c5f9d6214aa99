import ProblemFiles

/// Problem files that the tests share: three of the shapes of the language, and what surrounds them.
enum Examples {
  static let burgers = """
    # evolution, periodic, random initial field, recipes
    problem: burgers
    title: Viscous Burgers equation
    domain:
      x: {interval: [0, 1], periodic: true}
      t: [0, 1]
    parameters: {nu: 0.01}
    unknowns: [u]
    equations:
      - dt(u) + u*dx(u) = nu*lap(u)
    initial:
      u: {gaussianField: {amplitude: 49, shift: 7, exponent: 2.5}}   # a comment
    discretization: {x: 1024}
    solver: {method: etdrk4, tolerance: 1e-10}        # or step: 1e-3
    output: {every: 0.01}
    recipes:
      fno:
        model: {type: fno, modes: 12, width: 32}
        data: {samples: 1200, resolution: 128, inputs: [initial.u], outputs: ["u(t=1)"]}
        training: {epochs: 100, optimizer: adam}
      pinn: {model: {type: mlp, width: 64, depth: 4}, sampler: r3, training: {steps: 20000}}
    """

  static let taylorGreen = """
    problem: taylor-green-2d
    domain: {x: {interval: [0, 2*pi], periodic: true}, y: {interval: [0, 2*pi], periodic: true}, t: [0, 1]}
    parameters: {nu: 0.01}
    unknowns: [w, psi]
    define: {u: dy(psi), v: -dx(psi)}
    equations:
      - dt(w) + u*dx(w) + v*dy(w) = nu*lap(w)
      - lap(psi) + w = 0
    gauge: [mean(psi) = 0]
    initial: {w: 2*cos(x)*cos(y)}
    exact: {w: 2*cos(x)*cos(y)*exp(-2*nu*t)}
    quantities:
      energy: mean(u^2 + v^2)/2
      enstrophy: mean(w^2/2)
      circulation: integral(w)
    budgets: {enstrophy: -2*nu*enstrophy}
    """

  static let darcy = """
    problem: darcy-hole
    domain:
      geometry: {difference: [{box: [[0, 0], [1, 1]]}, {disc: {center: [0.3, 0.3], radius: 0.1}, name: hole}]}
      parts: {left: x = 0, right: x = 1}
    fields:
      a: {gaussianField: {amplitude: 3, shift: 3, exponent: 2, boundary: neumann}, map: "if(g > 0, 12, 3)"}
    unknowns: [p]
    equations:
      - -div(a*grad(p)) = 1
    boundary:
      - {on: hole, dirichlet: {p: 0}}
      - {on: [left, right], neumann: {p: 0}}          # co-normal flux a dp/dn
      - {on: rest, robin: "a*dn(p) + 2*p = 1"}
    discretization: {elements: P2, size: 0.02}
    """

  static let schrodinger = """
    problem: nls-vector
    domain: {x: {interval: [-5, 5], periodic: true}, t: [0, 1]}
    unknowns: [{h: complex}, {q: vector}]
    parameters:
      kappa: {value: 1, unit: 1/m}
      c: 2*kappa
    equations:
      - i*dt(h) + 0.5*dxx(h) + kappa*abs(h)^2*h = 0
      - dt(q) + c*q = grad(re(h))
    initial: {h: 2/cosh(x), q: 0}
    """

  static let heat = """
    problem: heat
    title: "Heat: on an interval"
    domain:
      x: [0, 1]
      t: [0, 1/2]
    parameters:
      nu: {value: 0.1, unit: m^2/s}
    units: {x: m, t: s, u: K}
    unknowns: [u]
    equations:
      - dt(u) = nu*dxx(u)
    boundary:
      - {on: left, dirichlet: {u: sin(t)}}
      - {on: "x = 1", neumann: {u: 0}}
    initial:
      u: "if(x < 1/2, x, 1 - x)"
    solver: {step: 1e-3}
    output: {every: 0.1, fields: [u]}
    reference: {file: reference/heat.nc, variables: {u: T}, accuracy: 1e-9}
    notes: |
      Two lines
      of text.
    """

  static let inverse = """
    problem: inverse
    domain: {x: [0, 1], t: [0, 1]}
    unknowns: [{h: complex}]
    parameters:
      kappa: 2
      c: {unknown: true, initial: 0.5}
    fields:
      a: {unknown: true, initial: 1}
    equations:
      - i*dt(h) + c*div(a*grad(h)) + kappa*abs(h)^2*h = 0
    boundary:
      - {on: x, dirichlet: {h: 0, a: 1 + x}}
    initial: {h: exp(-x^2)}
    exact: {c: 0.7, h: exp(-c*t), a: 1 + x}
    data: {file: sensors.csv, columns: {place: x, time: t, re: re(h), im: im(h)}, noise: 0.01}
    """

  static let eikonal = """
    problem: eikonal
    domain:
      geometry: {difference: [{box: [[-1, -1], [1, 1]]}, {disc: {center: [0, 0], radius: 0.4}, name: hole}]}
    unknowns: [u]
    equations: [dx(u)^2 + dy(u)^2 = 1]
    boundary: [{on: hole, dirichlet: {u: 0}}]
    discretization: {method: collocation}
    data: {synthetic: {points: 100, noise: 0.1, seed: 7, of: {u: x}}}
    """

  /// All of them.
  static let all = [burgers, taylorGreen, darcy, schrodinger, heat, inverse, eikonal]
}

/// What reading a text says, as people see it.
func messages(_ text: String, overrides: [String] = [], tables: [KeyTable] = []) -> String {
  do {
    _ = try ProblemFileReader(tables: tables).read(text: text, file: "p.yaml", overrides: overrides)
    return "no mistake"
  } catch {
    return error.description
  }
}
