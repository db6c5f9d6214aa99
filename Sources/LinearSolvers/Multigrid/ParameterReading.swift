import Arrays

extension PreconditionerKind {
  /// A parameter by name, or its default.
  ///
  /// - Throws: `LinearSolverError.unsupported` for names that this kind does not read.
  func value(
    of name: String, in options: PreconditionerOptions
  ) throws(LinearSolverError) -> Double {
    for given in options.parameters.keys where !parameters.contains(where: { $0.name == given }) {
      let known = parameters.map(\.name).joined(separator: ", ")
      throw .unsupported("\(self.name) has no parameter '\(given)'; it reads \(known)")
    }
    guard let parameter = parameters.first(where: { $0.name == name }) else {
      preconditionFailure("\(self.name) does not declare its parameter '\(name)'")
    }
    return options.parameters[name] ?? parameter.defaultValue
  }
}
