import Arrays
import Equations
import Geometry

/// What cells or elements will take, known before anything of their size is made.
struct BalanceMemory {
  let bytes: Double

  /// Finite volumes: numbers per cell, and a row of the matrix per cell and unknown.
  static func cells(_ count: Double, _ form: FluxForm) throws(SimulationError) -> BalanceMemory {
    let terms = try FiniteVolumeTerms(form)
    let couplings: Int = form.equations.indices.reduce(0) { $0 + terms.couples(form, $1).count }
    let row = 2 * form.domain.dimension + 1
    let numbers: Int = 2 * form.inputCount + terms.expressions.count + 6 * form.unknowns.count
    // A nonzero has an index and a value, and once more where values are assembled.
    let perCell = 8 * (numbers + 3 * couplings * row)
    return BalanceMemory(bytes: count * Double(perCell))
  }

  /// Finite elements: numbers per quadrature point, element matrices' positions, and rows of nodes.
  static func elements(
    _ count: Double, _ form: FluxForm, orders: [Int]
  ) throws(SimulationError) -> BalanceMemory {
    let terms = try FiniteElementTerms(form)
    let dimension = form.domain.dimension
    let points = SimplexQuadrature(dimension: dimension).count
    let geometry = dimension * (dimension + 2) + 1
    let expressions = terms.loadExpressions.count + terms.slopeExpressions.count
    let numbers = geometry + 2 * form.inputCount + expressions
    let widths: [Int] = orders.map { LagrangeElement(dimension: dimension, order: $0).count }
    let entries: Int = terms.blocks.reduce(0) { $0 + widths[$1.equation] * widths[$1.unknown] }
    // Positions are 32-bit; about half of the entries of neighbouring elements are the same nonzeros.
    let perElement = 8 * points * numbers + (4 + 12) * entries
    return BalanceMemory(bytes: count * Double(perElement))
  }

  /// - Throws: `SimulationError.tooLarge`.
  func check(limit: Int?) throws(SimulationError) {
    let available = limit ?? PhysicalMemory.bytes
    guard bytes <= Double(available) else {
      throw .tooLarge(neededBytes: Int(min(bytes, 0x1p62)), availableBytes: available)
    }
  }
}
