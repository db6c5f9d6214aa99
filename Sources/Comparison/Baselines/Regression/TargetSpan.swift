import Arrays

/// Targets about their mean, in coordinates of the space that those of the training span.
///
/// All that a regression predicts lies in that space. So where a target has more numbers than there are samples, coefficients
/// and errors are computed with as many coordinates as samples instead, and nothing is lost.
struct TargetSpan: Sendable {
  let mean: [Double]
  /// A row for each sample of the training.
  let coordinates: DenseMatrix
  /// Orthonormal rows; `nil` where coordinates are the numbers themselves.
  private let basis: DenseMatrix?

  var count: Int { coordinates.columns }

  /// - Parameter rows: the samples; their targets are overwritten.
  init(consuming rows: SampleRows) {
    let targets = DenseMatrix(rows.count, rows.targetWidth, rows.targets)
    var mean = [Double](repeating: 0, count: rows.targetWidth)
    for sample in 0..<rows.count {
      for index in mean.indices {
        mean[index] += (targets.row(sample)[index] - mean[index]) / Double(sample + 1)
      }
    }
    self.mean = mean
    Self.subtract(mean, from: targets)
    if rows.targetWidth <= rows.count {
      coordinates = targets
      basis = nil
    } else {
      coordinates = DenseMatrix(rows.count, rows.count)
      targets.orthonormalizeRows(coordinates: coordinates)
      basis = targets
    }
  }

  private static func subtract(_ mean: [Double], from targets: DenseMatrix) {
    for sample in 0..<targets.rows {
      for index in mean.indices { targets.row(sample)[index] -= mean[index] }
    }
  }

  /// Other targets: their coordinates, and the squared length of what is outside the space.
  ///
  /// - Parameter targets: overwritten.
  func project(consuming targets: DenseMatrix) -> (coordinates: DenseMatrix, remainders: [Double]) {
    Self.subtract(mean, from: targets)
    guard let basis else { return (targets, Array(repeating: 0, count: targets.rows)) }
    let inside = DenseMatrix(targets.rows, count)
    DenseMatrix.multiply(
      targets.rows, count, mean.count, targets.start, basis.start, rightTransposed: true, into: inside.start)
    let remainders = (0..<targets.rows).map { sample in
      max(0, squaredLength(targets.row(sample), mean.count) - squaredLength(inside.row(sample), count))
    }
    return (inside, remainders)
  }

  /// Targets in physical units.
  func expand(_ coordinates: DenseMatrix, into targets: UnsafeMutablePointer<Double>) {
    if let basis {
      DenseMatrix.multiply(
        coordinates.rows, mean.count, count, coordinates.start, basis.start, into: targets)
    } else {
      targets.update(from: coordinates.start, count: coordinates.rows * mean.count)
    }
    for sample in 0..<coordinates.rows {
      for index in mean.indices { targets[sample * mean.count + index] += mean[index] }
    }
  }
}

/// The sum of the squares of some numbers.
func squaredLength(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
  var sum = 0.0
  for index in 0..<count { sum += values[index] * values[index] }
  return sum
}
