/// The stepping methods, by name.
///
/// A new method is a file of `Methods` and a line here.
public enum StepperRegistry {
  /// For problems on cells and elements.
  public static let implicit: [StepperDescription] = [
    .sdirk4, .sdirk3, .sdirk2, .backwardEuler, .crankNicolson, .bdf2, .bdf3, .bdf4,
  ]

  /// For spectral problems.
  public static let all: [StepperDescription] = [
    .etdrk4, .etdrk2, .exponentialEuler,
    .ark4, .ark3, .ars343, .ars222,
    .sbdf4, .sbdf3, .sbdf2, .sbdf1, .cnab2,
    .rk4, .dormandPrince5, .carpenterKennedy, .crankNicolsonCarpenterKennedy,
  ]

  /// - Throws: `SimulationError.unknownMethod` with the names that exist.
  public static func description(
    named name: String, among methods: [StepperDescription] = all
  ) throws(SimulationError) -> StepperDescription {
    guard let found = methods.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: methods.map(\.name))
    }
    return found
  }
}
