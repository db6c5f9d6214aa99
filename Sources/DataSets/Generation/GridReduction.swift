public import Arrays
import Equations
public import Simulation
import Spectral

/// From the grid that a problem is solved on to the one that is stored.
///
/// Along a periodic axis of a spectral grid the highest modes are cut off, which is exact for all others. Unknowns of finite
/// volumes are means over cells, and stay so: what is stored is the mean over a block of cells, at its centre. The nodes of
/// other spectral axes are the centres of equal parts, so that an odd number of them has one in the middle, which is stored.
public struct GridReduction: Sendable {
  /// The axes that are stored.
  public let axes: [RecordedAxis]
  /// By axis: how every stored value is combined of the solved ones, stored × solved; `nil` where they are the same.
  private let matrices: [[Double]?]
  private let solvedShape: [Int]
  private let solvedAxes: [RecordedAxis]

  /// How values lie on an axis.
  public enum Placement: String, Sendable, Hashable {
    /// At equal distances, the first one at the lower end: modes are cut off.
    case periodic
    /// Means over equal parts: means of means.
    case cells
    /// At the centres of equal parts: the middle one of several.
    case nodes

    /// The attribute of coordinates in files.
    static let attribute = "placement"

    init(_ axis: RecordedAxis, _ method: DiscretizationChoice.Method) {
      self = method == .finiteVolume ? .cells : axis.isPeriodic ? .periodic : .nodes
    }
  }

  /// - Parameters:
  ///   - solved: the axes of a record.
  ///   - placements: how values lie on each.
  ///   - points: what is wished for, by axis; the same number of points for all others.
  /// - Throws: `DataSetError.resolution`.
  public init(
    from solved: [RecordedAxis], _ placements: [Placement], to points: [String: Int]
  ) throws(DataSetError) {
    var axes: [RecordedAxis] = []
    var matrices: [[Double]?] = []
    for (axis, placement) in zip(solved, placements) {
      let (count, fine) = (points[axis.name] ?? axis.coordinates.count, axis.coordinates.count)
      guard count != fine else {
        axes.append(axis)
        matrices.append(nil)
        continue
      }
      func refusal(_ reason: String) -> DataSetError {
        .resolution(axis: axis.name, asked: count, solved: fine, reason: reason)
      }
      guard count < fine else { throw refusal("they are more; solve at a higher resolution") }
      guard count >= 2 else { throw refusal("they are too few") }
      guard placement == .periodic || fine % count == 0 else { throw refusal("they do not divide them") }
      guard placement != .nodes || fine / count % 2 == 1 else {
        throw refusal("only an odd number of nodes has one in its middle; solve at three times the points")
      }
      var coarse = axis
      let (coordinates, matrix) =
        placement == .periodic
        ? Self.truncation(of: axis, to: count) : Self.blocks(of: axis, placement, to: count)
      coarse.coordinates = coordinates
      axes.append(coarse)
      matrices.append(matrix)
    }
    self.axes = axes
    self.matrices = matrices
    solvedShape = solved.map(\.coordinates.count)
    solvedAxes = solved
  }

  /// To a given grid of the same box, which may be a finer one: then modes are added, and values between cells or nodes lie on the
  /// straight line through the nearest two.
  ///
  /// For answers that are compared, not for data that are learned from.
  ///
  /// - Throws: `DataSetError.resolution` where a coarser grid cannot be had.
  public init(
    from solved: [RecordedAxis], _ placements: [Placement], onto stored: [RecordedAxis]
  ) throws(DataSetError) {
    precondition(
      solved.map(\.name) == stored.map(\.name),
      "GridReduction: \(solved.map(\.name)) onto \(stored.map(\.name))")
    let isFiner = zip(solved, stored).map { $1.coordinates.count > $0.coordinates.count }
    let kept = zip(stored, isFiner).filter { !$1 }.map { ($0.0.name, $0.0.coordinates.count) }
    let coarser = try Self(from: solved, placements, to: Dictionary(uniqueKeysWithValues: kept))
    axes = stored
    matrices = solved.indices.map { index in
      guard isFiner[index] else { return coarser.matrices[index] }
      return placements[index] == .periodic
        ? Self.truncation(of: solved[index], to: stored[index].coordinates.count).matrix
        : Self.lines(through: solved[index].coordinates, to: stored[index].coordinates)
    }
    solvedShape = solved.map(\.coordinates.count)
    solvedAxes = solved
  }

