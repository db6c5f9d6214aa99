import Arrays
import Foundation
import Geometry
import PhysicsInformed

/// A network that is functions of a point.
struct SamplerProbe: ResidualProbe {
  var residual: @Sendable (ArraySlice<Double>) -> Double
  var featureRow: @Sendable (ArraySlice<Double>) -> [Double]

  init(
    residual: @escaping @Sendable (ArraySlice<Double>) -> Double = { _ in 1 },
    features: @escaping @Sendable (ArraySlice<Double>) -> [Double] = { [1] + $0 }
  ) {
    self.residual = residual
    featureRow = features
  }

  func residuals(at points: PointCloud) -> [Double] { (0..<points.count).map { residual(points[$0]) } }

  func features(at points: PointCloud) -> NDArray<Double> {
    let rows = (0..<points.count).map { featureRow(points[$0]) }
    return NDArray(shape: [points.count, rows.first?.count ?? 0], rows.flatMap { $0 })
  }
}

extension Sampler {
  /// One update with the residuals of a probe.
  func update(_ points: inout PointCloud, step: Int, _ probe: SamplerProbe) throws(SamplingError) -> Bool {
    let residuals = probe.residuals(at: points)
    let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: residuals.count)
    _ = copy.initialize(from: residuals)
    defer { copy.deallocate() }
    return try update(&points, residuals: UnsafeBufferPointer(copy), step: step, probe: probe)
  }
}

extension SamplingDomain {
  /// Whether a point lies within the ends and inside of the shape.
  func contains(_ point: ArraySlice<Double>) -> Bool {
    let place = Array(point)
    return zip(bounds, place).allSatisfy { $0.contains($1) }
      && (shape?.contains(Array(place.prefix(spaceDimension))) ?? true)
  }
}
