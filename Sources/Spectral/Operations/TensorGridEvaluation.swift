public import Arrays

extension SpectralCoefficients where Scalar == Double {
  /// The values on a tensor grid of any coordinates, an array of one axis per axis of the basis.
  ///
  /// One axis after the other, so that the cost is that of a few matrix products instead of
  /// points × modes; by fast transforms where the coordinates are the nodes of the basis. Points outside a periodic axis
  /// wrap; outside a bounded one the functions are continued.
  public func evaluate(onTensorGrid coordinates: [[Double]]) -> NDArray<Double> {
    precondition(
      coordinates.count == basis.dimension,
      "evaluate(onTensorGrid:): \(coordinates.count) lists of coordinates for \(basis.dimension) axes")
    if coordinates.indices.allSatisfy({ isNodes(coordinates[$0], axis: $0) }) { return gridValues() }
    let isComplex = basis.isComplex
    var shape = basis.modeCounts
    var (re, im) = parts()
    // Axes that lose most come first.
    let shares = shape.indices.map { Double(coordinates[$0].count) / Double(shape[$0]) }
    for axis in shape.indices.sorted(by: { (shares[$0], $1) < (shares[$1], $0) }) {
      let points = coordinates[axis]
      let tables = points.map {
        basis.axes[axis].functions(at: $0, points: basis.points[axis], basis.order(axis))
      }
      let hasPairs = type(of: basis.axes[axis]).isComplex
      let modes = shape[axis]
      let inner = shape[(axis + 1)...].reduce(1, *)
      let outer = shape[..<axis].reduce(1, *)
      var (newRe, newIm) = (
        [Double](repeating: 0, count: outer * points.count * inner),
        [Double](repeating: 0, count: isComplex ? outer * points.count * inner : 0)
      )
      for o in 0..<outer {
        for (p, table) in tables.enumerated() {
          let target = (o * points.count + p) * inner
          for k in 0..<modes {
            let source = (o * modes + k) * inner
            let (a, b) = hasPairs ? (table[2 * k], table[2 * k + 1]) : (table[k], 0)
            for i in 0..<inner {
              newRe[target + i] += a * re[source + i]
              if isComplex {
                newRe[target + i] -= b * im[source + i]
                newIm[target + i] += a * im[source + i] + b * re[source + i]
              }
            }
          }
        }
      }
      shape[axis] = points.count
      (re, im) = (newRe, newIm)
    }
    return NDArray(shape: shape, re)
  }

  /// Whether coordinates are the nodes of the basis along an axis, up to rounding.
  private func isNodes(_ coordinates: [Double], axis: Int) -> Bool {
    let nodes = basis.nodes(axis)
    guard nodes.count == coordinates.count else { return false }
    let tolerance = 1e-13 * (nodes.map { abs($0) }.max() ?? 0)
    return zip(nodes, coordinates).allSatisfy { abs($0 - $1) <= tolerance }
  }

  /// Real and imaginary parts of the coefficients.
  private func parts() -> (re: [Double], im: [Double]) {
    let numbers = values.elements
    guard basis.isComplex else { return (numbers, []) }
    return (
      stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] },
      stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
    )
  }
}
