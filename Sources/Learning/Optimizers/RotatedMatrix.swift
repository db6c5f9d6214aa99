import Arrays
import Differentiation

/// A matrix of parameters with the two bases in which its step is computed.
struct RotatedMatrix<Scalar: LearningScalar> {
  /// Where the square arrays of the two sides begin; a side without keeps its own basis.
  struct Places {
    var left: Int?
    var right: Int?
  }

  let slot: ParameterSlot
  let places: Places
  /// Basis vectors are rows.
  let bases: AlignedStorage<Scalar>
  let moments: AlignedStorage<Scalar>

  private typealias Dense = DenseKernels<Scalar>
  private var rows: Int { slot.shape[0] }
  private var columns: Int { slot.shape[1] }

  /// Numbers of scratch memory that the methods below need together.
  var space: Int {
    let side = max(rows, columns)
    return max(3 * slot.count, side * side + slot.count + side + Dense.orthonormalizingSpace(side))
  }

  /// Begins with the bases of the first gradient.
  func start(_ gradient: UnsafePointer<Scalar>, decay: Double) {
    accumulate(gradient, decay: decay)
    for (place, side) in [(places.left, rows), (places.right, columns)] {
      guard let place else { continue }
      let basis = bases.baseAddress + place
      basis.update(from: moments.baseAddress + place, count: side * side)
      if !Dense.eigenvectors(side, basis) {
        // A gradient that is not finite has none; the run ends for that reason elsewhere.
        for index in 0..<side * side { basis[index] = index % (side + 1) == 0 ? 1 : 0 }
      }
    }
  }

  func accumulate(_ gradient: UnsafePointer<Scalar>, decay: Double) {
    if let left = places.left {
      Dense.multiply(
        rows, rows, columns, gradient, gradient, rightTransposed: true, scale: 1 - decay, keep: decay,
        into: moments.baseAddress + left)
    }
    if let right = places.right {
      Dense.multiply(
        columns, columns, rows, gradient, leftTransposed: true, gradient, scale: 1 - decay, keep: decay,
        into: moments.baseAddress + right)
    }
  }

  /// Into the bases.
  func rotate(
    _ matrix: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>
  ) { turn(matrix, into: target, scratch, isBack: false) }

  /// Out of the bases.
  func rotateBack(
    _ matrix: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>
  ) { turn(matrix, into: target, scratch, isBack: true) }

  private func turn(
    _ matrix: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>,
    _ scratch: UnsafeMutablePointer<Scalar>, isBack: Bool
  ) {
    if let left = places.left {
      Dense.multiply(
        rows, columns, rows, bases.baseAddress + left, leftTransposed: isBack, matrix, into: scratch)
    } else {
      scratch.update(from: matrix, count: slot.count)
    }
    if let right = places.right {
      Dense.multiply(
        rows, columns, columns, scratch, bases.baseAddress + right, rightTransposed: !isBack, into: target)
    } else {
      target.update(from: scratch, count: slot.count)
    }
  }

  /// Lets the bases follow their moments, and the mean squares the order of the basis vectors.
  func turn(_ squares: UnsafeMutablePointer<Scalar>, _ space: UnsafeMutablePointer<Scalar>) {
    if let left = places.left { follow(left, rows, squares, stride: columns, step: 1, lines: columns, space) }
    if let right = places.right {
      follow(right, columns, squares, stride: 1, step: columns, lines: rows, space)
    }
  }

  /// One side: vectors are ordered by falling Rayleigh quotients, multiplied by the moment and orthonormalised.
  private func follow(
    _ place: Int, _ side: Int, _ squares: UnsafeMutablePointer<Scalar>, stride: Int, step: Int, lines: Int,
    _ space: UnsafeMutablePointer<Scalar>
  ) {
    let (basis, moment) = (bases.baseAddress + place, moments.baseAddress + place)
    let product = space
    let quotients = product + side * side
    let workspace = quotients + side
    Dense.multiply(side, side, side, basis, moment, into: product)
    for k in 0..<side {
      var sum = Scalar.zero
      for j in 0..<side { sum += product[k * side + j] * basis[k * side + j] }
      quotients[k] = sum
    }
    // Insertion sort: stable, and nearly in order from the second time on.
    for k in 1..<max(side, 1) {
      var position = k
      while position > 0, quotients[position] > quotients[position - 1] {
        swapRows(position, quotients, 1, 0, 1)
        swapRows(position, product, side, 1, side)
        swapRows(position, squares, stride, step, lines)
        position -= 1
      }
    }
    basis.update(from: product, count: side * side)
    Dense.orthonormalize(side, basis, workspace)
  }

  private func swapRows(
    _ row: Int, _ values: UnsafeMutablePointer<Scalar>, _ stride: Int, _ step: Int, _ count: Int
  ) {
    for k in 0..<count {
      let (a, b) = ((row - 1) * stride + k * step, row * stride + k * step)
      (values[a], values[b]) = (values[b], values[a])
    }
  }
}
