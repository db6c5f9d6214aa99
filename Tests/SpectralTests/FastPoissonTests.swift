import Arrays
import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The ways the two ends of an axis can be, with the grid.
struct PoissonEnds: Sendable, Hashable {
  var ends: PoissonAxis.Ends
  var grid: PoissonAxis.Grid

  static let all: [PoissonEnds] = {
    var all = [PoissonEnds(ends: .periodic, grid: .faces)]
    for grid in PoissonAxis.Grid.allCases {
      for lower in EndCondition.allCases {
        for upper in EndCondition.allCases {
          all.append(PoissonEnds(ends: .bounded(lower: lower, upper: upper), grid: grid))
        }
      }
    }
    return all
  }()

  func axis(_ count: Int, _ length: Double) -> PoissonAxis {
    PoissonAxis(ends: ends, grid: grid, count: count, length: length)
  }
}

struct PoissonCase: Sendable, CustomTestStringConvertible {
  var ends: [PoissonEnds]
  var testDescription: String { ends.map { "\($0.ends) \($0.grid)" }.joined(separator: " × ") }

  /// All mixes in one, two and three dimensions: 9 + 81 + 729.
  static let all: [PoissonCase] = {
    let one = PoissonEnds.all.map { [$0] }
    let two = one.flatMap { first in PoissonEnds.all.map { first + [$0] } }
    let three = two.flatMap { first in PoissonEnds.all.map { first + [$0] } }
    return (one + two + three).map { PoissonCase(ends: $0) }
  }()

  var axes: [PoissonAxis] {
    zip(ends, [(8, 1.0), (7, 2.5), (10, 0.75)]).map { $0.axis($1.0, $1.1) }
  }
}

/// `−lap u` by differences, with the ends as ghost values: written without any transform.
func negativeLaplacian(_ u: NDArray<Double>, _ axes: [PoissonAxis]) -> NDArray<Double> {
  var result = NDArray<Double>(shape: u.shape)
  let values = u.elements
  for (number, axis) in axes.enumerated() {
    let stride = u.shape[(number + 1)...].reduce(1, *)
    let n = axis.count
    func ghost(_ line: (Int) -> Double, isLower: Bool) -> Double {
      guard case .bounded(let lower, let upper) = axis.ends else { return isLower ? line(n - 1) : line(0) }
      let end = isLower ? 0 : n - 1
      let inward = isLower ? 1 : -1
      switch (isLower ? lower : upper, axis.grid) {
      case (.dirichlet, .nodes): return 0
      case (.dirichlet, .faces): return -line(end)
      case (.neumann, .nodes): return line(end + inward)
      case (.neumann, .faces): return line(end)
      }
    }
    for flat in values.indices {
      let index = flat / stride % n
      let start = flat - index * stride
      let line = { (i: Int) in values[start + i * stride] }
      let below = index > 0 ? line(index - 1) : ghost(line, isLower: true)
      let above = index < n - 1 ? line(index + 1) : ghost(line, isLower: false)
      result[flat: flat] += (2 * values[flat] - below - above) / (axis.spacing * axis.spacing)
    }
  }
  return result
}

@Suite struct FastPoissonTests {
  static func noise(_ shape: [Int]) -> NDArray<Double> {
    let stream = RandomStream(seed: 17, purpose: "poisson")
    return NDArray(shape: shape) { stream.normals(at: UInt64($0)).x }
  }

  static func residual(_ left: NDArray<Double>, _ right: NDArray<Double>) -> Double {
    relativeL2(left, right)
  }

  @Test(arguments: PoissonCase.all) func stencilIsInverted(test: PoissonCase) {
    let axes = test.axes
    let solver = FastPoisson(axes: axes)
    // A right-hand side that has a solution: the operator's image of noise.
    let noise = Self.noise(solver.shape)
    let image = negativeLaplacian(noise, axes)
    let solution = solver.solve(image)
    #expect(solution.isCompatible)
    #expect(Self.residual(negativeLaplacian(solution.values, axes), image) <= 1e-13)
    // (−2 lap + 3) u = noise.
    let shifted = solver.solve(noise, coefficient: 2, shift: 3)
    let applied = NDArray<Double>(
      shape: noise.shape,
      zip(negativeLaplacian(shifted.values, axes).elements, shifted.values.elements).map { 2 * $0 + 3 * $1 })
    #expect(Self.residual(applied, noise) <= 1e-13)
    #expect(shifted.isCompatible)
  }

