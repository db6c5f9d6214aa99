/// The kinds of optimizers, by name.
///
/// A new kind is one file and a line here.
public enum OptimizerRegistry {
  public static let all: [any OptimizerKind] = [
    SGDKind(),
    AdamKind(),
    AdamWKind(),
    AMSGradKind(),
    AdafactorKind(),
    LionKind(),
    MuonKind(),
    SOAPKind(),
    AdaHessianKind(),
    PSGDKind(),
    LBFGSKind(),
    BFGSKind(),
    SSBroydenKind(),
  ]

  /// - Throws: `LearningError.unknownMethod` with the names that exist.
  public static func kind(named name: String) throws(LearningError) -> any OptimizerKind {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "optimizer", known: all.map(\.name))
    }
    return found
  }
}
