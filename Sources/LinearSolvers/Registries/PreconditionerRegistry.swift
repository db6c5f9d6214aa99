/// The kinds of preconditioners, by name.
///
/// A new kind is one file and a line here.
public enum PreconditionerRegistry {
  public static let all: [any PreconditionerKind] = [
    AMGKind(),
    SmoothedAggregationKind(),
    RugeStubenKind(),
    DiagonalPreconditionerKind(),
    BlockDiagonalPreconditionerKind(),
    SSORPreconditionerKind(),
    IncompleteCholeskyKind(isModified: false),
    IncompleteCholeskyKind(isModified: true),
    IncompleteLUKind(),
    ThresholdLUKind(),
    AdditiveSchwarzKind(),
  ]

  /// - Throws: `LinearSolverError.unknownMethod` with the names that exist.
  public static func kind(named name: String) throws(LinearSolverError) -> any PreconditionerKind {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "preconditioner", known: all.map(\.name))
    }
    return found
  }
}
