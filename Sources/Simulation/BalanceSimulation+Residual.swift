import Arrays
import LinearSolvers

extension BalanceSimulation {
  /// ‖M du/dt + R(u)‖/‖R(u)‖ at the end of a run, over all balances but those of prescribed values.
  func residual(of recent: RecentStates) -> Double {
    let rate = makeVector()
    guard let time = recent.writeRate(to: rate), let state = recent.latest else { return 0 }
    let residual = makeVector()
    discretization.assemble(state, time: time, residual: residual, jacobian: nil)
    let mass = AlignedStorage<Double>(count: discretization.pattern.nonzeroCount)
    discretization.assembleMass(time: time, into: mass)
    let (pattern, isPrescribed) = (discretization.pattern, discretization.isPrescribed)
    var (size, scale) = (0.0, 0.0)
    for row in 0..<discretization.count where !isPrescribed[row] {
      var change = 0.0
      for position in pattern.positions(row) {
        change += mass.baseAddress[position] * rate.baseAddress[pattern.indices.baseAddress[position]]
      }
      let balance = residual.baseAddress[row]
      size += (change + balance) * (change + balance)
      scale += balance * balance
    }
    return size == 0 ? 0 : (size / scale).squareRoot()
  }
}
