import Arrays
import Differentiation

extension Initializer {
  /// Random directions, distributed evenly: normal numbers, orthonormalised by Householder's QR factorisation with the
  /// signs of R's diagonal taken out (Mezzadri, Notices AMS 54, 2007).
  func fillOrthogonal<Scalar: LearningScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, slot: ParameterSlot, stream: RandomStream, gain: Double
  ) {
    precondition(
      slot.shape.count == 2,
      "Initializer: '\(slot.name)' of shape \(slot.shape) is no matrix to be made orthogonal")
    let (rows, columns) = (slot.shape[0], slot.shape[1])
    let side = max(rows, columns)
    guard side > 0 else { return }
    let matrix = AlignedStorage<Double>(count: side * side)
    for index in stride(from: 0, to: side * side, by: 2) {
      let pair = stream.normals(at: UInt64(index / 2))
      matrix.baseAddress[index] = pair.x
      if index + 1 < side * side { matrix.baseAddress[index + 1] = pair.y }
    }
    let original = Array(matrix.buffer)
    let space = AlignedStorage<Double>(count: DenseKernels<Double>.orthonormalizingSpace(side))
    DenseKernels.orthonormalize(side, matrix.baseAddress, space.baseAddress)
    // Rows of the square matrix; their sign is that of the product with what they came from, the diagonal of R.
    for row in 0..<side {
      let start = row * side
      let product = (0..<side).reduce(0) { $0 + original[start + $1] * matrix.baseAddress[start + $1] }
      guard product < 0 else { continue }
      for k in 0..<side { matrix.baseAddress[start + k] *= -1 }
    }
    for row in 0..<rows {
      for column in 0..<columns {
        // The first rows of an orthogonal matrix are orthonormal, and so are the first columns of its transpose.
        let place = rows <= columns ? row * side + column : column * side + row
        values[row * columns + column] = Scalar(gain * matrix.baseAddress[place])
      }
    }
    withExtendedLifetime((matrix, space)) {}
  }
}
