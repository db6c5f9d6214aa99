/// The commented files that `parseval new` writes.
public enum ProblemTemplate: String, Sendable, CaseIterable {
  /// One unknown that evolves.
  case evolution
  /// One unknown at rest.
  case steady
  /// Two unknowns with a constraint, definitions and recorded quantities.
  case system

  /// The file for a problem called `name`, its comments taken from the table of keys.
  public func text(name: String) -> String {
    let values = values(name)
    return KeyTable.problem.keys.filter { !$0.path.contains(".") && !$0.path.contains("[") }
      .compactMap { key in values.first { $0.key == key.path }.map { section(key, $0.value) } }
      .joined(separator: "\n")
  }

  private func section(_ key: Key, _ value: String) -> String {
    let rule = key.isRequired ? "" : " May be left out."
    let lines = value.hasPrefix(" ") ? "\n" + value : " " + value
    return "# \(key.text)\(rule)\n\(key.path):\(lines)\n"
  }

  private func values(_ name: String) -> [(key: String, value: String)] {
    [("problem", name), ("title", name)] + problem
  }

  private var problem: [(key: String, value: String)] {
    switch self {
    case .evolution:
      [
        ("domain", "  x: {interval: [0, 2*pi], periodic: true}\n  t: [0, 1]"),
        ("parameters", "{nu: 0.1}"), ("unknowns", "[u]"),
        ("equations", "  - dt(u) + u*dx(u) = nu*dxx(u)"), ("initial", "{u: sin(x)}"),
        ("discretization", "{x: 128}"), ("solver", "{tolerance: 1e-8}"), ("output", "{every: 0.1}"),
      ]
    case .steady:
      [
        ("domain", "  x: [0, 1]\n  y: [0, 1]"), ("unknowns", "[u]"),
        ("equations", "  - -lap(u) = 2*pi^2*sin(pi*x)*sin(pi*y)"),
        ("boundary", "  - {on: all, dirichlet: {u: 0}}"), ("exact", "{u: sin(pi*x)*sin(pi*y)}"),
        ("discretization", "64"),
      ]
    case .system:
      [
        (
          "domain",
          "  x: {interval: [0, 2*pi], periodic: true}\n  y: {interval: [0, 2*pi], periodic: true}\n  t: [0, 1]"
        ),
        ("parameters", "{nu: 0.01}"), ("unknowns", "[w, psi]"), ("define", "{u: dy(psi), v: -dx(psi)}"),
        ("equations", "  - dt(w) + u*dx(w) + v*dy(w) = nu*lap(w)\n  - lap(psi) + w = 0"),
        ("gauge", "[mean(psi) = 0]"), ("initial", "{w: 2*cos(x)*cos(y)}"),
        ("quantities", "{energy: mean(u^2 + v^2)/2, enstrophy: mean(w^2)/2}"),
        ("budgets", "{energy: -2*nu*enstrophy}"), ("discretization", "64"), ("solver", "{tolerance: 1e-8}"),
        ("output", "{every: 0.1, fields: [w, u, v]}"),
      ]
    }
  }
}
