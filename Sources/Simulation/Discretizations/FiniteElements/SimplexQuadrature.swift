/// A quadrature rule on the reference simplex, exact for polynomials of degree 5.
///
/// Weights sum to the volume 1/d! of the simplex; points are reference coordinates, the barycentric ones from 1 on. Gauss
/// with three points on intervals; Radon's seven points on triangles (*Monatsh. Math. Phys.* 52, 286, 1948); Stroud's fifteen
/// points T3:5-1 on tetrahedra (*Approximate Calculation of Multiple Integrals*, 1971).
package struct SimplexQuadrature: Sendable {
  package let dimension: Int
  package let points: [[Double]]
  package let weights: [Double]

  package init(dimension: Int) {
    self.dimension = dimension
    let root = 15.0.squareRoot()
    switch dimension {
    case 0: (points, weights) = ([[]], [1])
    case 1:
      let half = 0.6.squareRoot() / 2
      points = [[0.5 - half], [0.5], [0.5 + half]]
      weights = [5.0 / 18, 8.0 / 18, 5.0 / 18]
    case 2:
      var points = [[1.0 / 3, 1.0 / 3]]
      var weights = [9.0 / 80]
      for sign in [-1.0, 1] {
        let a = (6 + sign * root) / 21
        points += [[a, a], [1 - 2 * a, a], [a, 1 - 2 * a]]
        weights += Array(repeating: (155 + sign * root) / 2400, count: 3)
      }
      (self.points, self.weights) = (points, weights)
    default:
      var points = [[0.25, 0.25, 0.25]]
      var weights = [16.0 / 135 / 6]
      for sign in [-1.0, 1] {
        let a = (7 + sign * root) / 34
        points += [[a, a, a], [1 - 3 * a, a, a], [a, 1 - 3 * a, a], [a, a, 1 - 3 * a]]
        weights += Array(repeating: (2665 - sign * 14 * root) / 37800 / 6, count: 4)
      }
      let (a, b) = ((10 - 2 * root) / 40, (10 + 2 * root) / 40)
      points += [[b, b, a], [b, a, b], [a, b, b], [a, a, b], [a, b, a], [b, a, a]]
      weights += Array(repeating: 10.0 / 189 / 6, count: 6)
      (self.points, self.weights) = (points, weights)
    }
  }

  package var count: Int { weights.count }
}
