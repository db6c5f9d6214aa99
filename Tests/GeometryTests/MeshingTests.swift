import Arrays
import Geometry
import TestSupport
import Testing

@Suite("Meshing by Gmsh")
struct MeshingTests {
  static let fourDiscs = Shape.difference(
    [.box([-0.5, -0.5], [0.5, 0.5], name: "outer")]
      + [(-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3)].map {
        .disc(center: [$0.0, $0.1], radius: 0.1, name: "disc")
      })

  @Test("The area of a square without four discs converges with order 4 on curved elements")
  func area() throws {
    let exact = 1 - 4 * Double.pi * 0.01
    var errors: [(size: Double, error: Double)] = []
    for size in [0.1, 0.05, 0.025] {
      let mesh = try Region(Self.fourDiscs).mesh(MeshingOptions(size: size))
      print(mesh, abs(mesh.volume - exact), mesh.elementQualities.min()!, mesh.smallestJacobianRatio)
      errors.append((size, abs(mesh.volume - exact)))
      #expect(try mesh.facets(of: "outer").count + mesh.facets(of: "disc").count == mesh.facetCount)
    }
    print(fittedOrder(errors))
  }
}
