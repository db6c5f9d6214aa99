import Equations
import Geometry
import Glibc

extension CollocationPlan {
  /// The points of a term, and their normals where it is on the boundary.
  package func points(of term: Term, seed: UInt64) -> (points: PointCloud, normals: [Double]) {
    let bounds = SamplingDomain(form.domain).bounds
    let dimension = bounds.count
    let space = form.domain.dimension
    var (coordinates, normals): ([Double], [Double]) = ([], [])
    var (number, count) = (0, 0)
    // Multiples of the powers of the generalised golden ratio.
    let ratio = goldenRatio(dimension)
    while count < term.count {
      number += 1
      var point = (0..<dimension).map { axis in
        let share = (0.5 + Double(number) * pow(ratio, -Double(axis + 1))).truncatingRemainder(dividingBy: 1)
        return bounds[axis].lowerBound + share * (bounds[axis].upperBound - bounds[axis].lowerBound)
      }
      var normal = Array(repeating: 0.0, count: space)
      switch term.region {
      case .interior: break
      case .firstTime: point[dimension - 1] = bounds[dimension - 1].lowerBound
      case .faces(let faces):
        let face = faces[number % faces.count]
        point[face.axis] = face.side == .lower ? bounds[face.axis].lowerBound : bounds[face.axis].upperBound
        normal[face.axis] = face.side == .lower ? -1 : 1
      case .part, .restOfBoundary: preconditionFailure("points: parts of geometries are not sampled yet")
      }
      coordinates += point
      if term.description.kind == .boundary { normals += normal }
      count += 1
    }
    return (PointCloud(dimension: dimension, coordinates: coordinates), normals)
  }

  private func goldenRatio(_ dimension: Int) -> Double {
    var x = 2.0
    for _ in 0..<60 { x = pow(1 + x, 1 / Double(dimension + 1)) }
    return x
  }
}
