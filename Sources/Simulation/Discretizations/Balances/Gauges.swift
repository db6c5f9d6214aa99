import Arrays
import Equations

extension BalanceDiscretization {
  /// Shifts unknowns whose constants are open to the means of their gauges.
  ///
  /// - Throws: `SimulationError.undetermined` for one that has no gauge.
  func applyGauges(
    _ gauges: [Gauge], _ form: FluxForm, to state: StateVector, time: Double
  ) throws(SimulationError) {
    let open = Set(openConstants.map(\.lowerBound))
    guard !open.isEmpty else { return }
    let inputs = quadratureInputs(state, time: time)
    let weights = quadraturePoints.weights
    for (unknown, range) in ranges.enumerated() where open.contains(range.lowerBound) {
      let mean = try form.gauge(of: unknown, gauges)
      var (sum, volume) = (0.0, 0.0)
      let values = inputs[form.input(unknown)].baseAddress
      for i in 0..<weights.count {
        sum += weights.baseAddress[i] * values[i]
        volume += weights.baseAddress[i]
      }
      for i in range { state.baseAddress[i] += mean - sum / volume }
    }
  }

  /// - Throws: `SimulationError.undetermined` for an unknown whose constant is open and that has no gauge.
  func checkGauges(_ gauges: [Gauge], _ form: FluxForm) throws(SimulationError) {
    let open = Set(openConstants.map(\.lowerBound))
    for (unknown, range) in ranges.enumerated() where open.contains(range.lowerBound) {
      _ = try form.gauge(of: unknown, gauges)
    }
  }
}

extension FluxForm {
  fileprivate func gauge(of unknown: Int, _ gauges: [Gauge]) throws(SimulationError) -> Double {
    guard let gauge = gauges.first(where: { $0.unknown == unknowns[unknown].origin }) else {
      throw .undetermined(unknown: unknowns[unknown].origin)
    }
    return gauge.mean
  }
}
