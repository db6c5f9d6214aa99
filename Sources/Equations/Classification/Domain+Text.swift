package import Geometry

extension Domain {
  /// `at x = 0` or `on hole`.
  package func text(of place: BoundaryPlace) -> String {
    switch place {
    case .face(let face):
      let end = face.side == .lower ? axes[face.axis].lower : axes[face.axis].upper
      return "at \(axes[face.axis].name) = \(Expression.number(end))"
    case .part(let name): return "on \(name)"
    case .rest: return "on the rest"
    }
  }

  /// The same for several places, in few words: `on the whole boundary`, `at both ends of x and at y = 0`.
  package func text(of places: [BoundaryPlace]) -> String {
    var faces = Set(places.compactMap { if case .face(let face) = $0 { face } else { nil } })
    let bounded = axes.indices.filter { !axes[$0].isPeriodic }
    func ends(_ axis: Int) -> [Face] { Side.allCases.map { Face(axis: axis, side: $0) } }
    let whole = bounded.filter { faces.isSuperset(of: ends($0)) }
    if whole.count > 1, whole == bounded { return "on the whole boundary" }
    var texts: [String] = []
    for place in places {
      guard case .face(let face) = place else {
        texts.append(text(of: place))
        continue
      }
      guard faces.contains(face) else { continue }
      if whole.contains(face.axis) {
        texts.append("at both ends of \(axes[face.axis].name)")
        faces.subtract(ends(face.axis))
      } else {
        texts.append(text(of: place))
      }
    }
    return texts.joined(separator: " and ")
  }
}
