package import Arrays
package import Equations
import Geometry
package import Spectral

/// Evaluates expressions of a system's unknowns on the output grid.
package final class FieldSampler: @unchecked Sendable {
  private let system: SpectralSystem
  private let terms: GridTerms
  private let grids: [AlignedStorage<Double>]
  /// The grid that is sampled.
  package let layout: PencilLayout

  /// - Parameters:
  ///   - integrands: expressions of coordinates, `t`, coefficient fields and `.input(n)` of `inputs`.
  ///   - layout: a grid for the system's modes; its output grid unless given.
  package init(
    _ integrands: [Expression], inputs: [LinearForm], of system: SpectralSystem, gauged: Set<String>,
    layout: PencilLayout? = nil, fields: (PencilLayout) throws -> [String: AlignedStorage<Double>]
  ) throws {
    self.system = system
    let layout = layout ?? system.grid.outputLayout
    self.layout = layout
    // The same linear algebra with other inputs; the equations' own terms are not needed.
    var form = system.form
    let split = SpectralForm.splitByParity(inputs) {
      [grid = system.grid, unknowns = form.unknownFunctions] key in
      grid.differentiated(unknowns[key.unknown], key.derivative)
    }
    form.form.inputs = split.inputs
    form.products = []
    let elimination = try ConstraintElimination(
      form.form, functions: form.unknownFunctions, table: system.symbols)
    let tables = try ModeTables(
      form: form, elimination: elimination, table: system.symbols, layout: system.layout, gauged: gauged,
      workers: system.workers)
    let functions = GridFunctions(
      layout: layout, axisNames: form.form.domain.axes.map(\.name), fields: try fields(layout))
    let plain = layout.axes.map { $0.isPeriodic ? AxisFunctions.fourier : .cosine }
    terms = try GridTerms(
      layout: layout,
      products: integrands.map {
        .init(integrand: $0.replacingInputs(split.replacements), functions: plain, occurrences: [])
      },
      targets: integrands.map { _ in [] }, inputs: tables.inputs, inputFunctions: split.functions,
      functions: functions, outputs: 1, workers: system.workers, planning: .estimate)
    grids = integrands.map { _ in AlignedStorage(count: layout.gridPoints) }
  }

  /// The values of every expression, in storage order; overwritten by the next call.
  package func sample(_ state: StateVector, time: Double) -> [AlignedStorage<Double>] {
    system.updateConstraintSource(state, time: time)
    terms.sample(
      state, components: system.componentCount, system.constraintSource, time: time,
      into: grids.map(\.baseAddress))
    return grids
  }
}
