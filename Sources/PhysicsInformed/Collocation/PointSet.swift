package import Arrays

/// The points of a term as programs read them: an array per coordinate, filled up to whole tiles.
///
/// What is filled up repeats the last point and has the weight zero.
package final class PointSet: @unchecked Sendable {
  package let dimension: Int
  /// Points of a tile.
  package let tile: Int
  /// Points that there is room for; whole tiles.
  package let capacity: Int
  package private(set) var count = 0
  /// Per coordinate, and per component of the normal on a boundary.
  package let columns: [AlignedStorage<Double>]
  package let weights: AlignedStorage<Double>

  /// - Parameter columns: numbers of a point: its coordinates, and on boundaries the normal.
  package init(columns: Int, dimension: Int, capacity: Int, tile: Int) {
    precondition(capacity >= 1 && tile >= 1, "PointSet: \(capacity) points in tiles of \(tile)")
    self.dimension = dimension
    self.tile = tile
    self.capacity = (capacity + tile - 1) / tile * tile
    let room = self.capacity
    self.columns = (0..<columns).map { _ in AlignedStorage(count: room) }
    weights = AlignedStorage(count: room)
    cloud = PointCloud(dimension: dimension, coordinates: [])
  }

  package var tiles: Int { (count + tile - 1) / tile }

  /// The points without what they are filled up with.
  package private(set) var cloud: PointCloud

  /// Takes points over, with their normals where there are any.
  package func set(_ cloud: PointCloud, normals: [Double] = []) {
    precondition(
      cloud.count >= 1 && cloud.count <= capacity && cloud.dimension == dimension,
      "PointSet: \(cloud.count) points of \(cloud.dimension) numbers where there is room for \(capacity)")
    count = cloud.count
    self.cloud = cloud
    let normalCount = columns.count - dimension
    for point in 0..<capacity {
      let source = min(point, count - 1)
      for axis in 0..<dimension {
        columns[axis].baseAddress[point] = cloud.coordinates[source * dimension + axis]
      }
      for axis in 0..<normalCount {
        columns[dimension + axis].baseAddress[point] = normals[source * normalCount + axis]
      }
      weights.baseAddress[point] = point < count ? (cloud.weights.isEmpty ? 1 : cloud.weights[source]) : 0
    }
  }
}
