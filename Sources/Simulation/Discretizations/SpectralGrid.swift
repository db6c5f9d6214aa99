package import Equations
package import Geometry
package import Spectral

/// The grid and the kept modes of a spectral discretisation.
package struct SpectralGrid: Sendable {
  /// Where products are evaluated.
  package let layout: PencilLayout
  /// Where results are written: the same modes on the grid that was asked for.
  package let outputLayout: PencilLayout
  package let dealiasing: DiscretizationChoice.Dealiasing
  /// The axes' names, in the problem's order.
  package let axisNames: [String]

  /// - Parameter degree: the polynomial degree of the pointwise part; 0 for a linear problem.
  /// - Throws: `SimulationError.unsupported` for more than three axes or too few points.
  package init(domain: Domain, choice: DiscretizationChoice, degree: Int) throws(SimulationError) {
    guard (1...3).contains(domain.dimension) else {
      throw .unsupported("spectral discretisations have 1 to 3 axes, this problem has \(domain.dimension)")
    }
    let dealiasing = choice.dealiasing ?? (degree <= 1 ? .none : degree == 2 ? .twoThirds : .half)
    self.dealiasing = dealiasing
    axisNames = domain.axes.map(\.name)
    var fine: [PencilLayout.Axis] = []
    var coarse: [PencilLayout.Axis] = []
    for (index, axis) in domain.axes.enumerated() {
      let points = choice.points[axis.name] ?? Self.defaultPoints(domain.dimension)
      guard points >= 4 else {
        throw .unsupported(
          "axis \(axis.name) has \(points) points; at least 4 are needed", about: .section("discretization"))
      }
      let (grid, kept) = Self.modes(points: points, dealiasing, isPeriodic: axis.isPeriodic)
      func make(_ points: Int) -> PencilLayout.Axis {
        PencilLayout.Axis(
          points: points, kept: kept, lower: axis.lower, length: axis.length, isPeriodic: axis.isPeriodic,
          userIndex: index)
      }
      fine.append(make(grid))
      coarse.append(make(points))
    }
    layout = PencilLayout(axes: fine)
    outputLayout = PencilLayout(axes: coarse)
  }

  /// Points of an axis whose number nobody gave.
  package static func defaultPoints(_ dimension: Int) -> Int { [256, 128, 48][dimension - 1] }

  /// Grid points and the highest wavenumber kept: products of the rule's degree do not alias into it.
  private static func modes(
    points n: Int, _ dealiasing: DiscretizationChoice.Dealiasing, isPeriodic: Bool
  ) -> (grid: Int, kept: Int) {
    // A bounded axis of n points is half of a periodic one of 2n. Its half-shifted modes reach half a
    // wavenumber further, so that three or four of them need one more to spare.
    let period = isPeriodic ? n : 2 * n - 1
    let all = isPeriodic ? (n - 1) / 2 : n - 1
    return switch dealiasing {
    case .none: (n, all)
    case .twoThirds: (n, (period - 1) / 3)
    case .half: (n, (period - 1) / 4)
    case .threeHalves: ((3 * n + 1) / 2, all)
    case .double: (2 * n, all)
    }
  }

  /// The functions an unknown is expanded in along every storage axis.
  package func functions(of unknown: ScalarUnknown) -> [AxisFunctions] {
    layout.axes.map { axis in
      guard let ends = unknown.boundary[axis.userIndex] else { return .fourier }
      return AxisFunctions(oddAtLower: ends.lower == .dirichlet, oddAtUpper: ends.upper == .dirichlet)
    }
  }

  /// The functions of a derivative of something.
  package func differentiated(_ functions: [AxisFunctions], _ derivative: MultiIndex) -> [AxisFunctions] {
    zip(functions, layout.axes).map { functions, axis in
      derivative.orders[axis.userIndex] % 2 == 0 ? functions : functions.differentiated
    }
  }
}

extension Expression {
  /// The polynomial degree in the inputs; 3 stands for anything that is no polynomial of degree two.
  package var inputDegree: Int {
    switch self {
    case .input: return 1
    case .number, .imaginaryUnit, .symbol: return 0
    case .sum(let terms): return terms.map(\.inputDegree).max() ?? 0
    case .product(let factors): return min(3, factors.reduce(0) { $0 + $1.inputDegree })
    case .power(let base, .number(let exponent)) where exponent > 0 && exponent == exponent.rounded():
      return min(3, base.inputDegree * Int(min(exponent, 3)))
    default: return inputNumbers.isEmpty ? 0 : 3
    }
  }
}
