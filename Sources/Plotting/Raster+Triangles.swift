extension Raster {
  /// Samples a function that is linear on triangles at the middle of each pixel.
  ///
  /// Pixels outside of the triangles are NaN; those inside whose value is not finite are infinite.
  ///
  /// - Parameters:
  ///   - mesh: the triangles; the picture shows its ends.
  ///   - values: one per node.
  ///   - width: pixels across, at least 2.
  ///   - height: pixels up, at least 2.
  init(_ mesh: PlaneMesh, values: [Double], width: Int, height: Int) {
    self.width = width
    self.height = height
    horizontal = mesh.horizontal
    vertical = mesh.vertical
    let x = Self.places(mesh.x, mesh.horizontal, pixels: width)
    let y = Self.places(mesh.y, mesh.vertical, pixels: height)
    self.values = [Double](repeating: .nan, count: width * height)
    self.values.withUnsafeMutableBufferPointer { pixels in
      for start in stride(from: 0, to: mesh.triangles.count, by: 3) {
        let (a, b, c) = (
          Int(mesh.triangles[start]), Int(mesh.triangles[start + 1]), Int(mesh.triangles[start + 2])
        )
        let triangle = PixelTriangle(x: SIMD3(x[a], x[b], x[c]), y: SIMD3(y[a], y[b], y[c]))
        triangle?.fill(pixels, width: width, height: height, values: SIMD3(values[a], values[b], values[c]))
      }
    }
  }

  /// Coordinates in pixels, the middle of the first pixel at zero.
  private static func places(_ values: [Double], _ ends: PlaneMesh.Ends, pixels: Int) -> [Double] {
    // Halves, because the difference of huge numbers overflows.
    let scale = Double(pixels) / (0.5 * ends.upper - 0.5 * ends.lower)
    return values.map { (0.5 * $0 - 0.5 * ends.lower) * scale - 0.5 }
  }
}

/// A triangle over a grid of pixels with their middles at whole numbers.
private struct PixelTriangle {
  private let x: SIMD3<Double>
  private let y: SIMD3<Double>
  /// How the weight of each corner changes from one pixel to the next.
  private let slopeX: SIMD3<Double>
  private let slopeY: SIMD3<Double>

  /// `nil` if it has no area.
  init?(x: SIMD3<Double>, y: SIMD3<Double>) {
    let area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    let inverse = 1 / area
    guard inverse.isFinite else { return nil }
    self.x = x
    self.y = y
    slopeX = SIMD3(y[1] - y[2], y[2] - y[0], y[0] - y[1]) * inverse
    slopeY = SIMD3(x[2] - x[1], x[0] - x[2], x[1] - x[0]) * inverse
  }

  func fill(
    _ pixels: UnsafeMutableBufferPointer<Double>, width: Int, height: Int, values: SIMD3<Double>
  ) {
    guard let columns = Self.range(x, below: width), let rows = Self.range(y, below: height) else { return }
    let isFinite = values[0].isFinite && values[1].isFinite && values[2].isFinite
    for row in rows {
      for column in columns {
        // From the first corner, whose own weight is one there.
        let dx = Double(column) - x[0]
        let dy = Double(row) - y[0]
        let weights = SIMD3(1, 0, 0) + dx * slopeX + dy * slopeY
        // A little less than zero, so that no pixel on a common edge belongs to neither triangle.
        guard weights.min() >= -1e-9 else { continue }
        let value = isFinite ? (weights * values).sum() : Self.nearest(values, weights)
        pixels[row * width + column] = value.isFinite ? value : .infinity
      }
    }
  }

  /// The value at the nearest corner, so that a hole in the data keeps its size.
  private static func nearest(_ values: SIMD3<Double>, _ weights: SIMD3<Double>) -> Double {
    let corner = weights[0] >= max(weights[1], weights[2]) ? 0 : weights[1] >= weights[2] ? 1 : 2
    return values[corner]
  }

  /// The pixels from the least to the greatest of three places; `nil` if there is none.
  private static func range(_ places: SIMD3<Double>, below count: Int) -> ClosedRange<Int>? {
    let first = max(places.min() - 1e-9, 0).rounded(.up)
    let last = min(places.max() + 1e-9, Double(count - 1)).rounded(.down)
    return first <= last ? Int(first)...Int(last) : nil
  }
}
