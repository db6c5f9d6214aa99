package import Arrays
import CKernels
package import Equations
import Geometry
package import Spectral

/// The spectral discretisation of a problem: coefficients of the evolved unknowns, `du/dt = L u + N(u, t)`.
package final class SpectralSystem: SemiDiscreteSystem, @unchecked Sendable {
  package let form: SpectralForm
  package let grid: SpectralGrid
  package let elimination: ConstraintElimination
  package let workers: Workers?
  package let symbols: SymbolTable
  /// L, by its entries.
  package let linearOperator: BlockMultiplier
  /// What every input is of the state and the constraints' sources.
  package let inputSources: [[(component: Int, multiplier: Multiplier)]]
  /// The determined unknowns, of the same.
  package let determinedSources: [[(component: Int, multiplier: Multiplier)]]

  private let nonlinear: GridTerms?
  private let constant: GridTerms?
  private let constraintTerms: GridTerms?
  private let constantPart: StateVector?
  /// The state's components, then the sources of the constraints.
  package let constraintSource: StateVector
  private let operators: OperatorTables

  package var layout: PencilLayout { grid.layout }
  package var componentCount: Int { elimination.evolved.count }
  package var stateLength: Int { componentCount * layout.length }
  package var isNonlinearPartConstant: Bool { nonlinear == nil && constraintTerms?.isConstant ?? true }
  package var isTimeDependent: Bool {
    nonlinear?.isTimeDependent ?? false || constraintTerms?.isTimeDependent ?? false
  }
  package var isNonlinearPartZero: Bool { isNonlinearPartConstant && constantPart == nil }

  /// - Parameters:
  ///   - gauged: unknowns whose mean a gauge fixes.
  ///   - fields: gives the values of coefficient fields on a layout.
  ///   - workers: split the work on one state; `nil` runs serially, for one of several systems side by side.
  package init(
    _ normalForm: NormalForm, choice: DiscretizationChoice, gauged: Set<String>, workers: Workers?,
    fields: (PencilLayout) throws -> [String: AlignedStorage<Double>], planning: PlanningMode = .estimate
  ) throws {
    let degree = normalForm.equations.flatMap(\.terms).map(\.integrand.inputDegree).max() ?? 0
    let grid = try SpectralGrid(domain: normalForm.domain, choice: choice, degree: degree)
    let form = try SpectralForm(normalForm, grid: grid)
    let table = SymbolTable(layout: grid.layout, symbol: choice.symbol)
    let elimination = try ConstraintElimination(form.form, functions: form.unknownFunctions, table: table)
    self.grid = grid
    self.form = form
    self.elimination = elimination
    self.workers = workers
    symbols = table
    let layout = grid.layout

    let tables = try ModeTables(
      form: form, elimination: elimination, table: table, layout: layout, gauged: gauged, workers: workers)
    linearOperator = tables.linearOperator
    inputSources = tables.inputs
    determinedSources = tables.determined
    let functions = GridFunctions(
      layout: layout, axisNames: normalForm.domain.axes.map(\.name), fields: try fields(layout))

    let evolvedCount = elimination.evolved.count
    func terms(
      _ indices: [Int], of products: [SpectralForm.Product], targets: ModeTables.Targets, outputs: Int
    )
      throws -> GridTerms?
    {
      guard !indices.isEmpty else { return nil }
      return try GridTerms(
        layout: layout, products: indices.map { products[$0] }, targets: indices.map { targets[$0] },
        inputs: tables.inputs, inputFunctions: form.inputFunctions, functions: functions, outputs: outputs,
        workers: workers, planning: planning)
    }
    let isConstant = form.products.map { product in
      product.integrand.inputNumbers.isEmpty && !product.integrand.mentions("t")
    }
    nonlinear = try terms(
      form.products.indices.filter { !isConstant[$0] }, of: form.products, targets: tables.targets,
      outputs: evolvedCount)
    constant = try terms(
      form.products.indices.filter { isConstant[$0] }, of: form.products, targets: tables.targets,
      outputs: evolvedCount)
    constraintTerms = try terms(
      Array(form.constraintProducts.indices), of: form.constraintProducts, targets: tables.constraintTargets,
      outputs: elimination.constraintRows.count)
    let sourceCount = elimination.constraintRows.count
    constraintSource = StateVector(count: constraintTerms == nil ? 0 : sourceCount * layout.length)
    operators = OperatorTables(
      layout: layout, linear: tables.linearOperator, components: evolvedCount, workers: workers)
    forcingByConstraints = tables.forcingByConstraints
    if let constant {
      let part = StateVector(count: evolvedCount * layout.length)
      constant.evaluate([], time: 0, into: part.baseAddress)
      constantPart = part
    } else {
      constantPart = nil
    }
    if let constraintTerms, constraintTerms.isConstant {
      constraintTerms.evaluate([], time: 0, into: constraintSource.baseAddress)
    }
    try checkConstraints()
  }

  private let forcingByConstraints: BlockMultiplier

  /// The terms of constraints must be functions of evolved unknowns alone.
  private func checkConstraints() throws(SimulationError) {
    for product in form.constraintProducts {
      let inputs = product.integrand.inputNumbers
      guard inputs.contains(where: { inputSources[$0].contains { $0.component >= componentCount } }) else {
        continue
      }
      throw .unsupported(
        "a constraint has a term in an unknown it determines that is nonlinear, has a variable coefficient, or turns "
          + "sines into cosines (an odd derivative on a bounded axis); sine and cosine bases cannot solve it directly",
        about: .equation(form.form.equations[product.occurrences[0].equation].origin))
    }
  }

  /// The addresses of the components that inputs are made of: the state's, then the constraints' sources.
  package func components(_ u: StateVector) -> [UnsafePointer<Double>] {
    (0..<componentCount).map { UnsafePointer(u.baseAddress + $0 * layout.length) }
      + (0..<(constraintSource.count / layout.length)).map {
        UnsafePointer(constraintSource.baseAddress + $0 * layout.length)
      }
  }

  package func evaluateNonlinear(_ u: StateVector, time: Double, into n: StateVector) {
    updateConstraintSource(u, time: time)
    if let nonlinear {
      nonlinear.evaluate(u, components: componentCount, constraintSource, time: time, into: n.baseAddress)
    } else {
      n.baseAddress.update(repeating: 0, count: stateLength)
    }
    if let constantPart { add(constantPart.baseAddress, .scale(1, size: componentCount), to: n) }
    if constraintTerms != nil { add(constraintSource.baseAddress, forcingByConstraints, to: n) }
  }

  /// Brings the constraints' sources to a state and time; they are read by whatever samples determined unknowns.
  package func updateConstraintSource(_ u: StateVector, time: Double) {
    guard let constraintTerms, !constraintTerms.isConstant else { return }
    constraintTerms.evaluate(
      u, components: componentCount, constraintSource, time: time, into: constraintSource.baseAddress)
  }

  private func add(_ source: UnsafePointer<Double>, _ block: BlockMultiplier, to n: StateVector) {
    for index in block.entries.indices {
      let entry = block.entries[index]
      entry.multiplier.apply(
        to: source + entry.column * layout.length, into: n.baseAddress + entry.row * layout.length, mode: 0,
        count: layout.modes, isComplex: layout.isComplex, accumulate: true)
    }
  }

  package func operatorTable(_ function: OperatorFunction, step: Double) -> BlockMultiplier {
    operators.table(function, step: step)
  }

  package func makeCombination(
    _ target: StateVector, _ summands: [(BlockMultiplier, StateVector)]
  ) -> Combination {
    Combination(
      layout: layout, components: componentCount, target: target, summands, workers: workers?.count ?? 1)
  }

  package func combine(_ combination: Combination) { combination.run(workers) }

  package func projectToRealFields(_ u: StateVector) {
    guard layout.isComplex else { return }
    for component in 0..<componentCount {
      layout.projectToRealField(u.baseAddress + component * layout.length)
    }
  }

  package func isFinite(_ u: StateVector) -> Bool { pvk_all_finite(u.baseAddress, u.count) != 0 }

  package func relativeNorm(of difference: StateVector, to state: StateVector) -> Double {
    // Components of one unknown are measured together; a vanishing one does not stop the others.
    var worst = 0.0
    var total = 0.0
    for component in 0..<componentCount { total += squares(state, component) }
    var component = 0
    while component < componentCount {
      let first = form.form.unknowns[elimination.evolved[component]]
      var error = 0.0
      var size = 0.0
      repeat {
        error += squares(difference, component)
        size += squares(state, component)
        component += 1
      } while component < componentCount
        && form.form.unknowns[elimination.evolved[component]].origin == first.origin
        && form.form.unknowns[elimination.evolved[component]].timeOrder == first.timeOrder
      let scale = max(size, 1e-12 * total)
      if scale > 0 || error > 0 { worst = max(worst, (error / max(scale, 1e-300)).squareRoot()) }
      if !error.isFinite { return .infinity }
    }
    return worst
  }

  /// A bound of the eigenvalues of L: its largest sum along a row, over all modes.
  package var linearBound: Double {
    (0..<layout.modes).reduce(0) { bound, mode in
      var sums = [Double](repeating: 0, count: componentCount)
      for entry in linearOperator.entries {
        let value = entry.multiplier.value(at: mode)
        sums[entry.row] += Complex(value.re, value.im).magnitude
      }
      return max(bound, sums.max() ?? 0)
    }
  }

  private func squares(_ vector: StateVector, _ component: Int) -> Double {
    pvk_sum_squares(vector.baseAddress + component * layout.length, nil, layout.length)
  }

  /// Bytes of vectors, tables and work space that are held now.
  package var bytes: Int {
    linearOperator.bytes + operators.bytes + (nonlinear?.bytes ?? 0) + (constraintTerms?.bytes ?? 0)
      + 8 * (constraintSource.count + (constantPart?.count ?? 0))
  }
}

extension PencilLayout {
  /// Makes the coefficients of one function those of a real field: modes k and −k are conjugate.
  package func projectToRealField(_ coefficients: UnsafeMutablePointer<Double>) {
    let last = dimension - 1
    let leading = counts[..<last].reduce(1, *)
    let stride = 2 * counts[last]
    for row in 0..<leading {
      let partner = conjugateRow(row)
      guard partner >= row else { continue }
      let a = coefficients + row * stride
      let b = coefficients + partner * stride
      let re = 0.5 * (a[0] + b[0])
      let im = partner == row ? 0 : 0.5 * (a[1] - b[1])
      (a[0], a[1]) = (re, im)
      (b[0], b[1]) = (re, partner == row ? 0 : -im)
    }
  }

  /// The flat row of the leading axes that holds the opposite wavenumbers.
  private func conjugateRow(_ row: Int) -> Int {
    var rest = row
    var partner = 0
    var scale = 1
    for axis in (0..<(dimension - 1)).reversed() {
      let own = rest % counts[axis]
      rest /= counts[axis]
      let opposite = axes[axis].isPeriodic && own > 0 ? counts[axis] - own : own
      partner += scale * opposite
      scale *= counts[axis]
    }
    return partner
  }
}