  @Test(arguments: PoissonEnds.all) func onlyPureNeumannAndPeriodicAreSingular(ends: PoissonEnds) {
    let isSingular = ends.ends == .periodic || ends.ends == .bounded(lower: .neumann, upper: .neumann)
    let axes = [ends.axis(9, 1), ends.axis(6, 2)]
    let solver = FastPoisson(axes: axes)
    let solution = solver.solve(NDArray(shape: [9, 6]) { _ in 2 })
    #expect(solution.isCompatible == !isSingular)
    if isSingular {
      #expect(abs(solution.defect - 1) < 1e-14)
      #expect(solution.values.elements.allSatisfy { abs($0) < 1e-14 })
    } else {
      #expect(solution.values.elements.allSatisfy { $0 > 0 })
    }
  }

  /// A smooth function that satisfies the conditions at the ends of `[0, length]`.
  static func profile(_ ends: PoissonAxis.Ends, _ length: Double) -> (
    wavenumber: Double, value: (Double) -> Double
  ) {
    switch ends {
    case .periodic: (4 * .pi / length, { sin(4 * .pi * $0 / length) })
    case .bounded(.dirichlet, .dirichlet): (2 * .pi / length, { sin(2 * .pi * $0 / length) })
    case .bounded(.neumann, .neumann): (2 * .pi / length, { cos(2 * .pi * $0 / length) })
    case .bounded(.dirichlet, .neumann): (1.5 * .pi / length, { sin(1.5 * .pi * $0 / length) })
    case .bounded(.neumann, .dirichlet): (1.5 * .pi / length, { cos(1.5 * .pi * $0 / length) })
    }
  }

  /// The relative error for a product of profiles on three axes.
  static func error(_ ends: PoissonEnds, _ count: Int, _ symbol: FastPoisson.Symbol) -> Double {
    let axes = [ends.axis(count, 1.5), ends.axis(count + 3, 1)]
    let profiles = axes.map { profile($0.ends, $0.length) }
    let square = profiles.reduce(0) { $0 + $1.wavenumber * $1.wavenumber }
    let (rows, columns) = (axes[0].nodes, axes[1].nodes)
    let exact = NDArray<Double>(shape: [rows.count, columns.count]) { flat in
      profiles[0].value(rows[flat / columns.count]) * profiles[1].value(columns[flat % columns.count])
    }
    let rightHandSide = NDArray<Double>(shape: exact.shape, exact.elements.map { ($0 * (square + 1)) })
    let solution = FastPoisson(axes: axes, symbol: symbol).solve(rightHandSide, shift: 1)
    return relativeL2(solution.values, exact)
  }

  @Test(arguments: PoissonEnds.all) func differencesAreOfSecondOrder(ends: PoissonEnds) {
    let errors = [32, 64, 128].map { Self.error(ends, $0, .finiteDifference) }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      let order = log2(coarse / fine)
      #expect(order > 1.8 && order < 2.2, "order \(order)")
    }
  }

  @Test(arguments: PoissonEnds.all) func spectralSymbolIsExact(ends: PoissonEnds) {
    #expect(Self.error(ends, 16, .spectral) < 1e-13)
  }

  @Test func indefiniteHelmholtzReportsItsNullMode() {
    // (−u″ − 4π²) u = f on [0, 1] with sines: mode 2 is singular for the spectral symbol.
    let axis = PoissonAxis(ends: .bounded(lower: .dirichlet, upper: .dirichlet), count: 16, length: 1)
    let solver = FastPoisson(axes: [axis], symbol: .spectral)
    let resonant = NDArray<Double>(shape: [16], axis.nodes.map { sin(2 * .pi * $0) + sin(.pi * $0) })
    let solution = solver.solve(resonant, shift: -4 * .pi * .pi)
    #expect(!solution.isCompatible)
    let exact = axis.nodes.map { sin(.pi * $0) / (-3 * .pi * .pi) }
    #expect(relativeL2(solution.values, NDArray(shape: [16], exact)) < 1e-12)
  }
}
