package import Arrays
import Equations
package import Spectral

/// Every diagonal operator of a spectral system, tabulated over the modes.
package struct ModeTables: Sendable {
  package typealias Targets = [[(component: Int, multiplier: Multiplier)]]

  package var linearOperator: BlockMultiplier
  package var inputs: Targets
  package var determined: Targets
  package var targets: Targets
  package var constraintTargets: Targets
  /// How the constraints' sources enter the evolution.
  package var forcingByConstraints: BlockMultiplier

  package init(
    form: SpectralForm, elimination: ConstraintElimination, table: SymbolTable, layout: PencilLayout,
    gauged: Set<String>, workers: Workers?
  ) throws(SimulationError) {
    let n = elimination.evolved.count
    let m = elimination.determined.count
    let inputCount = form.form.inputs.count
    func occurrenceFactors(_ product: SpectralForm.Product) -> [(
      row: Int, coefficient: Double, factors: [[Complex]]
    )] {
      product.occurrences.map {
        let isConstraint = form.form.equations[$0.equation].isConstraint
        let rows = isConstraint ? elimination.constraintRows : elimination.evolutionRows
        return (
          rows.firstIndex(of: $0.equation) ?? 0, $0.coefficient,
          table.factors(of: $0.derivative, functions: product.functions)
        )
      }
    }
    let products = form.products.map(occurrenceFactors)
    let constraintProducts = form.constraintProducts.map(occurrenceFactors)

    // One column of numbers per matrix element, filled mode by mode.
    let offsets = Offsets(
      evolution: n * n, inputs: inputCount * (n + m), determined: m * (n + m), targets: products.count * n,
      constraintTargets: constraintProducts.count * m, forcing: n * m)
    let modes = layout.modes
    let values = AlignedStorage<Complex>(count: offsets.total * modes)
    let open = AlignedStorage<Int32>(count: modes)
    let counts = layout.counts
    let chunk = 4096
    @Sendable func fill(_ range: Range<Int>) {
      var rows = counts.map { _ in 0 }
      for mode in range {
        var rest = mode
        for axis in counts.indices.reversed() {
          rows[axis] = rest % counts[axis]
          rest /= counts[axis]
        }
        let algebra = elimination.at(rows)
        if let first = algebra.open.first { open.baseAddress[mode] = Int32(first + 1) }
        func store(_ offset: Int, _ elements: [Complex]) {
          for (index, element) in elements.enumerated() {
            values.baseAddress[(offset + index) * modes + mode] = element
          }
        }
        store(offsets.evolutionStart, algebra.evolution.elements)
        store(offsets.inputsStart, algebra.inputs.elements)
        store(offsets.determinedStart, algebra.determined.elements)
        for (p, occurrences) in products.enumerated() {
          for occurrence in occurrences {
            var symbol = Complex(occurrence.coefficient)
            for axis in rows.indices { symbol = symbol * occurrence.factors[axis][rows[axis]] }
            for r in 0..<n {
              values.baseAddress[(offsets.targetsStart + p * n + r) * modes + mode] +=
                algebra.forcing[r, occurrence.row] * symbol
            }
          }
        }
        for (p, occurrences) in constraintProducts.enumerated() {
          for occurrence in occurrences {
            var symbol = Complex(occurrence.coefficient)
            for axis in rows.indices { symbol = symbol * occurrence.factors[axis][rows[axis]] }
            values.baseAddress[(offsets.constraintTargetsStart + p * m + occurrence.row) * modes + mode] +=
              symbol
          }
        }
        for r in 0..<n {
          for c in 0..<m {
            values.baseAddress[(offsets.forcingStart + r * m + c) * modes + mode] = algebra.forcing[r, n + c]
          }
        }
      }
    }
    let task = WorkerTask(chunks: (modes + chunk - 1) / chunk) { number, _ in
      fill(number * chunk..<min(modes, (number + 1) * chunk))
    }
    if let workers { workers.run(task) } else { for c in 0..<task.chunks { task.body(c, 0) } }

    try Self.checkOpenModes(open, form: form, gauged: gauged)
    func multiplier(_ column: Int) -> Multiplier? {
      let base = values.baseAddress + column * modes
      return .tabulated(modes: modes) { (base[$0].re, base[$0].im) }
    }
    // Constraints without a source of their own leave nothing to read behind the evolved components.
    let sources = constraintProducts.isEmpty ? 0 : m
    func rows(_ start: Int, _ count: Int, _ width: Int, used: Int? = nil) -> Targets {
      (0..<count).map { row in
        (0..<(used ?? width)).compactMap { column in
          multiplier(start + row * width + column).map { (column, $0) }
        }
      }
    }
    func block(_ start: Int, _ height: Int, _ width: Int) -> BlockMultiplier {
      BlockMultiplier(
        rows(start, height, width).enumerated().flatMap { row, entries in
          entries.map { .init(row: row, column: $0.component, multiplier: $0.multiplier) }
        })
    }
    linearOperator = block(offsets.evolutionStart, n, n)
    inputs = rows(offsets.inputsStart, inputCount, n + m, used: n + sources)
    determined = rows(offsets.determinedStart, m, n + m, used: n + sources)
    targets = rows(offsets.targetsStart, products.count, n)
    constraintTargets = rows(offsets.constraintTargetsStart, constraintProducts.count, m)
    forcingByConstraints = block(offsets.forcingStart, n, m)
  }

  /// An open mode is fine where a gauge fixes it: the mean.
  private static func checkOpenModes(
    _ open: AlignedStorage<Int32>, form: SpectralForm, gauged: Set<String>
  ) throws(SimulationError) {
    for mode in 0..<open.count where open.baseAddress[mode] > 0 {
      let number = Int(open.baseAddress[mode]) - 1
      let unknown = form.form.unknowns[number]
      let isMean = mode == 0 && form.unknownFunctions[number].allSatisfy { $0 == .fourier || $0 == .cosine }
      if !isMean {
        throw .unsupported(
          "the constraint for '\(unknown.name)' has no unique solution: one of its waves is a resonance",
          about: .unknown(unknown.origin))
      }
      if !gauged.contains(unknown.origin) { throw .undetermined(unknown: unknown.origin) }
    }
  }

  private struct Offsets {
    let evolutionStart = 0
    let inputsStart: Int
    let determinedStart: Int
    let targetsStart: Int
    let constraintTargetsStart: Int
    let forcingStart: Int
    let total: Int

    init(evolution: Int, inputs: Int, determined: Int, targets: Int, constraintTargets: Int, forcing: Int) {
      inputsStart = evolution
      determinedStart = inputsStart + inputs
      targetsStart = determinedStart + determined
      constraintTargetsStart = targetsStart + targets
      forcingStart = constraintTargetsStart + constraintTargets
      total = forcingStart + forcing
    }
  }
}
