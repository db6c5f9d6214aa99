package import Equations

/// Where the parts of a problem stand in its file, so that a mistake that shows only in the whole problem, or
/// only when it is discretised, is still shown at its place.
package struct ProblemPlaces: Sendable {
  let root: Place
  /// The top-level keys, and those below them: `discretization.method`.
  let sections: [String: Place]
  var equations: [Place] = []
  var boundaries: [Place] = []
  var unknowns: [String: Place] = [:]
  var initial: [String: Place] = [:]
  var definitions: [String: Place] = [:]
  var quantities: [String: Place] = [:]
  var exact: [String: Place] = [:]

  init(root: SourceNode) {
    self.root = root.place
    let entries = root.entries ?? []
    let inner = entries.flatMap { entry in
      (entry.value.entries ?? []).map { ("\(entry.key).\($0.key)", $0.place) }
    }
    sections = Dictionary(entries.map { ($0.key, $0.place) } + inner, uniquingKeysWith: { first, _ in first })
  }

  /// The place of a subject and its key, and whether it is its own or that of what surrounds it.
  func place(of subject: EquationError.Subject) -> (place: Place, key: String?, isExact: Bool) {
    switch subject {
    case .equation(let index) where equations.indices.contains(index):
      return (equations[index], "equations.\(index)", true)
    case .boundary(let index) where boundaries.indices.contains(index):
      return (boundaries[index], "boundary", true)
    default: break
    }
    let place: Place? =
      switch subject {
      case .unknown(let name): unknowns[name]
      case .initial(let name): initial[name] ?? sections["initial"] ?? unknowns[name]
      case .definition(let name): definitions[name]
      case .quantity(let name): quantities[name]
      case .exact(let name): exact[name] ?? unknowns[name]
      case .section(let name): sections[name] ?? sections[String(name.prefix { $0 != "." })] ?? root
      default: nil
      }
    return (place ?? sections["equations"] ?? root, nil, false)
  }
}

extension ProblemFile {
  /// A mistake in the problem, at its place in the file.
  package func diagnostic(_ error: EquationError) -> Diagnostic {
    let (place, key, _) = places.place(of: error.subject)
    return Diagnostic(place, error.message, hint: error.hint, key: key)
  }
}
