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
  /// - Throws: `LossError.unknownLoss` with the names that there are.
  public static func kind(named name: String) throws(LossError) -> any LossKind {
    guard let kind = all.first(where: { $0.name == name }) else {
      throw .unknownLoss(name, known: all.map(\.name))
    }
    return kind
  }
}
