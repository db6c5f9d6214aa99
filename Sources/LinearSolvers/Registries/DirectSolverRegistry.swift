/// The direct solvers, by name.
///
/// A new solver is one file and a line here.
public enum DirectSolverRegistry {
  public static let all: [any DirectSolver] = [
    CholmodSolver(.automatic),
    CholmodSolver(.simplicial),
    CholmodSolver(.supernodal),
    UmfpackSolver(),
    KluSolver(),
    SpqrSolver(),
  ]

  /// - Throws: `LinearSolverError.unknownMethod` with the names that exist.
  public static func solver(named name: String) throws(LinearSolverError) -> any DirectSolver {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "direct solver", known: all.map(\.name))
    }
    return found
  }
}
