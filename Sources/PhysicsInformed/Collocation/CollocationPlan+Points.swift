import Arrays
package import Equations
import Geometry
import Simulation

extension CollocationPlan {
  /// Where points within the domain may lie.
  package var domain: SamplingDomain { SamplingDomain(form.domain) }

  /// The points of a term that is not of the equations, and their normals where it is on the boundary, or the values of data.
  ///
  /// Low-discrepancy points on boxes, uniform ones on the boundaries of shapes.
  ///
  /// - Parameter problem: whose named parts the boundary has.
  /// - Throws: `SamplingError` for a part of the boundary without points.
  package func points(
    of term: Term, problem: Problem, seed: UInt64
  ) throws(SamplingError) -> (points: PointCloud, normals: [Double]) {
    let parts = problem.parts.map { $0.boundaryPart(axes: form.domain.axes.map(\.name)) }
    switch term.region {
    case .interior: preconditionFailure("points: those of equations are chosen by a sampler")
    case .firstTime:
      let start = form.domain.time?.lowerBound ?? 0
      return (try spread(term.count, in: domain.slice(at: start), seed), [])
    case .measured(let number):
      let (points, values) = try form.data[number].points(in: domain, coordinates: form.coordinates)
      return (points, values)
    case .faces(let faces):
      return try points(term.count, on: faces, seed)
    case .part(let name):
      let cloud = try domain.boundaryPoints(
        term.count, on: BoundarySelection(part: name), parts: parts, seed: seed)
      return (cloud.points, cloud.normals)
    case .restOfBoundary(let others):
      let cloud = try domain.boundaryPoints(
        term.count, on: BoundarySelection(excluding: others), parts: parts, seed: seed)
      return (cloud.points, cloud.normals)
    }
  }

  /// As many points on every face.
  private func points(
    _ count: Int, on faces: [Face], _ seed: UInt64
  ) throws(SamplingError) -> (points: PointCloud, normals: [Double]) {
    let space = form.domain.dimension
    var (coordinates, normals): ([Double], [Double]) = ([], [])
    for (number, face) in faces.enumerated() {
      let own = count * (number + 1) / faces.count - count * number / faces.count
      var bounds = domain.bounds
      let end = face.side == .lower ? bounds[face.axis].lowerBound : bounds[face.axis].upperBound
      bounds[face.axis] = end...end
      guard own > 0 else { continue }
      coordinates += try spread(
        own, in: SamplingDomain(bounds: bounds, hasTime: form.domain.time != nil), seed &+ UInt64(number)
      ).coordinates
      for _ in 0..<own {
        normals += (0..<space).map { $0 == face.axis ? (face.side == .lower ? -1 : 1) : 0 }
      }
    }
    return (PointCloud(dimension: domain.dimension, coordinates: coordinates), normals)
  }

  private func spread(
    _ count: Int, in domain: SamplingDomain, _ seed: UInt64
  ) throws(SamplingError) -> PointCloud {
    guard let sampler = try? SobolSamplerKind().make(for: domain, seed: seed, settings: [:]) else {
      preconditionFailure("points: Sobol's sequence has its defaults")
    }
    return try sampler.begin(count)
  }
}
