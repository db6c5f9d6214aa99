/// The order in which a cycle visits the levels of a hierarchy.
public enum MultigridCycle: String, Sendable, Hashable, CaseIterable {
  /// Every level once on the way down and up.
  case v
  /// Every coarse level twice from each finer one.
  case w
  /// First like F, then like V, on every coarse level. Not symmetric: for GMRES and for iterations of its own.
  case f

  var isSymmetric: Bool { self != .f }

  /// What the second visit of a coarse level is; `nil` where there is none.
  var second: MultigridCycle? {
    switch self {
    case .v: nil
    case .w: .w
    case .f: .v
    }
  }
}
