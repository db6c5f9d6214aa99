import PhysicsInformed
import Testing

@Suite struct PointCloudTests {
  @Test func pointsStandOneAfterAnother() {
    let cloud = PointCloud(dimension: 2, coordinates: [0, 1, 2, 3])
    #expect(cloud.count == 2)
    #expect(Array(cloud[1]) == [2, 3])
  }
}
