import Differentiation

/// The part of PSGD's preconditioner that belongs to one slot: two triangular factors, or a diagonal.
struct FittedPreconditioner<Scalar: LearningScalar> {
  let slot: ParameterSlot
  /// Where its numbers begin in the array of all factors.
  private let place: Int
  private let isFactored: Bool

  private typealias Dense = DenseKernels<Scalar>
  private var rows: Int { slot.shape[0] }
  private var columns: Int { slot.shape[1] }

  init(_ slot: ParameterSlot, largestSide: Int, place: Int) {
    self.slot = slot
    self.place = place
    isFactored = slot.isMatrix && slot.shape.allSatisfy { $0 <= largestSide }
  }

  /// Behind its numbers.
  var end: Int { place + (isFactored ? rows * rows + columns * columns : slot.count) }

  /// Numbers of scratch memory.
  var space: Int {
    guard isFactored else { return 0 }
    let side = max(rows, columns)
    return 3 * slot.count + 2 * side * side
  }

  /// A multiple of the identity that makes both terms of the criterion alike for the first probe.
  func start(
    _ factors: UnsafeMutablePointer<Scalar>, probe: UnsafePointer<Scalar>, product: UnsafePointer<Scalar>
  ) {
    let sizes = (Dense.sumOfSquares(probe, slot.count), Dense.sumOfSquares(product, slot.count))
    let ratio = sizes.1 > 0 ? (sizes.0 / sizes.1).squareRoot() : 1
    let scale = ratio > 0 && ratio.isFinite ? ratio.squareRoot() : 1
    let q = factors + place
    guard isFactored else { return q.update(repeating: Scalar(scale), count: slot.count) }
    q.update(repeating: 0, count: end - place)
    let entry = Scalar(scale.squareRoot())
    for k in 0..<rows { q[k * (rows + 1)] = entry }
    for k in 0..<columns { q[rows * rows + k * (columns + 1)] = entry }
  }

  /// Takes a step on the group towards a probe and its product with the Hessian.
  func fit(
    _ factors: UnsafeMutablePointer<Scalar>, probe: UnsafePointer<Scalar>, product: UnsafePointer<Scalar>,
    rate: Double, _ space: UnsafeMutablePointer<Scalar>
  ) {
    let left = factors + place
    guard isFactored else { return Dense.fitScales(slot.count, rate: rate, probe, product, left) }
    let right = left + rows * rows
    let (a, b, scratch) = (space, space + slot.count, space + 2 * slot.count)
    Dense.multiply(rows, columns, rows, left, product, into: scratch)
    Dense.multiply(rows, columns, columns, scratch, right, rightTransposed: true, into: a)
    b.update(from: probe, count: slot.count)
    Dense.solveUpper(rows, columns, left, isLeft: true, b)
    Dense.solveUpper(rows, columns, right, isLeft: false, b)
    let first = space + 3 * slot.count
    let second = first + max(rows * rows, columns * columns)
    Dense.multiply(rows, rows, columns, a, a, rightTransposed: true, into: first)
    Dense.multiply(rows, rows, columns, b, b, rightTransposed: true, into: second)
    move(left, rows, rate, first, second)
    Dense.multiply(columns, columns, rows, a, leftTransposed: true, a, into: first)
    Dense.multiply(columns, columns, rows, b, leftTransposed: true, b, into: second)
    move(right, columns, rate, first, second)
    balance(left, right)
  }

  /// Q ← Q − μ triu(first − second) Q.
  private func move(
    _ factor: UnsafeMutablePointer<Scalar>, _ side: Int, _ rate: Double,
    _ first: UnsafeMutablePointer<Scalar>, _ second: UnsafeMutablePointer<Scalar>
  ) {
    Dense.triangularStep(side, rate: rate, first, second)
    second.update(from: factor, count: side * side)
    Dense.multiply(side, side, side, first, second, scale: -1, keep: 1, into: factor)
  }

  /// The product of the two is all that counts: their entries are kept alike in size.
  private func balance(_ left: UnsafeMutablePointer<Scalar>, _ right: UnsafeMutablePointer<Scalar>) {
    let (l, r) = (rows * rows, columns * columns)
    let sizes = (
      (Dense.sumOfSquares(left, l) / Double(rows)).squareRoot(),
      (Dense.sumOfSquares(right, r) / Double(columns)).squareRoot()
    )
    let ratio = (sizes.0 / sizes.1).squareRoot()
    guard ratio > 0, ratio.isFinite else { return }
    Dense.blend(l, 1 / ratio, left, 0, left, into: left)
    Dense.blend(r, ratio, right, 0, right, into: right)
  }

  /// P times numbers of the slot; the target is not theirs.
  func apply(
    _ factors: UnsafePointer<Scalar>, _ values: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>, _ space: UnsafeMutablePointer<Scalar>
  ) {
    let left = factors + place
    guard isFactored else { return Dense.applyScales(slot.count, left, values, into: target) }
    let right = left + rows * rows
    Dense.multiply(rows, columns, rows, left, values, into: space)
    Dense.multiply(rows, columns, rows, left, leftTransposed: true, space, into: target)
    Dense.multiply(rows, columns, columns, target, right, rightTransposed: true, into: space)
    Dense.multiply(rows, columns, columns, space, right, into: target)
  }
}
