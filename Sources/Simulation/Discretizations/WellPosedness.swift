import Equations
package import Spectral

/// Looks whether waves of ever higher wavenumber grow ever faster, as under the backward heat equation.
package struct WellPosedness {
  /// The fastest growth found at the highest wavenumbers, if it is unbounded.
  package static func check(
    _ form: SpectralForm, layout: PencilLayout
  ) throws(SimulationError) {
    let axes = layout.axes.indices
    // Directions along and between the axes; distances from the grid's own wavenumbers far beyond.
    // −k grows as k does, so that the first component that is not zero may be positive.
    let directions = axes.reduce(into: [[Double]]([[]])) { found, _ in
      found = found.flatMap { direction in [1, 0, -1].map { direction + [$0] } }
    }.filter { ($0.first { $0 != 0 } ?? 0) > 0 }
    let base = axes.map {
      layout.wavenumber(
        ofRow: max(1, layout.axes[$0].kept / 2), axis: $0,
        functions: layout.axes[$0].isPeriodic ? .fourier : .cosine)
    }
    for direction in directions {
      var growth: [Double] = []
      var fastest = 0  // the evolved unknown that grows
      for exponent in 0...12 {
        let scale = Double(1 << exponent)
        let wave = axes.map { direction[$0] * base[$0] * scale }
        // Row 0 of a sine axis stands for no function, so that the probe is row 1.
        let table = SymbolTable(probing: wave.map { [$0, $0] }, layout: layout)
        let elimination = try ConstraintElimination(form.form, functions: form.unknownFunctions, table: table)
        let evolution = elimination.at(axes.map { _ in 1 }).evolution
        guard evolution.size > 0 else { return }
        let eigenvalues = evolution.eigenvalues
        // Growth that is rounding beside the size of the operator is none.
        let largest = eigenvalues.map(\.re).max() ?? 0
        growth.append(largest > 1e-9 * evolution.oneNorm ? largest : 0)
        fastest = elimination.evolved[fastestRow(of: evolution)]
      }
      guard let last = growth.last, let middle = growth.dropLast(4).last else { continue }
      // Bounded growth stays where it is while the wavenumber grows sixteenfold.
      if last > 0 && last > 4 * max(middle, 1e-300) {
        throw .illPosed(
          equation: form.form.equations.first { $0.evolves(fastest) }?.origin ?? 0,
          wavenumbers: axes.map { direction[$0] * base[$0] * 4096 }, growthRate: last)
      }
    }
  }

  /// The row that drives the growth, for the message: the one that amplifies itself most, if any does.
  private static func fastestRow(of evolution: SmallMatrix) -> Int {
    let rows = 0..<evolution.size
    func norm(_ row: Int) -> Double { rows.reduce(0) { $0 + evolution[row, $1].magnitude } }
    let own = rows.max { evolution[$0, $0].re < evolution[$1, $1].re } ?? 0
    return evolution[own, own].re > 0 ? own : rows.max { norm($0) < norm($1) } ?? 0
  }
}

extension ScalarEquation {
  fileprivate func evolves(_ unknown: Int) -> Bool {
    mass.coefficients.contains { $0.key.unknown == unknown && $0.value != 0 }
  }
}
