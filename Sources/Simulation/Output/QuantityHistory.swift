package import Equations

/// The recorded quantities of a run and how well their budgets close.
package struct QuantityHistory {
  private let problem: Problem
  private let names: [String]
  private var times: [Double] = []
  /// One row per record.
  private var values: [[Double]] = []

  package init(_ problem: Problem, names: [String]) {
    self.problem = problem
    self.names = names
  }

  package mutating func add(_ record: Record) {
    times.append(record.time)
    values.append(record.quantities)
  }

  /// All numbers, for a checkpoint.
  package var flattened: [Double] { zip(times, values).flatMap { [$0] + $1 } }

  package mutating func restore(_ flattened: [Double]) {
    let width = names.count + 1
    times = stride(from: 0, to: flattened.count, by: width).map { flattened[$0] }
    values = stride(from: 0, to: flattened.count, by: width).map { Array(flattened[($0 + 1)..<($0 + width)]) }
  }

  /// By quantity: the largest difference between its change since the start and the integral of its rate,
  /// relative to its largest size.
  ///
  /// The rate is known at the records; it is integrated by the polynomial through eight neighbouring ones.
  package var defects: [String: Double] {
    var result: [String: Double] = [:]
    guard times.count >= 3 else { return result }
    for budget in problem.budgets {
      guard let column = names.firstIndex(of: budget.name) else { continue }
      let parameters = problem.parameterValues
      let rates = zip(times, values).map { time, row -> Double in
        var bindings = parameters
        bindings["t"] = time
        for (name, value) in zip(names, row) { bindings[name] = value }
        return (try? budget.expression.value(bindings)) ?? .nan
      }
      let series = values.map { $0[column] }
      let scale = series.map { abs($0) }.max() ?? 0
      let integrals = cumulativeIntegral(times, rates)
      let worst = zip(series, integrals).map { abs($0 - series[0] - $1) }.max() ?? 0
      result[budget.name] = scale > 0 ? worst / scale : worst
    }
    return result
  }
}

/// The integral from the first point to every point, by polynomials through up to eight neighbours.
package func cumulativeIntegral(_ x: [Double], _ y: [Double]) -> [Double] {
  var result = [0.0]
  let width = min(8, x.count)
  // Gauss–Legendre with four points integrates the polynomials of degree seven exactly.
  let nodes = [-0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526]
  let weights = [0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538]
  for i in 1..<max(x.count, 1) where x.count > 1 {
    let first = max(0, min(i - width / 2, x.count - width))
    let (a, b) = (x[i - 1], x[i])
    var integral = 0.0
    for (node, weight) in zip(nodes, weights) {
      let point = (a + b) / 2 + node * (b - a) / 2
      var value = 0.0
      for j in first..<(first + width) {
        var factor = 1.0
        for k in first..<(first + width) where k != j { factor *= (point - x[k]) / (x[j] - x[k]) }
        value += factor * y[j]
      }
      integral += weight * value * (b - a) / 2
    }
    result.append(result[i - 1] + integral)
  }
  return result
}
