public import Learning

/// The losses that recipes know by name.
public enum LossRegistry {
  public static let all: [any LossKind] = [
    RelativeL2(),
    MeanSquare(),
    RelativeH1(),
    RelativeHs(),
  ]

  /// The kind of this name.
  ///
  /// - Throws: `LearningError.unknownMethod` with the names that there are.
  public static func kind(named name: String) throws(LearningError) -> any LossKind {
    guard let kind = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, kind: "loss", known: all.map(\.name))
    }
    return kind
  }
}
