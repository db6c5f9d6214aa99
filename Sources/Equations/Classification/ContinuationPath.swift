import Geometry

extension Problem {
  /// The parameters that a steady nonlinear problem is continued in, as functions of the symbol `t` of its flux form.
  ///
  /// At t = 1 each has the value that the continuation begins with, at t = 0 its own: by equal factors where both have the same
  /// sign, as viscosities and Reynolds numbers want it, else by equal differences. Empty for an evolution.
  package var continuationPaths: [String: Expression] {
    guard domain.time == nil else { return [:] }
    return parameters.reduce(into: [:]) { paths, parameter in
      guard let from = solver.continuation[parameter.name] else { return }
      let (to, t) = (parameter.value, Expression.symbol("t"))
      paths[parameter.name] =
        from * to > 0
        ? .number(to) * .call(.exp, [.call(.log, [.number(from / to)]) * t])
        : .number(to) + .number(from - to) * t
    }
  }

  /// `nu = 0.1`, for every continued parameter at a place of its path.
  package func continuedValues(at t: Double) -> String {
    continuationPaths.sorted { $0.key < $1.key }.map { name, path in
      "\(name) = \((try? path.value(["t": t])).map { "\(Float($0))" } ?? "?")"
    }.joined(separator: ", ")
  }
}
