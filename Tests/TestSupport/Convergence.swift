import Foundation

/// The slope of log(error) over log(size) by least squares: the order of convergence when `size` is a step.
package func fittedOrder(_ points: [(size: Double, error: Double)]) -> Double {
  let x = points.map { log($0.size) }
  let y = points.map { log($0.error) }
  let count = Double(points.count)
  let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
  let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
  return covariance / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
}

/// ‖a − b‖/‖b‖ over the numbers of two lists.
package func relativeDistance(_ a: some Collection<Double>, _ b: some Collection<Double>) -> Double {
  let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let size = b.reduce(0) { $0 + $1 * $1 }
  return a.count != b.count ? .infinity : (difference / max(size, .leastNormalMagnitude)).squareRoot()
}
