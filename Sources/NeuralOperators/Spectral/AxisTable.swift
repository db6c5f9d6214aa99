import Arrays
import Differentiation
import Spectral

/// The matrix of one axis of a truncated Fourier transform.
///
/// The last axis of real data: to (re, im) of frequencies 0 … modes − 1, and back with every frequency's weight. Leading axes: to
/// sums with cosines and sines of frequencies 0 … modes.
final class AxisTable<Scalar: NetworkScalar> {
  let points: Int
  let modes: Int
  let isLast: Bool
  /// Rows × points: (cos, −sin) of each frequency over the number of points of the grid, or cosines and then sines.
  var analysis: UnsafePointer<Scalar> { UnsafePointer(tables.baseAddress) }
  /// Points × rows: (w cos, −w sin) with w = 1 for frequency 0 and 2 else; for leading axes what `analysis` has, transposed.
  var synthesis: UnsafePointer<Scalar> { analysis + rows * points }
  private let tables: AlignedStorage<Scalar>

  /// Rows of the analysis.
  var rows: Int { isLast ? 2 * modes : 2 * (modes + 1) }

  /// - Parameter scale: what the analysis of the last axis is multiplied with: one over the points of the grid.
  init(points: Int, modes: Int, isLast: Bool, scale: Double) {
    self.points = points
    self.modes = modes
    self.isLast = isLast
    let table = RootTable(points)
    let rows = isLast ? 2 * modes : 2 * (modes + 1)
    tables = AlignedStorage(count: 2 * rows * points)
    let analysis = tables.baseAddress
    let synthesis = analysis + rows * points
    for j in 0..<points {
      for k in 0..<(isLast ? modes : modes + 1) {
        let (cosine, sine) = table[j * k]
        if isLast {
          let weight = k == 0 ? 1.0 : 2.0
          analysis[2 * k * points + j] = Scalar(scale * cosine)
          analysis[(2 * k + 1) * points + j] = Scalar(-scale * sine)
          synthesis[j * rows + 2 * k] = Scalar(weight * cosine)
          synthesis[j * rows + 2 * k + 1] = Scalar(-weight * sine)
        } else {
          analysis[k * points + j] = Scalar(cosine)
          analysis[(modes + 1 + k) * points + j] = Scalar(sine)
          synthesis[j * rows + k] = Scalar(cosine)
          synthesis[j * rows + modes + 1 + k] = Scalar(sine)
        }
      }
    }
  }
}
