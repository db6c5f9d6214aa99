import Arrays
package import Equations
import Geometry

/// What cells or elements will take, known before anything of their size is made; factors of matrices come on top.
package struct BalanceMemory {
  package let bytes: Double

  /// The forecast for a problem; `nil` where only the mesh can tell how many elements there are.
  package static func forecast(
    _ problem: Problem, _ form: FluxForm, _ kind: DiscretizationChoice.Method
  ) throws(SimulationError) -> BalanceMemory? {
    guard problem.domain.isBox else { return nil }
    if kind == .finiteVolume {
      return try cells(problem.volumeCounts.reduce(1) { $0 * Double($1) }, form)
    }
    let dimension = problem.domain.dimension
    guard (1...3).contains(dimension) else { return nil }
    let simplices = [1.0, 2, 6][dimension - 1] * problem.elementBoxes.reduce(1, *)
    return try elements(simplices, form, orders: problem.elementOrders(form))
  }

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
  package func check(limit: Int?) throws(SimulationError) {
    let available = limit ?? PhysicalMemory.bytes
    guard bytes <= Double(available) else {
      throw .tooLarge(neededBytes: Int(min(bytes, 0x1p62)), availableBytes: available)
    }
  }
}

extension Problem {
  /// Cells of finite volumes along each axis of a box.
  var volumeCounts: [Int] {
    domain.axes.map {
      discretization.points[$0.name] ?? SpectralGrid.defaultPoints(min(domain.axes.count, 3))
    }
  }

  /// The boxes along each axis that a box is cut into before these become simplices; whole numbers, however large.
  var elementBoxes: [Double] {
    let size = discretization.size ?? domain.defaultElementSize
    return domain.axes.map { axis in
      discretization.points[axis.name].map(Double.init) ?? max(1, (axis.length / size).rounded())
    }
  }

  /// The order of the elements of every scalar unknown; of multipliers one less where none is given (Taylor and Hood).
  func elementOrders(_ form: FluxForm) -> [Int] {
    form.unknowns.enumerated().map { number, unknown in
      let given = discretization.elements[unknown.origin]
      switch given ?? discretization.element {
      case .linear: return 1
      case .quadratic: return given == nil && form.isMultiplier(number) ? 1 : 2
      }
    }
  }

  /// Warnings about multipliers whose elements are not of lower order than those of the unknowns that they constrain.
  func unstablePairs(_ form: FluxForm) -> [String] {
    let orders = elementOrders(form)
    return form.unknowns.indices.filter { form.isMultiplier($0) }.compactMap { multiplier in
      let equation = form.equations[multiplier]
      let constrained = Set(
        (equation.fluxes + [equation.source]).flatMap(\.inputs).map { form.meaning(ofInput: $0).unknown })
      guard constrained.contains(where: { orders[$0] <= orders[multiplier] }) else { return nil }
      let name = form.unknowns[multiplier].origin
      return "elements of '\(name)' should be of lower order than those of what its equation constrains, or "
        + "'\(name)' oscillates: leave out discretization.elements for P2 with P1"
    }
  }
}

extension Domain {
  /// The size of elements when none is asked for.
  package var defaultElementSize: Double { (axes.map(\.length).max() ?? 1) / (dimension == 3 ? 12 : 32) }
}
