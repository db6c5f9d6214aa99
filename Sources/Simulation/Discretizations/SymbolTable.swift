import Glibc
package import Equations
package import Spectral

/// The factors by which derivatives multiply the coefficients along every axis.
///
/// A derivative of a sine is a cosine of the same wavenumber: bounded axes have real factors, periodic ones
/// powers of i.
package struct SymbolTable: Sendable {
  /// Wavenumbers of the rows of every storage axis, for whole and for half-shifted modes.
  private let whole: [[Double]]
  private let half: [[Double]]
  private let spacings: [Double]
  private let userIndices: [Int]
  private let symbol: DiscretizationChoice.Symbol

  /// The wavenumbers of a layout.
  package init(layout: PencilLayout, symbol: DiscretizationChoice.Symbol) {
    self.symbol = symbol
    userIndices = layout.axes.map(\.userIndex)
    spacings = layout.axes.map { $0.length / Double($0.points) }
    func table(_ bounded: AxisFunctions) -> [[Double]] {
      layout.axes.indices.map { a in
        (0..<layout.counts[a]).map { row in
          layout.wavenumber(
            ofRow: row, axis: a, functions: layout.axes[a].isPeriodic ? .fourier : bounded)
        }
      }
    }
    whole = table(.sine)
    half = table(.sineCosine)
  }

  /// Freely chosen wavenumbers along every axis, to probe an operator.
  package init(probing wavenumbers: [[Double]], layout: PencilLayout) {
    symbol = .spectral
    userIndices = layout.axes.map(\.userIndex)
    spacings = layout.axes.map { $0.length / Double($0.points) }
    whole = wavenumbers
    half = wavenumbers
  }

  package var counts: [Int] { whole.map(\.count) }

  /// The wavenumber of a row.
  package func wavenumber(_ row: Int, axis: Int) -> Double { whole[axis][row] }

  /// One factor per row of every storage axis for a derivative of a function.
  package func factors(of derivative: MultiIndex, functions: [AxisFunctions]) -> [[Complex]] {
    userIndices.indices.map { a in
      let order = derivative.orders[userIndices[a]]
      let isHalf = functions[a] == .sineCosine || functions[a] == .cosineSine
      return (isHalf ? half : whole)[a].map { k in
        factor(k: k, order: order, functions: functions[a], spacing: spacings[a])
      }
    }
  }

  private func factor(k: Double, order: Int, functions: AxisFunctions, spacing: Double) -> Complex {
    if order == 0 { return .one }
    var size = 1.0
    switch symbol {
    case .spectral: for _ in 0..<order { size *= k }
    case .finiteDifference:
      // Central differences of second order: −k² becomes −(2 − 2 cos kh)/h², k becomes sin(kh)/h.
      let square = spacing * spacing
      let second = 4 * sin(k * spacing / 2) * sin(k * spacing / 2) / square
      for _ in 0..<(order / 2) { size *= second }
      if order % 2 == 1 { size *= sin(k * spacing) / spacing }
    }
    switch functions {
    case .fourier: return size * Complex.powerOfI(order)
    case .sine, .sineCosine: return Complex(order % 4 < 2 ? size : -size)
    case .cosine, .cosineSine: return Complex(order % 4 == 0 || order % 4 == 3 ? size : -size)
    }
  }
}
