import Exchange
import Glibc

/// Element sizes near refined parts of the boundary, on a grid that Gmsh interpolates in.
struct SizeField {
  private let region: Region
  private let options: MeshingOptions
  private let scale: MeshScale

  /// `nil` where no part is refined.
  init?(_ region: Region, _ options: MeshingOptions, _ scale: MeshScale) {
    guard !options.partSizes.isEmpty else { return nil }
    self.region = region
    self.options = options
    self.scale = scale
  }

  /// The content of the file: origin, spacings, counts, sizes (z fastest), in the script's units.
  func contents() -> [UInt8] {
    let grid = Grid(region.shape.dimension, scale, smallest: options.partSizes.values.min() ?? options.size)
    let sources = options.partSizes.keys.sorted().map { name in
      (distance: distance(to: name), size: options.partSizes[name]!)
    }
    // Sizes at grid points are those at the nearest corner of the surrounding cells: never too large between.
    let slack = options.growth * grid.cellDiameter
    var sizes: [Double] = []
    sizes.reserveCapacity(grid.count)
    for i in 0..<grid.counts[0] {
      for j in 0..<grid.counts[1] {
        for k in 0..<grid.counts[2] {
          let point = grid.point(i, j, k)
          let size = sources.reduce(options.size) { least, source in
            let distance = point.withUnsafeBufferPointer { source.distance($0.baseAddress!) }
            return min(least, source.size + max(0, options.growth * distance - slack))
          }
          sizes.append(scale.scaled(size))
        }
      }
    }
    var bytes: [UInt8] = []
    func append(_ values: [some BitwiseCopyable]) { values.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    append(grid.scriptOrigin)
    append(grid.scriptSpacing)
    append(grid.counts.map { Int32($0) })
    append(sizes)
    return bytes
  }

  /// How far a point is from a part, to first order in the distance.
  private func distance(to name: String) -> (UnsafePointer<Double>) -> Double {
    if let part = region.parts.first(where: { $0.name == name }) {
      return { point in part.conditions.reduce(0) { max($0, distance(point, $1)) } }
    }
    let primitives = region.shape.primitives.filter { $0.names.contains(name) }
    let dimension = region.shape.dimension
    return { point in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { scratch in
        primitives.reduce(.infinity) {
          min($0, abs($1.nearestBoundaryPoint(to: point, into: scratch.baseAddress!)))
        }
      }
    }
  }

  /// |f|/|∇f| with central differences.
  private func distance(_ point: UnsafePointer<Double>, _ condition: BoundaryPart.Condition) -> Double {
    let value = condition.function(point)
    if condition.relation == .notPositive && value <= 0 { return 0 }
    let dimension = region.shape.dimension
    let step = 1e-5 * scale.unit
    var square = 0.0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { other in
      for axis in 0..<dimension { other[axis] = point[axis] }
      for axis in 0..<dimension {
        other[axis] = point[axis] + step
        let ahead = condition.function(other.baseAddress!)
        other[axis] = point[axis] - step
        let slope = (ahead - condition.function(other.baseAddress!)) / (2 * step)
        other[axis] = point[axis]
        square += slope * slope
      }
    }
    let distance = abs(value) / square.squareRoot()
    return distance.isNaN ? 0 : distance
  }

  /// A grid over the bounding box, at most about a million points.
  private struct Grid {
    let dimension: Int
    let scale: MeshScale
    let cell: Double
    let counts: [Int]

    init(_ dimension: Int, _ scale: MeshScale, smallest: Double) {
      self.dimension = dimension
      self.scale = scale
      let extents = zip(scale.lower, scale.upper).map { $1 - $0 }
      let largest = extents.max() ?? 1
      let steps = min(max(largest / smallest, 16), dimension == 2 ? 700 : 96)
      let cell = largest / steps
      self.cell = cell
      // Two layers in the plane, so that there is something to interpolate between.
      counts = extents.map { Int(($0 / cell).rounded(.up)) + 2 } + (dimension == 2 ? [2] : [])
    }

    var count: Int { counts.reduce(1, *) }
    var cellDiameter: Double { cell * Double(dimension).squareRoot() }
    private var origin: [Double] { scale.lower.map { $0 - 0.5 * cell } }
    var scriptOrigin: [Double] { scale.scaled(origin) + (dimension == 2 ? [-1] : []) }
    var scriptSpacing: [Double] {
      [Double](repeating: scale.scaled(cell), count: dimension) + (dimension == 2 ? [2] : [])
    }

    func point(_ i: Int, _ j: Int, _ k: Int) -> [Double] {
      let steps = [i, j, k]
      return (0..<dimension).map { origin[$0] + cell * Double(steps[$0]) }
    }
  }
}
