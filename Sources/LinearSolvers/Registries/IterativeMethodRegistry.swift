/// The iterative methods, by name.
///
/// A new method is one file and a line here.
public enum IterativeMethodRegistry {
  public static let all: [any IterativeMethod] = [
    ConjugateGradients(),
    FlexibleConjugateGradients(),
    MinimalResiduals(),
    GMRES(),
    FlexibleGMRES(),
    BiCGSTAB(),
    LSQR(),
    LSMR(),
    ChebyshevIteration(),
    RichardsonIteration(),
    JacobiMethod(),
    GaussSeidelMethod(),
    GaussSeidelMethod(ordering: .multicolored),
    SuccessiveOverRelaxation(),
    SuccessiveOverRelaxation(ordering: .multicolored),
    SymmetricSuccessiveOverRelaxation(),
    SymmetricSuccessiveOverRelaxation(ordering: .multicolored),
  ]

  /// - Throws: `LinearSolverError.unknownMethod` with the names that exist.
  public static func method(named name: String) throws(LinearSolverError) -> any IterativeMethod {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "iterative method", known: all.map(\.name))
    }
    return found
  }
}
