/// All bases of one axis, by name.
public enum BasisRegistry {
  /// Every basis there is.
  public static let all: [any Basis.Type] = [
    FourierBasis.self,
    SineBasis.self,
    CosineBasis.self,
    SineCosineBasis.self,
    CosineSineBasis.self,
    ChebyshevBasis.self,
    LegendreBasis.self,
  ]

  /// The basis of that name, if there is one.
  public static func named(_ name: String) -> (any Basis.Type)? { all.first { $0.name == name } }

  /// The sine or cosine basis whose functions satisfy these conditions on `[lower, upper]`.
  public static func trigonometric(
    lower: Double, upper: Double, lowerEnd: EndCondition, upperEnd: EndCondition
  ) -> any Basis {
    switch (lowerEnd, upperEnd) {
    case (.dirichlet, .dirichlet): SineBasis(lower: lower, upper: upper)
    case (.neumann, .neumann): CosineBasis(lower: lower, upper: upper)
    case (.dirichlet, .neumann): SineCosineBasis(lower: lower, upper: upper)
    case (.neumann, .dirichlet): CosineSineBasis(lower: lower, upper: upper)
    }
  }
}
