import Arrays
import Equations
import LinearSolvers

/// Fixes the constants that a system leaves open: one number of every such unknown keeps its value while a system is solved,
/// and the unknown is shifted to the mean of its gauge afterwards.
package struct PinnedConstants {
  private let rows: [Int]
  private let pattern: SparsityPattern<Int>

  package init(_ system: any BalanceSystem) {
    rows = system.openConstants.map(\.lowerBound)
    pattern = system.pattern
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// Replaces the rows and columns of the pinned numbers by those of the identity.
  ///
  /// - Returns: the largest residual that was replaced: what the equations cannot balance.
  @discardableResult
  func pin(residual: StateVector, jacobian: AlignedStorage<Double>?) -> Double {
    var largest = 0.0
    for row in rows {
      largest = max(largest, abs(residual.baseAddress[row]))
      residual.baseAddress[row] = 0
      guard let jacobian else { continue }
      for position in pattern.positions(row) {
        let column = pattern.indices.baseAddress[position]
        jacobian.baseAddress[position] = column == row ? 1 : 0
        if column != row, let mirrored = pattern.position(row: column, column: row) {
          jacobian.baseAddress[mirrored] = 0
        }
      }
    }
    return largest
  }
}

extension BalanceDiscretization {
  /// Shifts unknowns whose constants are open to the means of their gauges.
  ///
  /// - Throws: `SimulationError.undetermined` for one that has no gauge.
  func applyGauges(_ gauges: [Gauge], _ form: FluxForm, to state: StateVector) throws(SimulationError) {
    let open = Set(openConstants.map(\.lowerBound))
    guard !open.isEmpty else { return }
    let inputs = quadratureInputs(state)
    let weights = quadraturePoints.weights
    for (unknown, points) in unknownPoints.enumerated() where open.contains(points.range.lowerBound) {
      let mean = try form.gauge(of: unknown, gauges)
      var (sum, volume) = (0.0, 0.0)
      let values = inputs[form.input(unknown)].baseAddress
      for i in 0..<weights.count {
        sum += weights.baseAddress[i] * values[i]
        volume += weights.baseAddress[i]
      }
      for i in points.range { state.baseAddress[i] += mean - sum / volume }
    }
  }

  /// - Throws: `SimulationError.undetermined` for an unknown whose constant is open and that has no gauge.
  func checkGauges(_ gauges: [Gauge], _ form: FluxForm) throws(SimulationError) {
    let open = Set(openConstants.map(\.lowerBound))
    for (unknown, points) in unknownPoints.enumerated() where open.contains(points.range.lowerBound) {
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
