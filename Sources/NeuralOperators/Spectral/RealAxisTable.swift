import Arrays
import Differentiation
import Spectral

/// The matrices between the points of an axis and its first cosines or sines.
///
/// Coefficients are amplitudes: `u(x) = Σ û_k cos(k π x)`, or sines; they do not depend on the number of points.
final class RealAxisTable<Scalar: NetworkScalar> {
  let points: Int
  let modes: Int
  /// Modes × points.
  var analysis: UnsafePointer<Scalar> { UnsafePointer(tables.baseAddress) }
  /// Points × modes.
  var synthesis: UnsafePointer<Scalar> { analysis + modes * points }
  private let tables: AlignedStorage<Scalar>

  init(_ basis: AxisBasis, points: Int, modes: Int) {
    precondition(
      basis.isReal && modes >= 1 && modes <= basis.reach(points: points), "RealAxisTable: \(modes) modes")
    self.points = points
    self.modes = modes
    tables = AlignedStorage(count: 2 * modes * points)
    let (analysis, synthesis) = (tables.baseAddress, tables.baseAddress + modes * points)
    let intervals = basis.hasNodes ? max(points - 1, 1) : points
    // A half wave has an angle of π over the axis; cells are at odd halves of their width.
    let roots = RootTable(basis.hasNodes ? 2 * intervals : 4 * intervals)
    for k in 0..<modes {
      let waves = basis.halfWaves(k)
      for j in 0..<points {
        let angle = roots[waves * (basis.hasNodes ? j : 2 * j + 1)]
        let value = basis.isSine ? angle.sine : angle.cosine
        // Nodes at the ends stand for half an interval.
        let isEnd = basis.hasNodes && points > 1 && (j == 0 || j == points - 1)
        let weight = (waves == 0 ? 1.0 : 2.0) * (isEnd ? 0.5 : 1) / Double(intervals)
        analysis[k * points + j] = Scalar(weight * value)
        synthesis[j * modes + k] = Scalar(value)
      }
    }
  }
}
