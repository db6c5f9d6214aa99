package import Arrays

/// Points of which each of the equal slices of every axis, as many as there are points, has one.
///
/// M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21 (1979).
package struct LatinHypercube: Sendable {
  private let count: Int
  private let axes: [(order: KeyedPermutation, place: KeyedHash)]

  package init(dimension: Int, count: Int, _ stream: RandomStream) {
    precondition(dimension >= 1 && count >= 1, "LatinHypercube: \(count) points in \(dimension) dimensions")
    self.count = count
    axes = (0..<dimension).map { axis in
      (KeyedPermutation(count: count, KeyedHash(stream, 2 * axis)), KeyedHash(stream, 2 * axis + 1))
    }
  }

  /// A coordinate of a point.
  package func coordinate(_ dimension: Int, of index: Int) -> Double {
    let axis = axes[dimension]
    return (Double(axis.order(index)) + axis.place.uniform(UInt64(index))) / Double(count)
  }
}

extension LatinHypercube: PointSequence {
  func write(_ index: Int, into point: UnsafeMutablePointer<Double>) {
    for dimension in axes.indices { point[dimension] = coordinate(dimension, of: index) }
  }
}
