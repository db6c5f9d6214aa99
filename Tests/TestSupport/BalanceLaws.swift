import Arrays
import Equations
import LinearSolvers
package import ProblemFiles
package import Simulation

/// A problem given as text, on cells or elements, without a second run for the error.
package func balanceSimulation(
  _ text: String, set overrides: [String] = [], threads: Int = 1,
  configuring configure: (inout SimulationOptions) -> Void = { _ in }
) throws -> BalanceSimulation {
  let file = try ProblemFileReader().read(text: text, file: "test.yaml", overrides: overrides)
  return try balanceSimulation(file, threads: threads, configuring: configure)
}

/// A problem file on cells or elements, without a second run for the error.
package func balanceSimulation(
  _ file: ProblemFile, threads: Int = 1, configuring configure: (inout SimulationOptions) -> Void = { _ in }
) throws -> BalanceSimulation {
  guard case .fluxes(let form, let kind) = file.formulation else {
    throw SimulationError.unsupported("the problem is spectral")
  }
  var options = SimulationOptions(threads: threads)
  options.estimatesErrorByCoarserRun = false
  configure(&options)
  return try BalanceSimulation(file.problem, form, kind, options: options)
}

/// What every system of balances owes: measured at any state.
package struct BalanceLaws {
  package let system: any BalanceSystem

  package init(_ system: any BalanceSystem) { self.system = system }

  /// A state of random numbers around a mean, with prescribed values where they belong.
  package func randomState(mean: Double = 0.5, amplitude: Double = 0.3, time: Double, seed: UInt64 = 1)
    -> StateVector
  {
    let state = StateVector(count: system.count)
    let stream = RandomStream(seed: seed, purpose: "state")
    for i in 0..<system.count {
      state.baseAddress[i] = mean + amplitude * stream.normals(at: UInt64(i / 2))[i % 2]
    }
    system.impose(on: state, time: time)
    return state
  }

  /// The largest ‖J d − (R(u + εd) − R(u − εd))/2ε‖ / ‖J d‖ over some directions d, row by row of equal unknowns.
  package func jacobianDefect(
    at state: StateVector, time: Double, increment: Double = 1e-6, blocks: [Range<Int>]
  ) -> Double {
    let count = system.count
    let values = AlignedStorage<Double>(count: system.pattern.nonzeroCount)
    let residual = StateVector(count: count)
    system.assemble(state, time: time, residual: residual, jacobian: values)
    let matrix = SparseMatrix(pattern: system.pattern, values: values)
    let isPrescribed = system.isPrescribed
    var worst = 0.0
    for number in 0..<3 {
      let stream = RandomStream(seed: UInt64(number), purpose: "direction")
      let direction = (0..<count).map {
        isPrescribed[$0] ? 0 : stream.normals(at: UInt64($0 / 2))[$0 % 2]
      }
      var product = [Double](repeating: 0, count: count)
      matrix.forEachEntry { product[$0] += $2 * direction[$1] }
      let sides = [increment, -increment].map { increment in
        let moved = StateVector(count: count)
        for i in 0..<count { moved.baseAddress[i] = state.baseAddress[i] + increment * direction[i] }
        system.assemble(moved, time: time, residual: residual, jacobian: nil)
        return Array(residual.buffer.prefix(count))
      }
      let difference = zip(sides[0], sides[1]).map { ($0 - $1) / (2 * increment) }
      for block in blocks {
        worst = max(worst, relativeDistance(product[block], difference[block]))
      }
    }
    return worst
  }

  /// The largest |A − Aᵀ| of the Jacobian and the mass matrix, relative to the largest entry, free numbers only.
  package func asymmetry(at state: StateVector, time: Double) -> Double {
    let (values, mass) = (
      AlignedStorage<Double>(count: system.pattern.nonzeroCount),
      AlignedStorage<Double>(count: system.pattern.nonzeroCount)
    )
    system.assemble(state, time: time, residual: StateVector(count: system.count), jacobian: values)
    system.assembleMass(time: time, into: mass)
    let isPrescribed = system.isPrescribed
    return [values, mass].map { values in
      let matrix = SparseMatrix(pattern: system.pattern, values: values)
      var (difference, size) = (0.0, 0.0)
      matrix.forEachEntry { row, column, value in
        guard !isPrescribed[row], !isPrescribed[column] else { return }
        difference = max(difference, abs(value - matrix[column, row]))
        size = max(size, abs(value))
      }
      return size > 0 ? difference / size : 0
    }.max() ?? 0
  }

  /// Whether rows of prescribed values are those of the identity in the Jacobian, with no residual, and zero in the mass.
  package func keepsPrescribedValues(at state: StateVector, time: Double) -> Bool {
    let (values, mass, residual) = (
      AlignedStorage<Double>(count: system.pattern.nonzeroCount),
      AlignedStorage<Double>(count: system.pattern.nonzeroCount), StateVector(count: system.count)
    )
    system.assemble(state, time: time, residual: residual, jacobian: values)
    system.assembleMass(time: time, into: mass)
    let isPrescribed = system.isPrescribed
    var holds = true
    SparseMatrix(pattern: system.pattern, values: values).forEachEntry { row, column, value in
      if isPrescribed[row] || isPrescribed[column] { holds = holds && value == (row == column ? 1 : 0) }
    }
    SparseMatrix(pattern: system.pattern, values: mass).forEachEntry { row, _, value in
      if isPrescribed[row] { holds = holds && value == 0 }
    }
    for row in 0..<system.count where isPrescribed[row] { holds = holds && residual.baseAddress[row] == 0 }
    return holds
  }
}
