import Glibc

/// Lengths in units of the shape's extent: Gmsh's geometry kernel has absolute tolerances of about 1e-7.
struct MeshScale {
  /// The center of the bounding box.
  let center: [Double]
  /// A power of two, not below the largest side of the bounding box.
  let unit: Double
  let lower: [Double]
  let upper: [Double]

  init(_ shape: Shape) throws(GeometryError) {
    let box = shape.boundingBox
    let extents = zip(box.lower, box.upper).map { $1 - $0 }
    guard extents.allSatisfy({ $0 > 0 }) else { throw .empty(shape: shape.description) }
    guard extents.allSatisfy(\.isFinite) else { throw .notFinite(shape: shape.description) }
    (lower, upper) = (box.lower, box.upper)
    center = zip(box.lower, box.upper).map { 0.5 * $0 + 0.5 * $1 }
    unit = exp2(ceil(log2(extents.max() ?? 1)))
    guard unit.isNormal, zip(center, extents).allSatisfy({ abs($0) < 1e9 * $1 }) else {
      throw .degenerate(shape: shape.description, reason: "it is too small for where it lies")
    }
  }

  func scaled(_ point: [Double]) -> [Double] { zip(point, center).map { ($0 - $1) / unit } }
  func scaled(_ length: Double) -> Double { length / unit }
}
