import Arrays
import Simulation
import Spectral
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct FunctionSpaceTests {
  /// sin(x) cos(πy) on (0, 2π) × (0, 1), periodic by no-slope.
  private let space = SpectralSpace(
    TensorBasis([FourierBasis(lower: 0, upper: 2 * .pi), CosineBasis(lower: 0, upper: 1)], points: [16, 12]))

  private func wave() -> Field<SpectralSpace> {
    let nodes = space.nodes
    return Field(
      space: space,
      values: NDArray(shape: [nodes.shape[0]]) { sin(nodes[$0, 0]) * cos(.pi * nodes[$0, 1]) })
  }

  @Test func nodesCarryTheInterpolant() {
    let field = wave()
    let values = field.values(at: space.nodes)
    for i in 0..<values.count {
      let (x, y) = (space.nodes[i, 0], space.nodes[i, 1])
      #expect(abs(values[flat: i] - sin(x) * cos(.pi * y)) < 1e-13)
    }
  }

  @Test func derivativeLivesInItsOwnSpace() {
    let slope = wave().derivative([1, 1])
    let point = NDArray(shape: [1, 2], [0.7, 0.3])
    #expect(abs(slope.values(at: point)[flat: 0] + .pi * cos(0.7) * sin(.pi * 0.3)) < 1e-12)
    // A cosine axis becomes a sine axis.
    #expect(slope.space.basis.axes[1] is SineBasis)
  }

  @Test func integralsAndNorms() {
    let field = wave()
    #expect(abs(field.integral) < 1e-13)
    #expect(abs(field.norm * field.norm - .pi / 2) < 1e-12)
    #expect(abs(field.innerProduct(field) - .pi / 2) < 1e-12)
  }

  @Test func projectionKeepsWhatTheSpaceHolds() {
    let finer = SpectralSpace(space.basis.resized([32, 24]))
    let there = wave().projected(to: finer)
    let back = there.projected(to: space)
    let point = NDArray(shape: [1, 2], [2.1, 0.9])
    #expect(abs(back.values(at: point)[flat: 0] - sin(2.1) * cos(.pi * 0.9)) < 1e-12)
  }

  @Test func tensorGridAgreesWithPoints() {
    let field = wave()
    let grid = field.values(onTensorGrid: [[0.1, 0.5], [0.2, 0.4, 0.6]])
    let single = field.values(at: NDArray(shape: [1, 2], [0.5, 0.4]))
    #expect(abs(grid[1, 1] - single[flat: 0]) < 1e-14)
  }
}
