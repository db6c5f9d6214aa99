import Arrays
import Equations
import Spectral

extension SpectralSystem {
  /// What is left of a constraint whose unknown is fixed by a gauge may be this large, relative to its data.
  private static let compatibilityTolerance = 1e-10
  /// … and this large after many steps, which add rounding.
  private static let laterCompatibilityTolerance = 1e-7

  /// Checks that constraints can hold where they leave the mean of an unknown open: −Δu = f with insulated
  /// ends has a solution only if the sources in f balance.
  ///
  /// - Parameter isFirst: whether no steps have added rounding to the state yet.
  /// - Throws: `SimulationError.incompatible`.
  package func checkCompatibility(
    _ u: StateVector, time: Double, isFirst: Bool = true
  ) throws(SimulationError) {
    let algebra = elimination.at(layout.axes.map { _ in 0 })
    guard let unknown = algebra.open.first else { return }
    updateConstraintSource(u, time: time)
    let values = components(u).map { $0 }
    let means = values.map { Complex($0[0], layout.isComplex ? $0[1] : 0) }
    let squares = values.reduce(0.0) { sum, values in
      (0..<layout.length).reduce(sum) { $0 + values[$1] * values[$1] }
    }
    for row in 0..<algebra.defect.rows {
      var rest = Complex.zero
      // Constraints without a source of their own leave nothing to read behind the evolved components.
      for (column, mean) in means.enumerated() { rest += algebra.defect[row, column] * mean }
      let tolerance = isFirst ? Self.compatibilityTolerance : Self.laterCompatibilityTolerance
      if rest.magnitude > tolerance * squares.squareRoot() {
        throw .incompatible(unknown: form.form.unknowns[unknown].origin, mean: rest.re)
      }
    }
  }
}