  /// Linear interpolation, and extrapolation beyond the ends; row by row.
  private static func lines(through nodes: [Double], to points: [Double]) -> [Double] {
    points.flatMap { point -> [Double] in
      var row = [Double](repeating: 0, count: nodes.count)
      guard nodes.count > 1 else {
        return [1]
      }
      let upper = min(max(nodes.firstIndex { $0 > point } ?? nodes.count, 1), nodes.count - 1)
      let share = (point - nodes[upper - 1]) / (nodes[upper] - nodes[upper - 1])
      row[upper - 1] = 1 - share
      row[upper] = share
      return row
    }
  }

  /// Whether records have the axes that this is made for.
  func accepts(_ axes: [RecordedAxis]) -> Bool { axes == solvedAxes }

  /// Cutting off the modes of a periodic axis.
  private static func truncation(of axis: RecordedAxis, to coarse: Int) -> (
    coordinates: [Double], matrix: [Double]
  ) {
    let fine = axis.coordinates.count
    let spacing = fine > 1 ? axis.coordinates[1] - axis.coordinates[0] : 1
    let basis = FourierBasis(lower: axis.coordinates[0], upper: axis.coordinates[0] + spacing * Double(fine))
    let space = TensorBasis([basis], points: [fine])
    var matrix = [Double](repeating: 0, count: coarse * fine)
    for column in 0..<fine {
      let unit = NDArray<Double>(shape: [fine]) { $0 == column ? 1 : 0 }
      let values = SpectralCoefficients(basis: space, sampling: unit).resampled(to: [coarse]).gridValues()
      for row in 0..<coarse { matrix[row * fine + column] = values[flat: row] }
    }
    return (basis.nodes(coarse), matrix)
  }

  /// The means of blocks of cells, or their middle nodes.
  private static func blocks(
    of axis: RecordedAxis, _ placement: Placement, to count: Int
  ) -> (coordinates: [Double], matrix: [Double]) {
    let fine = axis.coordinates.count
    let block = fine / count
    var matrix = [Double](repeating: 0, count: count * fine)
    for row in 0..<count {
      for offset in 0..<block {
        matrix[row * fine + row * block + offset] =
          placement == .cells ? 1 / Double(block) : offset == block / 2 ? 1 : 0
      }
    }
    let coordinates = (0..<count).map { row in
      let (first, last) = (axis.coordinates[row * block], axis.coordinates[row * block + block - 1])
      return block % 2 == 1 ? axis.coordinates[row * block + block / 2] : first + (last - first) / 2
    }
    return (coordinates, matrix)
  }

  /// The values on the stored grid.
  ///
  /// - Parameter values: of the shape of a record.
  public func reduced(_ values: NDArray<Double>) -> NDArray<Double> {
    precondition(
      values.shape == solvedShape, "reduced: \(values.shape) is not the shape \(solvedShape) of a record")
    return matrices.indices.reduce(values) { values, axis in
      matrices[axis].map { Self.applied($0, to: values, axis: axis, count: axes[axis].coordinates.count) }
        ?? values
    }
  }

  private static func applied(
    _ matrix: [Double], to values: NDArray<Double>, axis: Int, count: Int
  ) -> NDArray<Double> {
    var shape = values.shape
    let fine = shape[axis]
    shape[axis] = count
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    var result = NDArray<Double>(shape: shape)
    values.withUnsafeBuffer { source in
      result.withUnsafeMutableBuffer { target in
        for block in 0..<outer {
          for row in 0..<count {
            let place = (block * count + row) * inner
            for column in 0..<fine {
              let weight = matrix[row * fine + column]
              guard weight != 0 else { continue }
              let from = (block * fine + column) * inner
              for i in 0..<inner { target[place + i] += weight * source[from + i] }
            }
          }
        }
      }
    }
    return result
  }
}
