/// The stepping methods, by name.
///
/// A new method is a file of `Methods` and a line here.
public enum StepperRegistry {
  public static let all: [StepperDescription] = [
    .etdrk4, .etdrk2, .exponentialEuler,
    .ark4, .ark3, .ars343, .ars222,
    .sbdf4, .sbdf3, .sbdf2, .sbdf1, .cnab2,
    .rk4, .dormandPrince5, .carpenterKennedy, .crankNicolsonCarpenterKennedy,
  ]

  /// - Throws: `SimulationError.unknownMethod` with the names that exist.
  public static func description(named name: String) throws(SimulationError) -> StepperDescription {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: all.map(\.name))
    }
    return found
  }
}
