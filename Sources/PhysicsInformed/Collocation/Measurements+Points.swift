import Arrays
import Equations

extension PointwiseForm.Measurements {
  /// The number of points.
  func count(coordinates: Int) -> Int {
    switch source {
    case .values(let points, _): points.count / max(coordinates, 1)
    case .formulas(_, let points, _): points
    case .file(let path, _, _): preconditionFailure("Measurements: '\(path)' has not been read")
    }
  }

  /// The points, and the values of all quantities point after point.
  ///
  /// Formulas are evaluated at uniform points and given their error; both depend on the seed of the data alone.
  ///
  /// - Throws: `SamplingError` for a domain without points.
  func points(
    in domain: SamplingDomain, coordinates: [String]
  ) throws(SamplingError) -> (points: PointCloud, values: [Double]) {
    switch source {
    case .file(let path, _, _): preconditionFailure("Measurements: '\(path)' has not been read")
    case .values(let points, let values):
      let cloud = PointCloud(dimension: coordinates.count, coordinates: points)
      return (cloud, (0..<cloud.count).flatMap { point in values.map { $0[point] } })
    case .formulas(let formulas, let count, let seed):
      let cloud = try DomainInterior(domain).uniformPoints(
        count, RandomStream(seed: seed, purpose: "measured points"))
      return (cloud, values(of: formulas, at: cloud, coordinates, seed))
    }
  }

  private func values(
    of formulas: [Expression], at cloud: PointCloud, _ coordinates: [String], _ seed: UInt64
  ) -> [Double] {
    let streams = formulas.indices.map { RandomStream(seed: seed, purpose: "measurement errors", sample: $0) }
    let width = coordinates.count
    return (0..<cloud.count).flatMap { point in
      let place = Dictionary(
        uniqueKeysWithValues: zip(coordinates, cloud.coordinates[point * width..<(point + 1) * width]))
      return formulas.indices.map { number in
        let truth = (try? formulas[number].value(place)) ?? .nan
        return truth + noise * streams[number].normals(at: UInt64(point)).x
      }
    }
  }
}
